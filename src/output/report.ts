import type { Io } from '../core/io.ts';
import type { ReportResult } from '../core/result.ts';

/** Prints a report in its format; returns the exit status. */
export async function renderReport(report: ReportResult, io: Io): Promise<number> {
  await print(report, io);
  return statusOf(report);
}

function statusOf({ findings, failOn }: ReportResult): number {
  return findings.some(({ severity }) => failOn === 'warning' || severity === 'error') ? 1 : 0;
}

async function print(report: ReportResult, io: Io): Promise<void> {
  switch (report.format) {
    case 'text': {
      const { textReport } = await import('./reports/text.ts');
      return textReport(report, io);
    }
    default:
      throw new Error(`no format ${report.format}`);
  }
}
