import { formatOwner, type Owner } from '../../operations/ipam/objects.ts';
import type { Pool } from '../../operations/ipam/pools.ts';
import type { Family } from '../../resources/net/address.ts';
import { type Cidr, containsAddress, formatCidr } from '../../resources/net/cidr.ts';
import type { SurveyedAffinity, SurveyedBlock, SurveyedNode } from '../survey/survey.ts';
import { isWindows, type PoolChoice, poolChoices, type Request, type Use } from './pools.ts';
import type { BlockRoom, Ground, PoolRoom } from './room.ts';

/** The way of one request for one address, as Calico's own assignment goes it. Nothing is written. */
export interface Walk {
  readonly owner: Owner;
  readonly family: Family;
  readonly use: Use;
  readonly pools: readonly PoolChoice[];
  /** Blocks that the owner has in the chosen pools, in the order asked. */
  readonly own: readonly OwnBlock[];
  /** Its blocks in other pools, which are not asked. */
  readonly elsewhere: readonly OwnBlock[];
  /** Blocks with room that name the owner, without an affinity: it takes them up again where it may claim blocks. */
  readonly forgotten: readonly string[];
  readonly limit: { readonly blocks: number; readonly usual: boolean };
  readonly mayClaim: boolean;
  /** Blocks of each chosen pool that are still to be had. */
  readonly rooms: readonly { readonly pool: Pool; readonly room: PoolRoom; readonly reclaimable: number }[];
  /** Free addresses in blocks of others, in the chosen pools. */
  readonly borrowable: number;
  readonly mayBorrow: boolean;
  readonly outcome: Outcome;
}

export type Outcome =
  | { readonly from: 'own-block'; readonly block: string }
  | { readonly from: 'new-block' | 'reclaimed-block'; readonly pool: Pool }
  | { readonly from: 'borrowed' }
  | { readonly from: 'nowhere'; readonly why: Obstacle };

export type Obstacle =
  /** Windows nodes get addresses only with strict affinity. */
  | 'windows'
  | 'no-pool'
  | 'no-pool-chosen'
  /** No blocks are claimed on their own, and those there are have no room. */
  | 'no-claims'
  | 'limit'
  /** Blocks of others have room, but may not be used. */
  | 'strict'
  | 'full';

export interface OwnBlock {
  readonly name: string;
  readonly state: SurveyedAffinity['state'];
  /** Undefined where there is no such block yet: it is made when used. */
  readonly room: BlockRoom | undefined;
  /** Why it is not used; its affinity is removed instead. */
  readonly stale?: string;
}

/** Of every owner and family unless settings say less. */
const USUAL_LIMIT = 20;

/** Goes the way of a request. `affinities` are those of the owner, of either family. */
export function walk(
  ground: Ground,
  owner: Owner,
  request: Request,
  affinities: readonly SurveyedAffinity[],
  among: readonly Pool[] = ground.survey.pools,
): Walk {
  const { survey } = ground;
  const { family, use } = request;
  const node = owner.type === 'host' ? survey.nodes.get(owner.name) : undefined;
  const pools = poolChoices(among, request, node);
  const chosen = pools.filter((choice) => choice.chosen).map(({ pool }) => pool);
  const isIn = ({ range }: { readonly range: Cidr }) =>
    chosen.some((pool) => containsAddress(pool.range, range.address));
  const mine = affinities.filter(({ range }) => range.address.family === family);
  const own = mine.filter(isIn).map((affinity) => ownBlock(ground, owner, affinity));
  const elsewhere = mine.filter((each) => !isIn(each)).map((affinity) => ownBlock(ground, owner, affinity));
  const { maxBlocksPerHost, autoAllocateBlocks, strictAffinity } = survey.settings;
  const limit = { blocks: maxBlocksPerHost || USUAL_LIMIT, usual: maxBlocksPerHost === 0 };
  const rooms = chosen.map((pool) => ({
    pool,
    room: ground.roomIn(pool),
    reclaimable: ground.reclaimable(pool, formatOwner(owner)),
  }));
  const known = new Set(mine.map(({ range }) => formatCidr(range)));
  const forgotten = ground
    .ownedBy(formatOwner(owner))
    .filter((block) => !known.has(block.name) && isIn(block) && ground.roomOf(block).free > 0)
    .map(({ name }) => name);
  const steps = {
    ...{ owner, family, use, pools, own, elsewhere, forgotten, limit, rooms },
    mayClaim: autoAllocateBlocks && own.length < limit.blocks,
    borrowable: chosen.reduce((sum, pool) => sum + ground.freeIn(pool), 0) - ownFree(own),
    mayBorrow: !strictAffinity,
  };
  return { ...steps, outcome: outcomeOf(steps, { autoAllocateBlocks, strictAffinity }, node) };
}

function isOf(block: SurveyedBlock, owner: Owner): boolean {
  return block.owner !== undefined && formatOwner(block.owner) === formatOwner(owner);
}

function ownBlock(ground: Ground, owner: Owner, { range, state }: SurveyedAffinity): OwnBlock {
  const name = formatCidr(range);
  const block = ground.survey.blocks.named(name);
  if (block === undefined) return { name, state, room: undefined };
  const room = ground.roomOf(block);
  if (isOf(block, owner)) return { name, state, room };
  const whose = block.owner === undefined ? 'nobody' : formatOwner(block.owner);
  return { name, state, room, stale: `the block belongs to ${whose}` };
}

/** A block yet to be made has all its addresses. */
export function freeIn({ name, room, stale }: OwnBlock): bigint {
  if (stale !== undefined) return 0n;
  return room === undefined ? sizeOf(name) : BigInt(room.free);
}

function sizeOf(name: string): bigint {
  const prefix = Number(name.split('/')[1]);
  return 1n << BigInt((name.includes(':') ? 128 : 32) - prefix);
}

function ownFree(own: readonly OwnBlock[]): number {
  return own.reduce(
    (sum, { room, stale }) => (stale === undefined && room !== undefined ? sum + room.free : sum),
    0,
  );
}

function outcomeOf(
  steps: Omit<Walk, 'outcome'>,
  settings: { readonly autoAllocateBlocks: boolean; readonly strictAffinity: boolean },
  node: SurveyedNode | undefined,
): Outcome {
  const { pools, own, rooms, mayClaim, mayBorrow, borrowable, limit } = steps;
  const nowhere = (why: Obstacle): Outcome => ({ from: 'nowhere', why });
  if (isWindows(node) && !settings.strictAffinity) return nowhere('windows');
  if (pools.length === 0) return nowhere('no-pool');
  if (rooms.length === 0) return nowhere('no-pool-chosen');
  const ready = own.find((block) => freeIn(block) > 0n);
  if (ready !== undefined) return { from: 'own-block', block: ready.name };
  const [forgotten] = steps.forgotten;
  if (mayClaim && forgotten !== undefined) return { from: 'own-block', block: forgotten };
  const fresh = rooms.find(({ room }) => room.unclaimed > 0n);
  if (mayClaim && fresh !== undefined) return { from: 'new-block', pool: fresh.pool };
  const emptied = rooms.find(({ reclaimable }) => reclaimable > 0);
  if (mayClaim && emptied !== undefined) return { from: 'reclaimed-block', pool: emptied.pool };
  if (mayBorrow && borrowable > 0) return { from: 'borrowed' };
  const couldClaim = fresh !== undefined || emptied !== undefined;
  if (couldClaim && !settings.autoAllocateBlocks) return nowhere('no-claims');
  if (couldClaim && own.length >= limit.blocks) return nowhere('limit');
  return nowhere(!mayBorrow && borrowable > 0 ? 'strict' : 'full');
}
