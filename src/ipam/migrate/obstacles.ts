import { type Pool, poolOf } from '../../operations/ipam/pools.ts';
import { type Cidr, formatCidr, overlaps } from '../../resources/net/cidr.ts';
import type { Labels } from '../../resources/selector/index.ts';
import type { Hop } from './course.ts';
import { namespaceObstacles, nodeObstacles, useObstacles } from './coverage.ts';
import type { Holder, Occupants } from './occupants.ts';
import { blocksNeeded, roomOf } from './room.ts';
import type { World } from './world.ts';

/** What speaks against a step. An error stops it: somebody would be left without addresses. */
export interface Obstacle {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What the user can do; one sentence. */
  readonly hint?: string;
}

/** All that is asked before people are sent from one pool to another. */
export interface Situation {
  readonly world: World;
  readonly hop: Hop;
  readonly from: Pool;
  readonly to: Pool;
  /** Enabled pools of the family besides those two. */
  readonly others: readonly Pool[];
  readonly occupants: Occupants;
  /** Who has addresses of the new range already. */
  readonly there: Occupants;
  /** Pools that are gone by the time of this hop. */
  readonly gone: ReadonlySet<string>;
  /** Labels of namespaces; empty where no pool asks for them. */
  readonly namespaces: ReadonlyMap<string, Labels>;
}

/** The situation of a hop; undefined while the range of one of its pools is not known. */
export function situationOf(
  world: World,
  hop: Hop,
  occupants: Occupants,
  there: Occupants,
  namespaces: ReadonlyMap<string, Labels>,
  gone: ReadonlySet<string> = new Set(),
): Situation | undefined {
  const [from, to] = [hop.from, hop.to].map(({ name, manifest, stored }) =>
    poolOf(stored ?? { apiVersion: '', kind: 'IPPool', metadata: { name }, spec: manifest.spec }),
  );
  if (from === undefined || to === undefined) return undefined;
  const others = world.pools.flatMap((resource) => {
    const pool = poolOf(resource);
    const isOther = pool !== undefined && ![from.name, to.name, ...gone].includes(pool.name);
    return isOther && !pool.disabled && pool.range.address.family === from.range.address.family ? [pool] : [];
  });
  return { world, hop, from, to, others, occupants, there, namespaces, gone };
}

/** Errors first. */
export function obstaclesOf(situation: Situation): readonly Obstacle[] {
  const found = [
    ...rangeObstacles(situation),
    ...stateObstacles(situation),
    ...roomObstacles(situation),
    ...limitObstacles(situation),
    ...nodeObstacles(situation),
    ...useObstacles(situation),
    ...namespaceObstacles(situation),
    ...holderObstacles(situation),
  ];
  return [...found.filter(isFatal), ...found.filter((each) => !isFatal(each))];
}

export function isFatal({ severity }: Obstacle): boolean {
  return severity === 'error';
}

/** An obstacle in one line. */
export function obstacle(severity: Obstacle['severity'], message: string, hint?: string): Obstacle {
  return { severity, message, ...(hint === undefined ? {} : { hint }) };
}

function* rangeObstacles({ world, hop, to, there, gone }: Situation): Iterable<Obstacle> {
  if (hop.to.stored !== undefined) return;
  if (to.blockSize < to.range.prefix)
    yield obstacle('error', `${formatCidr(to.range)} has no room for a block of /${to.blockSize}`);
  for (const resource of world.pools) {
    const pool = poolOf(resource);
    if (pool === undefined || gone.has(pool.name)) continue;
    if (pool.name === to.name)
      yield obstacle(
        'error',
        `a pool named ${to.name} is there already`,
        'Name the new pool with --to-name.',
      );
    else if (overlaps(pool.range, to.range))
      yield obstacle(
        'error',
        `the new range ${formatCidr(to.range)} overlaps ${formatCidr(pool.range)} of pool ${pool.name}`,
        'Choose another range: pools never overlap.',
      );
  }
  const odd = there.blocks.find(({ range }) => range.prefix !== to.blockSize);
  if (odd !== undefined && gone.size === 0)
    yield obstacle(
      'error',
      `block ${formatCidr(odd.range)} of another size lies in the new range ${formatCidr(to.range)}`,
      'It was left by an earlier pool: `calicoctl ipam check` tells who has addresses of it.',
    );
  const machine = [...world.nodes].find(([, { networks }]) =>
    networks.some((each) => overlaps(each, to.range)),
  );
  if (machine !== undefined)
    yield obstacle('error', `node ${machine[0]} has an address in the new range ${formatCidr(to.range)}`);
}

