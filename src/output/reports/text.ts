import type { Io } from '../../core/io.ts';
import type { ReportResult } from '../../core/result.ts';
import { success } from '../outcome.ts';

/** For people, and for scripts that know the reference: its line of success on stdout, findings on stderr. */
export async function textReport(report: ReportResult, io: Io): Promise<void> {
  const line = outcomeLine(report);
  if (line !== '') await io.out(`${line}\n`);
  if (report.findings.length === 0) return;
  const { printFindings } = await import('./findings.ts');
  await printFindings(report, io);
}

function outcomeLine({ total, valid, kind }: ReportResult): string {
  // The reference stops at a document that it cannot read, and says nothing of the others.
  if (valid === undefined) return '';
  if (total === 0) return 'No resources specified';
  if (valid === total) return success('validate', total, kind);
  return valid === 0
    ? ''
    : `Partial success: validated ${valid} out of ${total}${kind === undefined ? '' : ` '${kind}'`} resources`;
}
