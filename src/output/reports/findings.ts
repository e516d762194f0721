import type { Io } from '../../core/io.ts';
import type { Finding, ReportResult, Severity } from '../../core/result.ts';
import { type Paint, paintFor } from '../stderr.ts';
import { countOf, totalsOf } from './counts.ts';
import { excerptOf } from './excerpt.ts';
import { placedWords } from './words.ts';

const LABEL: Readonly<Record<Severity, string>> = { error: 'Failed to validate', warning: 'Warning' };
const COLOUR = { error: 'red', warning: 'yellow' } as const;
/** Characters that are written together: a write each would be slow for many findings. */
const AT_ONCE = 65_536;

/** How often a line is shown for one finding after the other in it. */
const OF_ONE_LINE = 10;

/** Findings as people read them, on standard error: each at its place, with the line that it is about. */
export async function printFindings({ findings, suppressed }: ReportResult, io: Io): Promise<void> {
  const paint = await paintFor(io);
  let text = '';
  let first: string | undefined;
  for (const group of groupsOf(findings)) {
    first ??= group[0]!.rule;
    text += sectionOf(group, paint);
    if (text.length < AT_ONCE) continue;
    io.err(text);
    text = '';
  }
  const { error, warning } = totalsOf(findings);
  const counts = [
    ...(error > 0 ? [countOf(error, 'error')] : []),
    ...(warning > 0 ? [countOf(warning, 'warning')] : []),
  ];
  const hidden = suppressed === 0 ? '' : ` (${suppressed} suppressed)`;
  const hint = paint.dim(`Run \`calicoctl explain ${first}\` to learn more about a rule.`);
  io.err(`${text}${counts.join(', ')}${hidden}\n${hint}\n`);
}

/** Findings of one resource and of one severity together, in the order of their places. */
function* groupsOf(findings: readonly Finding[]): Generator<readonly Finding[]> {
  for (let at = 0; at < findings.length; ) {
    const { resource, place } = findings[at]!;
    let end = at + 1;
    const belongs = (next: Finding | undefined) =>
      next !== undefined && next.resource === resource && next.place?.file === place?.file;
    while (resource !== undefined && belongs(findings[end])) end++;
    const group = findings.slice(at, end).sort(byPlace);
    for (const severity of ['error', 'warning'] as const) {
      const some = group.filter((finding) => finding.severity === severity);
      if (some.length > 0) yield some;
    }
    at = end;
  }
}

function byPlace({ place: a }: Finding, { place: b }: Finding): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}

function sectionOf(findings: readonly Finding[], paint: Paint): string {
  const { resource, severity } = findings[0]!;
  const colour = paint[COLOUR[severity]];
  const head = (text: string) => `${colour(`${LABEL[severity]}: ${text}`)}\n`;
  const excerpt = sparing((finding) => excerptOf(finding, paint, colour));
  if (resource === undefined)
    return findings.map((finding) => head(placedWords(finding)) + excerpt(finding)).join('');
  const count = findings.length === 1 ? 'a problem' : `${findings.length} problems`;
  const lines = findings.map((finding) => `  ${placedWords(finding)}\n${excerpt(finding)}`);
  return `${head(`${resource} has ${count}:`)}${lines.join('')}`;
}

/** Thousands of findings may be about one line; it is not shown thousands of times. */
function sparing(excerpt: (finding: Finding) => string): (finding: Finding) => string {
  let last: number | undefined;
  let shown = 0;
  return (finding) => {
    const line = finding.place?.line;
    shown = line === last ? shown + 1 : 1;
    last = line;
    return shown > OF_ONE_LINE ? '' : excerpt(finding);
  };
}
