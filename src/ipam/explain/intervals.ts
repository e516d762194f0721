import type { Family } from '../../resources/net/address.ts';
import { type Cidr, firstAddress, lastAddress } from '../../resources/net/cidr.ts';

/** Addresses from `first` to `last`, as numbers. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

export function intervalOf(range: Cidr): Interval {
  return { first: firstAddress(range).value, last: lastAddress(range).value };
}

/** All that ranges of a family have, ascending; no two of the intervals touch. */
export function unionOf(ranges: readonly Cidr[], family: Family): readonly Interval[] {
  const sorted = ranges
    .filter(({ address }) => address.family === family)
    .map(intervalOf)
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const union: Interval[] = [];
  for (const next of sorted) {
    const last = union.at(-1);
    if (last === undefined || next.first > last.last + 1n) union.push(next);
    else if (next.last > last.last) union[union.length - 1] = { first: last.first, last: next.last };
  }
  return union;
}

/** What of the interval the union has. */
export function within(union: readonly Interval[], { first, last }: Interval): readonly Interval[] {
  return union.flatMap((part) =>
    part.last < first || part.first > last
      ? []
      : [
          {
            first: part.first > first ? part.first : first,
            last: part.last < last ? part.last : last,
          },
        ],
  );
}

/** True where the union has all of the interval. */
export function covers(union: readonly Interval[], { first, last }: Interval): boolean {
  return union.some((part) => part.first <= first && part.last >= last);
}

/** How many addresses. */
export function countOf(union: readonly Interval[]): bigint {
  return union.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}
