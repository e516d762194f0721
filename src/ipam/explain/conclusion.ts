import { counted } from '../../core/words.ts';
import { labelOf, type PoolChoice } from './pools.ts';
import { freeIn, type Obstacle, type Walk } from './walk.ts';

/** What comes of a walk, in words. */
export interface Conclusion {
  readonly text: string;
  /** What can be done, the simplest first; none where an address is to be had. */
  readonly advice: readonly string[];
}

export function conclusionOf(walk: Walk): Conclusion {
  const { outcome, own, limit } = walk;
  const advice = [
    ...(outcome.from === 'nowhere' ? adviceFor(walk, outcome.why) : []),
    ...(outcome.from === 'own-block' && own.length >= limit.blocks ? limitNote(walk) : []),
  ];
  const what =
    outcome.from === 'nowhere' ? `no address: ${WHY[outcome.why](walk)}` : `an address ${source(walk)}`;
  return { text: [`${who(walk)} gets ${what}.`, ...conditionNote(walk)].join(' '), advice };
}

/** Where namespaces decide, too. */
function conditionNote({ pools, outcome }: Walk): readonly string[] {
  const chosen = pools.filter((choice) => choice.chosen);
  const always = chosen.filter(({ condition }) => condition === undefined).map(({ pool }) => pool.name);
  if (outcome.from === 'nowhere' || always.length === chosen.length) return [];
  const left = always.length === 0 ? 'get none' : `get theirs only from ${always.join(', ')}`;
  return [`Pods of namespaces that no selector of the other pools matches ${left}.`];
}

function who({ family, use, owner }: Walk): string {
  if (owner.type === 'virtual') return `A service of ${owner.name} that wants an IPv${family} address`;
  const what = use === 'Tunnel' ? 'A tunnel' : 'A pod';
  return `${what} on ${owner.name} that wants an IPv${family} address`;
}

function source({ outcome, own, rooms, borrowable }: Walk): string {
  switch (outcome.from) {
    case 'own-block': {
      const left = own.reduce((sum, block) => sum + freeIn(block), 0n);
      return `from its block ${outcome.block}; its blocks have ${left} free`;
    }
    case 'new-block': {
      const left = rooms.reduce((sum, { room }) => sum + room.unclaimed, 0n);
      return `from a new block of pool ${labelOf(outcome.pool)}; ${left} more blocks can be claimed`;
    }
    case 'reclaimed-block':
      return `from an empty block of pool ${labelOf(outcome.pool)} that is taken from its owner, as no block is left to claim`;
    default:
      return `from a block of another owner, which is borrowed; such blocks have ${borrowable} free`;
  }
}

function whyNone(pools: readonly PoolChoice[]): string {
  const told = pools.slice(0, 3).map(({ pool, reasons }) => `${pool.name}, because ${reasons[0]}`);
  return [...told, ...(pools.length > 3 ? ['and so on'] : [])].join('; ');
}

const WHY: Readonly<Record<Obstacle, (walk: Walk) => string>> = {
  windows: () => 'it runs Windows, where addresses are given only with strict affinity, which is off',
  'no-pool': ({ family }) => `there is no IPv${family} pool`,
  'no-pool-chosen': ({ family, pools }) =>
    `none of the ${pools.length} IPv${family} pools may be used: ${whyNone(pools)}`,
  'no-claims': () =>
    'its blocks are full, and new blocks are not claimed on their own (AutoAllocateBlocks is false)',
  limit: ({ own, limit, mayBorrow }) =>
    `it has ${counted(own.length, 'block')} without a free address, and may have ${limit.blocks}${
      limit.usual ? ' (the usual limit)' : ''
    }; ${mayBorrow ? 'blocks of others have none free either' : 'strict affinity forbids to borrow from others'}`,
  strict: ({ borrowable }) =>
    `its blocks are full, no block is left to claim, and strict affinity forbids to borrow the ${counted(borrowable, 'free address')} in blocks of others`,
  full: () => 'every address of the pools that may be used is taken, reserved or resting',
};

function limitNote({ limit }: Walk): readonly string[] {
  return [`It has as many blocks as it may have (${limit.blocks}); when they are full it gets no other.`];
}

const RAISE_LIMIT =
  'Raise the limit with `calicoctl ipam configure --max-blocks-per-host N`, which needs strict affinity.';
const RELEASE =
  'Look for addresses that are lost with `calicoctl ipam check`, and release them with `calicoctl ipam repair`.';
const MORE_POOL = 'Add a pool, or make the selectors of another pool match.';

function adviceFor(walk: Walk, why: Obstacle): readonly string[] {
  const resting = walk.own.some(({ room }) => room !== undefined && room.resting > 0);
  const wait = resting ? ['Wait until addresses of its blocks have rested.'] : [];
  const reserved = walk.own.some(({ room }) => room !== undefined && room.reserved > 0)
    ? ['Give back addresses of its blocks that an IPReservation holds.']
    : [];
  switch (why) {
    case 'windows':
      return ['Turn strict affinity on with `calicoctl ipam configure --strictaffinity true`.'];
    case 'no-pool':
      return [`Create an IPv${walk.family} pool.`];
    case 'no-pool-chosen':
      return ['Change the pool or the labels of the node so that a pool may be used, or add a pool.'];
    case 'no-claims':
      return ['Let blocks be claimed: set autoAllocateBlocks of the IPAM configuration to true.', ...wait];
    case 'limit':
      return [...wait, RAISE_LIMIT, RELEASE];
    case 'strict':
      return [
        ...wait,
        RELEASE,
        MORE_POOL,
        'Allow borrowing with `calicoctl ipam configure --strictaffinity false`.',
      ];
    case 'full':
      return [...wait, ...reserved, RELEASE, MORE_POOL];
  }
}
