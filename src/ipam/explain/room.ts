import { formatOwner } from '../../operations/ipam/objects.ts';
import type { Pool } from '../../operations/ipam/pools.ts';
import { addressBits } from '../../resources/net/address.ts';
import {
  type AddressSet,
  addressSet,
  countWithin,
  type Span,
  spansWithin,
} from '../../resources/net/addressset.ts';
import { cidrSize, containsCidr, firstAddress } from '../../resources/net/cidr.ts';
import { ALLOCATED, COOLING, type Survey, type SurveyedBlock, WINDOWS_RESERVED } from '../survey/survey.ts';

/** Where there is room for another address. */

export interface BlockRoom {
  readonly size: number;
  readonly taken: number;
  /** Released addresses that may not be given out yet. */
  readonly resting: number;
  /** Free ones that a reservation keeps back. */
  readonly reserved: number;
  readonly free: number;
}

export interface PoolRoom {
  /** How many blocks the pool can have. */
  readonly blocks: bigint;
  /** How many of them exist. */
  readonly existing: number;
  /** Of the others, those that reservations keep back wholly. */
  readonly reserved: bigint;
  /** How many can still be claimed. */
  readonly unclaimed: bigint;
}

/** How many of a block's resting addresses have rested long enough, so that the next assignment may give them out. */
export type Ripe = (block: SurveyedBlock) => number;

/** A survey, with what is looked up in it again and again. */
export interface Ground {
  readonly survey: Survey;
  readonly reserved: AddressSet;
  /** Blocks that lie in the pool, whatever their size. */
  blocksIn(pool: Pool): readonly SurveyedBlock[];
  roomOf(block: SurveyedBlock): BlockRoom;
  /** Blocks that name the owner (`host:worker-1`) themselves. */
  ownedBy(owner: string): readonly SurveyedBlock[];
  /** How many empty blocks of the pool others would lose to the owner (`host:worker-1`), if it needed one. */
  reclaimable(pool: Pool, owner: string): number;
  /** Free addresses of all blocks in the pool. */
  freeIn(pool: Pool): number;
  roomIn(pool: Pool): PoolRoom;
}

/** An empty block is its owner's for that long at least. */
const RECLAIM_AGE_MS = 60_000;

export function groundOf(survey: Survey, ripe: Ripe, now: Date): Ground {
  const reserved = addressSet(survey.reservations.map(({ range }) => range));
  const blocks = remembered(groupedBy(survey));
  const owned = remembered(() =>
    Map.groupBy(survey.blocks, ({ owner }) => (owner ? formatOwner(owner) : '')),
  );
  const blocksIn = (pool: Pool) => blocks().get(pool) ?? [];
  const rooms = new Map<SurveyedBlock, BlockRoom>();
  const roomOf = (block: SurveyedBlock) => {
    const known = rooms.get(block) ?? blockRoom(block, reserved, ripe(block));
    rooms.set(block, known);
    return known;
  };
  const pools = new Map<Pool, PoolRoom>();
  const spare = new Map<Pool, ReadonlyMap<string, number>>();
  const free = new Map<Pool, number>();
  return {
    survey,
    reserved,
    blocksIn,
    roomOf,
    ownedBy: (owner) => owned().get(owner) ?? [],
    roomIn: (pool) => kept(pools, pool, () => poolRoom(pool, blocksIn(pool), reserved)),
    reclaimable(pool, owner) {
      const isSpare = (block: SurveyedBlock) => isReclaimable(block, pool, now) && roomOf(block).free > 0;
      const byOwner = kept(spare, pool, () => countedByOwner(blocksIn(pool).filter(isSpare)));
      return (byOwner.get('') ?? 0) - (byOwner.get(owner) ?? 0);
    },
    freeIn: (pool) =>
      kept(free, pool, () => blocksIn(pool).reduce((sum, block) => sum + roomOf(block).free, 0)),
  };
}

