import type { Place } from '../../core/errors.ts';
import type { Io } from '../../core/io.ts';
import type { Finding, ReportResult } from '../../core/result.ts';
import { pathInRepository } from './repository.ts';
import { words } from './words.ts';

/** Workflow commands that GitHub shows as annotations of the lines concerned, one a finding. */
export function githubReport({ findings }: ReportResult, io: Pick<Io, 'cwd' | 'env'>): string {
  const named = (file: string) => pathInRepository(file, io);
  return findings.map((finding) => `${command(finding, named)}\n`).join('');
}

function command(finding: Finding, named: (file: string) => string): string {
  const { severity, rule, place } = finding;
  const properties = { ...positionOf(place, named), title: rule };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${severity} ${list.join(',')}::${data(words(finding))}`;
}

/** Columns are understood only where the value stands in one line. */
function positionOf(
  place: Place | undefined,
  named: (file: string) => string,
): Record<string, string | number> {
  if (place === undefined || place.file === '-') return {};
  const { line, column, end } = place;
  // GitHub knows files by their path in the repository, wherever in it a step works.
  const file = named(place.file);
  if (line === undefined) return { file };
  if (end !== undefined && end.line !== line) return { file, line, endLine: end.line };
  const columns = column === undefined ? {} : { col: column, ...(end && { endColumn: end.column }) };
  return { file, line, endLine: end?.line ?? line, ...columns };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '%': '%25',
  '\r': '%0D',
  '\n': '%0A',
  ':': '%3A',
  ',': '%2C',
};

function data(text: string): string {
  return text.replace(/[%\r\n]/g, (character) => ESCAPES[character]!);
}

function property(text: string): string {
  return text.replace(/[%\r\n:,]/g, (character) => ESCAPES[character]!);
}
