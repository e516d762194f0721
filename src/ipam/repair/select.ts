import { CalicoctlError } from '../../core/errors.ts';
import { FINDINGS } from '../catalogue.ts';
import type { IpamFinding } from '../finding.ts';
import type { Leaks } from '../report/merge.ts';
import type { Repair } from './run.ts';

/** Codes of findings as given; throws `usage` for those that are none. */
export function codesNamed(words: readonly string[]): ReadonlySet<string> {
  const codes = words.flatMap((word) => word.split(',')).map((word) => word.trim().toUpperCase());
  const unknown = codes.find((code) => !Object.hasOwn(FINDINGS, code));
  if (unknown === undefined) return new Set(codes);
  throw new CalicoctlError('usage', `unknown finding '${unknown}' for --only`, {
    hint: 'Codes stand beside the findings of `ipam check -o json`, such as CAL3001 for leaked addresses.',
  });
}

/** What to mend of what was found. */
export interface Selection {
  /** Only these findings; empty for all. */
  readonly only: ReadonlySet<string>;
  /** Only what leaks by these reports as well, and has not changed since. */
  readonly leaks: Leaks | undefined;
}

/**
 * The findings to mend. A thing that several findings would mend in the same way is mended once. An endpoint goes only if
 * its code is named: a node whose object was deleted by mistake still runs its pods.
 */
export async function repairsOf(
  findings: AsyncIterable<IpamFinding>,
  { only, leaks }: Selection,
): Promise<{ readonly repairs: readonly Repair[]; readonly advised: number }> {
  const repairs = new Map<string, Repair>();
  let advised = 0;
  for await (const { code, subject, fix } of findings) {
    if (only.size > 0 && !only.has(code)) continue;
    if (fix === undefined || (fix.write === 'delete-endpoint' && !only.has(code))) {
      if (leaks === undefined) advised++;
      continue;
    }
    if (leaks !== undefined && !isReported(fix, leaks)) continue;
    const { version: _, ...target } = fix as { version?: string } & typeof fix;
    const key = JSON.stringify(target, (_key, value) => (typeof value === 'bigint' ? `${value}` : value));
    if (!repairs.has(key)) repairs.set(key, { code, subject, fix });
  }
  return { repairs: [...repairs.values()], advised };
}

function isReported(fix: Repair['fix'], { leaks, handles }: Leaks): boolean {
  if (fix.write === 'delete-handle') return handles.get(fix.handle)?.revision === fix.version;
  if (fix.write !== 'release-address') return false;
  const reported = leaks.get(fix.address);
  return (
    reported !== undefined &&
    reported.handle === fix.handle &&
    BigInt(reported.sequenceNumber) === BigInt(fix.sequenceNumber)
  );
}
