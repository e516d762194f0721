import type { Io } from '../core/io.ts';
import type { ReportResult } from '../core/result.ts';

/** Prints a report in its format; returns the exit status. */
export async function renderReport(report: ReportResult, io: Io): Promise<number> {
  await print(report, io);
  // JSON has the summary in it.
  if (report.summary && report.format !== 'json') {
    const { summaryTables } = await import('./reports/summary.ts');
    io.err(await summaryTables(report));
  }
  return statusOf(report);
}

function statusOf({ findings, failOn, incomplete }: ReportResult): number {
  if (incomplete) return 1;
  return findings.some(({ severity, already }) => !already && (failOn === 'warning' || severity === 'error'))
    ? 1
    : 0;
}

async function print(report: ReportResult, io: Io): Promise<void> {
  switch (report.format) {
    case 'text': {
      const { textReport } = await import('./reports/text.ts');
      return textReport(report, io);
    }
    case 'json': {
      const { jsonReport } = await import('./reports/json.ts');
      return io.out(await jsonReport(report));
    }
    case 'junit': {
      const { junitReport } = await import('./reports/junit.ts');
      return io.out(junitReport(report));
    }
    case 'sarif': {
      const { sarifReport } = await import('./reports/sarif.ts');
      return io.out(await sarifReport(report, io));
    }
    case 'github': {
      const { githubReport } = await import('./reports/github.ts');
      return io.out(githubReport(report, io));
    }
  }
}
