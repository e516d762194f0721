import type { Pool } from '../../operations/ipam/pools.ts';
import { type Cidr, cidrSize, containsCidr, networkOf, overlaps } from '../../resources/net/cidr.ts';
import type { Reservation } from '../survey/survey.ts';
import type { HeldBlock, Holder } from './occupants.ts';

/** How many addresses of a range no reservation keeps back. */
export function unreserved(range: Cidr, reservations: readonly Reservation[]): bigint {
  const network = networkOf(range);
  const within = reservations.map((each) => each.range).filter((each) => overlaps(each, network));
  if (within.some((each) => containsCidr(each, network))) return 0n;
  // Networks are within one another or apart: only the widest of those that contain each other count.
  const widest = within.filter(
    (each, index) =>
      !within.some(
        (other, place) =>
          place !== index && containsCidr(other, each) && (other.prefix < each.prefix || place < index),
      ),
  );
  return widest.reduce((size, each) => size - cidrSize(each), cidrSize(network));
}

/** Addresses and blocks that the pool can still give. */
export interface Room {
  readonly addresses: bigint;
  readonly blocks: bigint;
}

export function roomOf(
  pool: Pool,
  taken: number,
  held: readonly HeldBlock[],
  reservations: readonly Reservation[],
): Room {
  const addresses = unreserved(pool.range, reservations) - BigInt(taken);
  const all = pool.blockSize < pool.range.prefix ? 0n : 1n << BigInt(pool.blockSize - pool.range.prefix);
  const blocks = all - BigInt(held.length);
  return { addresses: addresses < 0n ? 0n : addresses, blocks: blocks < 0n ? 0n : blocks };
}

/** Blocks that each node needs for the addresses it has now; services share an owner of their own. */
export function blocksNeeded(
  holders: readonly Holder[],
  { blockSize, range }: Pool,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { node, what } of holders) {
    const owner = what === 'service' ? 'load-balancer' : node;
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  const size = Number(cidrSize({ address: range.address, prefix: blockSize }));
  return new Map([...counts].map(([owner, count]) => [owner, Math.ceil(count / size)]));
}
