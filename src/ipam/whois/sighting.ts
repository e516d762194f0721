import { isError } from '../../core/errors.ts';
import { textIn } from '../../core/json.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import {
  attributeAt,
  type Block,
  blockOf,
  cleanHandle,
  isWindowsHandle,
  ordinalOf,
} from '../../operations/ipam/block.ts';
import { blockRef, cidrIn, hostOf, parseOwner } from '../../operations/ipam/objects.ts';
import type { Resource } from '../../resources/kind.ts';
import { type Address, addressBits } from '../../resources/net/address.ts';
import { formatCidr, networkOf } from '../../resources/net/cidr.ts';
import type { Sighting } from './report.ts';

/** A block has 2^12 addresses at most. */
const MOST_HOST_BITS = 12;

/**
 * What every block that has the address records of it. No pool is asked: blocks are looked up by the name that each size
 * gives them, so those of pools that are gone, and those that overlap, are found without reading all.
 */
export async function sightingsOf(store: Datastore, address: Address): Promise<readonly Sighting[]> {
  const bits = addressBits(address.family);
  const prefixes = Array.from({ length: MOST_HOST_BITS + 1 }, (_, more) => bits - MOST_HOST_BITS + more);
  const stored = await Promise.all(
    prefixes.map(async (prefix) => unlessNotFound(store.get(await blockRef(networkOf({ address, prefix }))))),
  );
  return stored.flatMap((resource) => (resource === undefined ? [] : [sightingIn(resource, address)]));
}

/** What the block records of one of its addresses; a fault where it cannot be used. */
export function sightingIn(stored: Resource, address: Address): Sighting {
  const owned = ownership(stored);
  try {
    const block = blockOf(stored);
    const ordinal = ordinalOf(block, address);
    return ordinal === undefined ? { ...owned, state: 'free' } : { ...owned, ...recordOf(block, ordinal) };
  } catch (error) {
    if (!isError(error, 'corrupt')) throw error;
    return { ...owned, state: 'free', fault: error.message };
  }
}

function ownership({ metadata, spec }: Resource): Pick<Sighting, 'block' | 'affinity' | 'claimedAt'> {
  const range = cidrIn(spec);
  const claimedAt = spec['affinityClaimTime'];
  return {
    block: range === undefined ? metadata.name : formatCidr(networkOf(range)),
    affinity: textIn(spec['affinity']) || null,
    ...(claimedAt ? { claimedAt: String(claimedAt) } : {}),
  };
}

function recordOf(block: Block, ordinal: number): Omit<Sighting, 'block' | 'affinity' | 'claimedAt'> {
  const attribute = attributeAt(block, ordinal);
  if (attribute === undefined) return { state: 'free' };
  const { handle_id, secondary = {}, alternateOwnerAttrs, releasedAt } = attribute;
  const sequenceNumber = block.spec.sequenceNumberForAllocation[String(ordinal)] ?? 0;
  if (releasedAt !== undefined) return { state: 'resting', releasedAt, sequenceNumber };
  const handle = cleanHandle(handle_id);
  const host = hostOf(parseOwner(block.spec.affinity ?? ''));
  const node = secondary['node'] || host;
  const { timestamp } = secondary;
  return {
    state: isWindowsHandle(handle) ? 'reserved for Windows' : 'allocated',
    ...(handle === '' ? {} : { handle }),
    sequenceNumber,
    ...(node === '' ? {} : { node }),
    borrowed: node !== host,
    attributes: secondary,
    ...(alternateOwnerAttrs === undefined ? {} : { alternateAttributes: alternateOwnerAttrs }),
    ...(timestamp ? { since: timestamp } : notBefore(sequenceNumber)),
  };
}

/** Sequence numbers begin as the nanoseconds since 1970 at which a block was made, and grow by one with every change. */
const EARLIEST = BigInt(Date.UTC(2015)) * 1_000_000n;
const LATEST = BigInt(Date.UTC(2200)) * 1_000_000n;

function notBefore(sequenceNumber: number | bigint): Pick<Sighting, 'notBefore'> {
  const nanoseconds = BigInt(sequenceNumber);
  if (nanoseconds < EARLIEST || nanoseconds > LATEST) return {};
  return { notBefore: `${new Date(Number(nanoseconds / 1_000_000n)).toISOString().slice(0, 19)}Z` };
}
