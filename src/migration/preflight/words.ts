import type { Result } from '../../core/result.ts';
import type { Preflight } from './preflight.ts';

const SIGNS = { ok: 'ok     ', warning: 'warning', error: 'error  ' } as const;

/** The preflight for people: a line a fact, then the table of kinds. */
export function preflightResults({ checks, mapping }: Preflight): readonly Result[] {
  const width = Math.max(...checks.map(({ check }) => check.length));
  const lines = checks.flatMap(({ check, verdict, details }) =>
    details.map((detail, index) => {
      const head = index === 0 ? `${SIGNS[verdict]}  ${check.padEnd(width)}` : ' '.repeat(width + 9);
      return `${head}  ${detail.replaceAll('\n', `\n${' '.repeat(width + 11)}`)}\n`;
    }),
  );
  const rows = mapping.map(({ kind, inFile, toWrite, changed, skipped }) => [
    ...[kind, String(inFile), String(toWrite)],
    ...[changed, skipped],
  ]);
  const headings = ['KIND', 'IN FILE', 'TO WRITE', 'CHANGED', 'SKIPPED'];
  const count = checks.filter(({ verdict }) => verdict === 'error').length;
  const end =
    count === 0
      ? 'Nothing stands in the way of the import. Nothing was changed.\n'
      : `${count} check(s) failed: the import would fail. Nothing was changed.\n`;
  return [
    { type: 'text', text: `${lines.join('')}\n` },
    ...(rows.length === 0 ? [] : [{ type: 'table', headings, rows } as const]),
    { type: 'text', text: end },
  ];
}

/** 1 where the import would fail. */
export function preflightStatus({ checks }: Preflight): number {
  return checks.some(({ verdict }) => verdict === 'error') ? 1 : 0;
}
