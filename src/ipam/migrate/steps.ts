import { textIn } from '../../core/json.ts';
import { poolOf } from '../../operations/ipam/pools.ts';
import { containsCidr, formatCidr } from '../../resources/net/cidr.ts';
import type { Course, Hop, PoolSide } from './course.ts';
import type { Occupants } from './occupants.ts';
import type { World } from './world.ts';

/** One step; each can be broken off at any time, and repeated. */
export interface Step {
  readonly what: 'make' | 'disable' | 'wait' | 'give-up' | 'delete' | 'finish';
  /** Counts from 1. */
  readonly number: number;
  /** The pool that the step is about. */
  readonly pool: string;
  /** In one sentence, as an order. */
  readonly title: string;
  readonly state: 'done' | 'next' | 'later';
  /** Undefined for the last step. */
  readonly hop: Hop | undefined;
}

/** The hop that is under way: the first whose old pool is still there. */
export function currentHop({ hops }: Course): Hop | undefined {
  return hops.find(({ over }) => !over);
}

/** All steps of a migration, and how far it is. `occupants` are those of the pool that the current hop leaves. */
export function stepsOf(course: Course, world: World, occupants: Occupants | undefined): readonly Step[] {
  const current = currentHop(course);
  const steps = course.hops.flatMap((hop) =>
    hopSteps(hop).map((step, index) => ({
      ...step,
      hop,
      done: hop.over || (hop === current && index < progressOf(hop, world, occupants)),
    })),
  );
  const last = course.hops.at(-1)!.to;
  const finish = {
    what: 'finish',
    pool: last.name,
    title: `Take the note of the migration off ${quoted(last)}.`,
    ...{ hop: undefined, done: false },
  } as const;
  const all = [...steps, finish];
  const next = all.findIndex(({ done }) => !done);
  return all.map(({ done, ...step }, index) => ({
    ...step,
    number: index + 1,
    state: done ? 'done' : index === next ? 'next' : 'later',
  }));
}

function quoted({ name }: PoolSide): string {
  return `pool ${name}`;
}

function hopSteps({ from, to }: Hop): readonly Pick<Step, 'what' | 'pool' | 'title'>[] {
  const existed = to.note?.existed === true || (to.stored !== undefined && to.note === undefined);
  const kind = to.role === 'temporary' ? 'temporary pool' : 'pool';
  const range = textIn(to.manifest.spec['cidr']) || 'a range that is free';
  const made = existed
    ? `Note on ${quoted(to)}, which is there already, that ${from.name} moves to it.`
    : `Create the ${kind} ${to.name}: ${range}, blocks of /${textIn(to.manifest.spec['blockSize'])}.`;
  return [
    { what: 'make', pool: to.name, title: made },
    {
      what: 'disable',
      pool: from.name,
      title: `Disable ${quoted(from)}, so that it hands out nothing more.`,
    },
    { what: 'wait', pool: from.name, title: `Wait until nobody has an address of ${quoted(from)}.` },
    { what: 'give-up', pool: from.name, title: `Give up the empty blocks of ${quoted(from)}.` },
    { what: 'delete', pool: from.name, title: `Delete ${quoted(from)}.` },
  ];
}

/** How many steps of the current hop are done; a later one is never done while an earlier one is not. */
function progressOf({ from, to }: Hop, world: World, occupants: Occupants | undefined): number {
  const { stored } = from;
  if (to.stored === undefined || to.note === undefined) return 0;
  if (stored?.spec['disabled'] !== true || from.note === undefined) return 1;
  if (occupants === undefined || occupants.holders.length > 0 || occupants.resting > 0) return 2;
  const pool = poolOf(stored);
  if (pool === undefined) return 2;
  const owned = world.affinities.some(({ range }) => containsCidr(pool.range, range));
  return owned || occupants.blocks.length > 0 ? 3 : 4;
}

/** `10.0.0.0/16, blocks of /26`. */
export function describePool({ manifest }: PoolSide): string {
  const pool = poolOf({ apiVersion: '', kind: 'IPPool', metadata: { name: '' }, spec: manifest.spec });
  return pool === undefined ? 'range unknown' : `${formatCidr(pool.range)}, blocks of /${pool.blockSize}`;
}
