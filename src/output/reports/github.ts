import { isAbsolute, normalize } from 'node:path';
import type { Place } from '../../core/errors.ts';
import type { Finding, ReportResult } from '../../core/result.ts';
import { words } from './words.ts';

/** Workflow commands that GitHub shows as annotations of the lines concerned, one a finding. */
export function githubReport({ findings }: ReportResult): string {
  return findings.map((finding) => `${command(finding)}\n`).join('');
}

function command(finding: Finding): string {
  const { severity, rule, place } = finding;
  const properties = { ...positionOf(place), title: rule };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${severity} ${list.join(',')}::${data(words(finding))}`;
}

/** Columns are understood only where the value stands in one line. */
function positionOf(place: Place | undefined): Record<string, string | number> {
  if (place === undefined || place.file === '-') return {};
  const { line, column, end } = place;
  // GitHub knows files by their path in the repository, without `./`.
  const file = isAbsolute(place.file) ? place.file : normalize(place.file);
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
