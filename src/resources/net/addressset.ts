import type { Address, Family } from './address.ts';
import { type Cidr, firstAddress, lastAddress } from './cidr.ts';

/** Addresses from the first to the last, both among them. */
export interface Span {
  readonly first: bigint;
  readonly last: bigint;
}

/** A set of addresses: for each family spans in ascending order that neither touch nor overlap. */
export type AddressSet = Readonly<Record<Family, readonly Span[]>>;

export function spanOf(network: Cidr): Span {
  return { first: firstAddress(network).value, last: lastAddress(network).value };
}

/** The addresses of all these networks, which may overlap. */
export function addressSet(networks: Iterable<Cidr>): AddressSet {
  const spans: Record<Family, Span[]> = { 4: [], 6: [] };
  for (const network of networks) spans[network.address.family].push(spanOf(network));
  return { 4: merged(spans[4]), 6: merged(spans[6]) };
}

function merged(spans: readonly Span[]): readonly Span[] {
  const ascending = [...spans].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const result: Span[] = [];
  for (const span of ascending) {
    const before = result.at(-1);
    if (before === undefined || span.first > before.last + 1n) result.push(span);
    else if (span.last > before.last) result[result.length - 1] = { first: before.first, last: span.last };
  }
  return result;
}

/** What of the network is in the set: spans in ascending order. */
export function spansWithin(set: AddressSet, network: Cidr): readonly Span[] {
  const spans = set[network.address.family];
  if (spans.length === 0) return [];
  const { first, last } = spanOf(network);
  const found: Span[] = [];
  for (let at = firstReaching(spans, first); at < spans.length && spans[at]!.first <= last; at++) {
    const span = spans[at]!;
    found.push({ first: higher(first, span.first), last: lower(last, span.last) });
  }
  return found;
}

/** How many addresses of the network are in the set. */
export function countWithin(set: AddressSet, network: Cidr): bigint {
  return spansWithin(set, network).reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}

/** True where the address is in the set. */
export function hasAddress(set: AddressSet, { family, value }: Address): boolean {
  const spans = set[family];
  const at = firstReaching(spans, value);
  return at < spans.length && spans[at]!.first <= value;
}

/** Index of the first span that ends at `value` or behind it; the number of spans where none does. */
function firstReaching(spans: readonly Span[], value: bigint): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.last < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function higher(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function lower(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
