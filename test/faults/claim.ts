import { expect } from 'bun:test';
import type { Ended } from './program.ts';

/** What a broken-off apply says of itself. */
export interface Claim {
  readonly applied: number;
  readonly failed: number;
  readonly unknown: ReadonlySet<string>;
  readonly left: number;
}

const COUNTS =
  /^Stopped: (?<why>.*): (\d+) of (\d+) resources were applied(?:, (\d+) failed)?(?:, (\d+) may or may not have been applied)?(?:, (\d+) were not tried)?\.$/m;

/** The numbers of an apply that stopped for this reason; they must add up. Undefined where it did not. */
export function claimOf({ err }: Pick<Ended, 'err'>, why: string): Claim | undefined {
  const match = COUNTS.exec(err);
  if (match?.groups?.['why'] !== why) return undefined;
  const [applied, total, failed, unsure, left] = match.slice(2).map((count) => Number(count ?? 0));
  expect(applied! + failed! + unsure! + left!).toBe(total!);
  const list = /^May or may not have been applied: (.*)$/m.exec(err)?.[1] ?? '';
  const unknown = new Set(Array.from(list.matchAll(/GlobalNetworkSet\(([^)]+)\)/g), ([, name]) => name!));
  expect(unknown.size).toBe(unsure!);
  return { applied: applied!, failed: failed!, unknown, left: left! };
}

/** Every object is there once and whole, or not at all, and the claim is true. */
export function expectTrue(
  { applied, unknown }: Claim,
  stored: ReadonlyMap<string, { readonly mark: string; readonly writes: number }>,
): void {
  expect([...stored.values()].filter(({ mark, writes }) => mark !== 'new' || writes !== 1)).toEqual([]);
  expect([...stored.keys()].filter((name) => !unknown.has(name)).length).toBe(applied);
}