function* stateObstacles({ world, from, to }: Situation): Iterable<Obstacle> {
  if (to.disabled)
    yield obstacle(
      'error',
      `pool ${to.name} is disabled, so nobody would get an address of it`,
      'Enable it first.',
    );
  if (to.manual && !from.manual)
    yield obstacle(
      'error',
      `pool ${to.name} gives addresses only to who asks for it (assignmentMode Manual)`,
    );
  if (to.manual && from.manual)
    yield obstacle(
      'warning',
      `pool ${from.name} gives addresses only to who asks for it: pods, namespaces and services that name it or its range have to name ${to.name} (${formatCidr(to.range)}) before they restart`,
    );
  if (world.locked)
    yield obstacle('warning', 'the datastore is locked: nobody gets an address until it is unlocked');
}

function* roomObstacles({ world, to, occupants, there }: Situation): Iterable<Obstacle> {
  const taken = there.holders.filter(({ allocated }) => allocated).length + there.resting;
  const room = roomOf(to, taken, there.blocks, world.reservations);
  const needed = BigInt(occupants.holders.length);
  if (room.addresses < needed)
    yield obstacle(
      'error',
      `pool ${to.name} (${formatCidr(to.range)}) has ${room.addresses} address(es) to give, fewer than the ${needed} in use`,
      'Choose a larger range; addresses that IPReservations keep back do not count.',
    );
  const blocks = [...blocksNeeded(occupants.holders, to).values()].reduce((sum, count) => sum + count, 0);
  if (BigInt(blocks) <= room.blocks) return;
  const short = `the nodes need ${blocks} block(s) of /${to.blockSize}, but pool ${to.name} has ${room.blocks} to give`;
  const { strictAffinity } = world.settings;
  yield strictAffinity
    ? obstacle('error', `${short}, and with strict affinity no node takes addresses from another's block`)
    : obstacle('warning', `${short}: some nodes will take addresses from blocks of others`);
}

/** Where the settings do not say. */
const USUAL_BLOCKS = 20;

function* limitObstacles({ world, from, to, occupants }: Situation): Iterable<Obstacle> {
  const { settings, affinities } = world;
  if (!settings.autoAllocateBlocks)
    yield obstacle('error', 'autoAllocateBlocks is off: nodes would get no blocks of the new pool');
  const limit = settings.maxBlocksPerHost || USUAL_BLOCKS;
  for (const [node, needed] of blocksNeeded(occupants.holders, to)) {
    const owned = affinities.filter(
      ({ owner, range }) => owner.name === node && range.address.family === from.range.address.family,
    ).length;
    if (needed > limit)
      yield obstacle(
        settings.strictAffinity ? 'error' : 'warning',
        `node ${node} needs ${needed} block(s) of /${to.blockSize}, more than the limit of ${limit}`,
        'Raise the limit (`calicoctl ipam configure --max-blocks-per-host`), or choose larger blocks.',
      );
    else if (owned + needed > limit)
      yield obstacle(
        'warning',
        `node ${node} has ${owned} block(s) and needs ${needed} more, which is beyond the limit of ${limit} until its old ones are given up`,
        'Restart its pods a few at a time.',
      );
  }
}

function* holderObstacles({ occupants }: Situation): Iterable<Obstacle> {
  const count = (wanted: (holder: Holder) => boolean) => occupants.holders.filter(wanted).length;
  const lost = count(({ confirmed }) => !confirmed);
  if (lost > 0)
    yield obstacle(
      'warning',
      `${lost} allocated address(es) are used by nobody that can be seen; the pool cannot go while they are allocated`,
      '`calicoctl ipam check` tells of leaked addresses, `calicoctl ipam repair` frees them.',
    );
  const stray = count(({ allocated }) => !allocated);
  if (stray > 0)
    yield obstacle('warning', `${stray} address(es) are in use although no block has them allocated`);
}

/** The ranges that a temporary pool must keep clear of. */
export function takenRanges(world: World): readonly Cidr[] {
  const pools = world.pools.flatMap((resource) => poolOf(resource)?.range ?? []);
  const machines = [...world.nodes.values()].flatMap(({ networks }) => networks);
  return [...pools, ...machines, ...world.affinities.map(({ range }) => range)];
}
