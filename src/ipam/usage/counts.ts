import { textIn } from '../../core/json.ts';
import { cidrIn } from '../../operations/ipam/objects.ts';
import type { Resource } from '../../resources/kind.ts';
import { type AddressSet, addressSet, countWithin, hasAddress } from '../../resources/net/addressset.ts';
import { type Cidr, cidrSize, firstAddress, networkOf } from '../../resources/net/cidr.ts';

/** Numbers of addresses. They are exact: a pool of IPv6 has more than 2^64. */
export interface Counts {
  readonly total: bigint;
  /** Taken by somebody, resting, or kept free for Windows. */
  readonly inUse: bigint;
  /** Covered by an IPReservation, taken or not. */
  readonly reserved: bigint;
  /** Neither taken nor reserved. */
  readonly free: bigint;
}

export interface BlockUsage extends Counts {
  readonly range: Cidr;
  /** As stored, e.g. `host:worker-1`; empty where nobody owns the block. */
  readonly affinity: string;
  /** RFC 3339, where known. */
  readonly claimedAt?: string;
}

/** What a stored block has taken and free; undefined where it does not say which addresses it has. */
export function blockUsage({ spec }: Resource, reserved: AddressSet): BlockUsage | undefined {
  const given = cidrIn(spec);
  if (given === undefined) return undefined;
  const range = networkOf(given);
  const unallocated = Array.isArray(spec['unallocated']) ? (spec['unallocated'] as readonly number[]) : [];
  const total = cidrSize(range);
  const covered = countWithin(reserved, range);
  const free = covered === 0n ? unallocated.length : unreserved(range, unallocated, reserved);
  const claimedAt = spec['affinityClaimTime'];
  return {
    range,
    affinity: textIn(spec['affinity']),
    ...(claimedAt ? { claimedAt: String(claimedAt) } : {}),
    ...{ total, inUse: total - BigInt(unallocated.length), reserved: covered, free: BigInt(free) },
  };
}

function unreserved(range: Cidr, ordinals: readonly number[], reserved: AddressSet): number {
  const { family, value } = firstAddress(range);
  return ordinals.filter((ordinal) => !hasAddress(reserved, { family, value: value + BigInt(ordinal) }))
    .length;
}

/**
 * What a pool has taken and free. What blocks have free and what lies in no block together are what the pool has free;
 * a block of an earlier block size may reach out of the pool, and counts as a whole.
 */
export function poolCounts(
  range: Cidr,
  blocks: readonly BlockUsage[],
  reservations: readonly Cidr[],
): Counts {
  const total = cidrSize(range);
  const settled = addressSet([...reservations, ...blocks.map((block) => block.range)]);
  const untouched = total - countWithin(settled, range);
  let [inUse, free] = [0n, untouched];
  for (const block of blocks) {
    inUse += block.inUse;
    free += block.free;
  }
  return { total, inUse, reserved: countWithin(addressSet(reservations), range), free };
}

/** `part` of `total` in whole per cent; a half goes to the even neighbour, as the reference rounds. */
export function percentOf(part: bigint, total: bigint): bigint {
  if (total === 0n) return 0n;
  const [whole, rest] = [(part * 100n) / total, (part * 100n) % total];
  const isUp = rest * 2n > total || (rest * 2n === total && whole % 2n === 1n);
  return isUp ? whole + 1n : whole;
}