/** Under `''` those of all. */
function countedByOwner(blocks: readonly SurveyedBlock[]): ReadonlyMap<string, number> {
  const counts = new Map([['', blocks.length]]);
  for (const { owner } of blocks) {
    const name = formatOwner(owner!);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function kept<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

function remembered<T>(make: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => {
    value ??= { of: make() };
    return value.of;
  };
}

/** Every block under each pool that has it. */
function groupedBy({ blocks, pools }: Survey): () => ReadonlyMap<Pool, readonly SurveyedBlock[]> {
  return () => {
    const groups = new Map<Pool, SurveyedBlock[]>(pools.map((pool) => [pool, []]));
    for (const block of blocks)
      for (const pool of pools) if (containsCidr(pool.range, block.range)) groups.get(pool)!.push(block);
    return groups;
  };
}

function blockRoom(block: SurveyedBlock, reserved: AddressSet, ripe: number): BlockRoom {
  const { states } = block;
  const first = firstAddress(block.range).value;
  const keptBack = spansWithin(reserved, block.range);
  const isKept = (ordinal: number) =>
    keptBack.length > 0 &&
    keptBack.some((part) => part.first <= first + BigInt(ordinal) && part.last >= first + BigInt(ordinal));
  let [taken, cooling, held] = [0, 0, 0];
  for (const [ordinal, state] of states.entries()) {
    if ((state & COOLING) !== 0) cooling++;
    else if ((state & ALLOCATED) !== 0) taken++;
    else if (isKept(ordinal)) held++;
  }
  const resting = Math.max(0, cooling - ripe);
  const free = states.length - taken - resting - held;
  return { size: states.length, taken, resting, reserved: held, free };
}

function isReclaimable(block: SurveyedBlock, pool: Pool, now: Date): boolean {
  if (block.owner === undefined || block.range.prefix !== pool.blockSize) return false;
  if (block.states.some((state) => (state & ALLOCATED) !== 0 && (state & WINDOWS_RESERVED) === 0))
    return false;
  return block.claimedAt === undefined || now.getTime() - Date.parse(block.claimedAt) >= RECLAIM_AGE_MS;
}

function poolRoom(pool: Pool, blocks: readonly SurveyedBlock[], reserved: Ground['reserved']): PoolRoom {
  const { family } = pool.range.address;
  const bits = BigInt(addressBits(family) - pool.blockSize);
  const total = pool.blockSize < pool.range.prefix ? 0n : 1n << BigInt(pool.blockSize - pool.range.prefix);
  const keptBack = spansWithin(reserved, pool.range).reduce((sum, part) => sum + wholeBlocks(part, bits), 0n);
  const sized = blocks.filter(({ range }) => range.prefix === pool.blockSize);
  const keptAndThere = sized.filter(({ range }) => countWithin(reserved, range) === cidrSize(range)).length;
  const left = total - keptBack - BigInt(sized.length - keptAndThere);
  return {
    blocks: total,
    existing: sized.length,
    reserved: keptBack - BigInt(keptAndThere),
    unclaimed: left < 0n ? 0n : left,
  };
}

/** How many blocks of 2^bits addresses lie in the span as a whole. */
function wholeBlocks({ first, last }: Span, bits: bigint): bigint {
  const begin = (first + (1n << bits) - 1n) >> bits;
  const end = (last + 1n) >> bits;
  return end > begin ? end - begin : 0n;
}

export interface PoolUsage {
  readonly size: bigint;
  readonly taken: number;
  readonly resting: number;
  /** Addresses that reservations name, taken or not. */
  readonly reserved: bigint;
  readonly freeInBlocks: number;
}

export function takenIn(ground: Ground, pool: Pool): PoolUsage {
  const rooms = ground.blocksIn(pool).map(ground.roomOf);
  return {
    size: cidrSize(pool.range),
    taken: rooms.reduce((sum, { taken }) => sum + taken, 0),
    resting: rooms.reduce((sum, { resting }) => sum + resting, 0),
    reserved: countWithin(ground.reserved, pool.range),
    freeInBlocks: ground.freeIn(pool),
  };
}
