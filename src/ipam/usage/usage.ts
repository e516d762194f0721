import type { CorruptEntry, Datastore } from '../../datastore/datastore.ts';
import { allPools, type Pool } from '../../operations/ipam/pools.ts';
import type { Resource } from '../../resources/kind.ts';
import { type AddressSet, addressSet } from '../../resources/net/addressset.ts';
import { type Cidr, formatCidr, overlaps } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { readReservations } from '../survey/settings.ts';
import { type BlockUsage, blockUsage, type Counts, poolCounts } from './counts.ts';

export interface PoolUsage extends Counts {
  readonly pool: Pool;
  /** The blocks that are counted here: none is counted twice, though pools may overlap. */
  readonly blocks: readonly BlockUsage[];
}

export interface Usage {
  /** By name. */
  readonly pools: readonly PoolUsage[];
  /** Blocks of no pool, of both families. */
  readonly orphans: readonly BlockUsage[];
  /** Blocks that cannot be read, and are counted nowhere. */
  readonly corrupt: readonly CorruptEntry[];
}

/** Sees every block as it comes, with the pool that it counts for. */
export type BlockVisitor = (stored: Resource, usage: BlockUsage, pool: Pool | undefined) => void;

/** Counts every pool and block. Blocks are read as a stream of which only the counts are kept. */
export async function readUsage(store: Datastore, visit?: BlockVisitor): Promise<Usage> {
  const reading = Promise.all([allPools(store), reservationsOf(store)]);
  const [blocks, [pools, { ranges }]] = await Promise.all([sortBlocks(store, reading, visit), reading]);
  const ordered = (pool: Pool | undefined) => inOrder(store, blocks.of.get(pool) ?? []);
  return {
    pools: pools.map((pool) => {
      const own = ordered(pool);
      return { pool, blocks: own, ...poolCounts(pool.range, own, ranges) };
    }),
    orphans: ordered(undefined),
    corrupt: blocks.corrupt,
  };
}

interface Reservations {
  readonly ranges: readonly Cidr[];
  readonly reserved: AddressSet;
}

async function reservationsOf(store: Datastore): Promise<Reservations> {
  const ranges = (await readReservations(store)).map(({ range }) => range);
  return { ranges, reserved: addressSet(ranges) };
}

interface SortedBlocks {
  readonly of: ReadonlyMap<Pool | undefined, readonly BlockUsage[]>;
  readonly corrupt: readonly CorruptEntry[];
}

/** Each block counts for the first pool that it overlaps. */
async function sortBlocks(
  store: Datastore,
  reading: Promise<readonly [readonly Pool[], Reservations]>,
  visit: BlockVisitor | undefined,
): Promise<SortedBlocks> {
  const of = new Map<Pool | undefined, BlockUsage[]>();
  const corrupt: CorruptEntry[] = [];
  for await (const page of store.list({ kind: await kindOf('IPAMBlock'), asStored: true })) {
    const [pools, { reserved }] = await reading;
    corrupt.push(...page.corrupt);
    for (const stored of page.items) {
      const block = blockUsage(stored, reserved);
      if (block === undefined) {
        corrupt.push({ entry: `IPAMBlock(${stored.metadata.name})`, reason: 'its cidr is not a CIDR' });
        continue;
      }
      const pool = pools.find(({ range }) => overlaps(range, block.range));
      const blocks = of.get(pool) ?? [];
      of.set(pool, blocks);
      blocks.push(block);
      visit?.(stored, block, pool);
    }
  }
  return { of, corrupt };
}

/** As the reference lists them: by key. On Kubernetes names of objects have dashes where addresses have colons and dots. */
function inOrder(store: Datastore, blocks: readonly BlockUsage[]): readonly BlockUsage[] {
  if (store.capabilities.name !== 'kubernetes') return blocks;
  return blocks
    .map((block) => ({ block, key: formatCidr(block.range).replace(/[.:/]/g, '-') }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ block }) => block);
}
