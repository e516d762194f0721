import { isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import type { Cidr } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { cidrIn, listed } from '../ipam/objects.ts';
import { allPools, type Pool } from '../ipam/pools.ts';
import { Recent } from './seen.ts';

/** What a new pool must go with: the pools there are, and the blocks that were cut from earlier ones. */

/** Pools by name. */
export const pools = new Recent(async (store): Promise<Map<string, Pool>> => {
  return new Map((await allPools(store)).map((pool) => [pool.name, pool]));
});

const everyBlock = new Recent((store) => blocksNamed(store, ''));

/** Ranges of the blocks that may overlap a range. An API server cannot tell those from the rest: there they are read once. */
export async function blocksNear(store: Datastore, range: Cidr): Promise<readonly Cidr[]> {
  if (store.capabilities.name !== 'kubernetes') return blocksNamed(store, namePrefixOf(range));
  return (await everyBlock.look(store)).value;
}

async function blocksNamed(store: Datastore, namePrefix: string): Promise<readonly Cidr[]> {
  const ranges: Cidr[] = [];
  try {
    const kind = await kindOf('IPAMBlock');
    for await (const { spec } of listed(store, { kind, namePrefix })) {
      const range = cidrIn(spec);
      if (range !== undefined) ranges.push(range);
    }
  } catch (error) {
    // Kubernetes with host-local addresses has no blocks.
    if (!isError(error, 'not-supported')) throw error;
  }
  return ranges;
}

/** What the names of all blocks that overlap the range begin with: its whole octets in IPv4, which is always so written. */
function namePrefixOf({ address, prefix }: Cidr): string {
  const octets = address.family === 4 ? Math.min(Math.floor(prefix / 8), LARGEST_BLOCK_OCTETS) : 0;
  return Array.from(
    { length: octets },
    (_, index) => `${(address.value >> BigInt(24 - 8 * index)) & 255n}.`,
  ).join('');
}

/** A block is a /20 at the largest: its name tells no more octets than these. */
const LARGEST_BLOCK_OCTETS = 2;
