import { formatPlace, formatProblem } from '../../core/errors.ts';
import type { Io } from '../../core/io.ts';
import type { Finding, ReportResult } from '../../core/result.ts';
import { success } from '../outcome.ts';
import { printFailure } from '../stderr.ts';

/** For people, and for scripts that know the reference: its line of success on stdout, findings on stderr. */
export async function textReport(report: ReportResult, io: Io): Promise<void> {
  const line = outcomeLine(report);
  if (line !== '') await io.out(`${line}\n`);
  const text = sections(report.findings).join('');
  if (text !== '') await printFailure(text, io);
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

/** Findings of one resource together, each at its place with the line it stands in. */
function sections(findings: readonly Finding[]): string[] {
  const texts: string[] = [];
  for (let at = 0; at < findings.length; ) {
    const { resource, severity } = findings[at]!;
    let end = at + 1;
    while (
      resource !== undefined &&
      findings[end]?.resource === resource &&
      findings[end]?.severity === severity
    )
      end++;
    texts.push(sectionOf(findings.slice(at, end)));
    at = end;
  }
  return texts;
}

function sectionOf(findings: readonly Finding[]): string {
  const { resource, severity } = findings[0]!;
  const label = severity === 'error' ? 'Failed to validate' : 'Warning';
  if (resource === undefined) return findings.map((finding) => `${label}: ${loose(finding)}\n`).join('');
  const count = findings.length === 1 ? 'a problem' : `${findings.length} problems`;
  return `${label}: ${resource} has ${count}:\n${findings.map((finding) => `  ${formatProblem(finding)}\n`).join('')}`;
}

/** A document that is no resource has no fields to name. */
function loose({ place, message, rule }: Finding): string {
  return `${place === undefined ? '' : `${formatPlace(place)}: `}${message} [${rule}]`;
}
