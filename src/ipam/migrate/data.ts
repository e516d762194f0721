import { poolOf } from '../../operations/ipam/pools.ts';
import { commandLine } from './command-line.ts';
import { restartCommands } from './controller.ts';
import type { PoolSide } from './course.ts';
import { poolResource } from './course.ts';
import type { Holder, Occupants } from './occupants.ts';
import { blocksNeeded } from './room.ts';
import type { Step } from './steps.ts';
import type { View } from './view.ts';

/** A migration as a value, for programs. */

/** What is known beforehand of the work ahead. */
export interface Estimates {
  readonly addresses: number;
  readonly pods: number;
  readonly workloads: number;
  readonly tunnels: number;
  readonly services: number;
  readonly unknown: number;
  /** How often each of them moves: twice where a temporary pool stands in. */
  readonly moves: number;
  readonly blocksToGiveUp: number;
  readonly blocksNeeded: number;
  /** Seconds for which addresses rest before their block can go. */
  readonly cooldownSeconds: number;
}

export function estimatesOf({ course, occupants, world }: View): Estimates {
  const holders = occupants?.holders ?? [];
  const count = (what: Holder['what']) => holders.filter((holder) => holder.what === what).length;
  const ahead = course.hops.filter(({ over }) => !over);
  const last = course.hops.at(-1)!.to;
  const pool = poolOf(last.stored ?? poolResource(last.manifest));
  const needed = pool === undefined ? [] : [...blocksNeeded(holders, pool).values()];
  return {
    addresses: holders.length,
    pods: count('pod'),
    workloads: count('workload'),
    tunnels: count('tunnel'),
    services: count('service'),
    unknown: count('unknown'),
    moves: ahead.length,
    blocksToGiveUp: occupants?.blocks.length ?? 0,
    blocksNeeded: needed.reduce((sum, each) => sum + each, 0),
    cooldownSeconds: world.settings.cooldownSeconds,
  };
}

/** The whole view for `-o json|yaml`. */
export function viewData(view: View): object {
  const { course, steps, next, obstacles, occupants } = view;
  const { hops } = course;
  return {
    pool: course.pool,
    id: course.id,
    state: course.abandoned ? 'abandoned' : course.begun ? 'under way' : 'planned',
    since: course.begun ? course.since : null,
    from: sideData(hops[0]!.from),
    via: hops.length > 1 ? sideData(hops[0]!.to) : null,
    to: sideData(hops.at(-1)!.to),
    steps: steps.map((step) => stepData(view, step)),
    next: { step: next.number, command: commandLine(view) },
    blocked: obstacles.some(({ severity }) => severity === 'error'),
    obstacles,
    estimates: estimatesOf(view),
    ...(occupants === undefined ? {} : occupantsData(occupants)),
  };
}

/** Who has to move, and what makes them. */
export function occupantsData({ holders, resting, blocks }: Occupants): object {
  return {
    holders,
    resting,
    blocks: blocks.map(({ cidr, owner, taken }) => ({ cidr, owner, inUse: taken })),
    restart: restartCommands(holders),
  };
}

function sideData({ name, manifest, stored }: PoolSide): object {
  const { cidr, blockSize } = manifest.spec;
  return { name, cidr, blockSize, exists: stored !== undefined };
}

function stepData(view: View, step: Step): object {
  const { number, what, pool, title, state } = step;
  return { number, step: what, pool, state, title, writes: writesOf(view, step) };
}

/** What a step writes, as far as it can be told beforehand. */
export function writesOf({ occupants }: View, { what, hop, pool, state }: Step): readonly object[] {
  const resource = `IPPool(${pool})`;
  if (state === 'done') return [];
  if (hop === undefined) return [{ verb: 'update', resource, removes: 'its note of the migration' }];
  const { from, to } = hop;
  const version = from.stored?.metadata.resourceVersion;
  const conditional = version === undefined ? {} : { resourceVersion: version };
  switch (what) {
    case 'make':
      if (to.stored !== undefined) return [{ verb: 'update', resource, adds: 'a note of the migration' }];
      return [{ verb: 'create', resource, object: poolResource(to.manifest) }];
    case 'disable':
      return [{ verb: 'update', resource, ...conditional, set: { spec: { disabled: true } } }];
    case 'give-up':
      return (from.stored === undefined ? [] : (occupants?.blocks ?? [])).map(({ cidr, owner }) => ({
        verb: 'delete',
        resource: `IPAMBlock(${cidr})`,
        ...(owner === '' ? {} : { affinity: owner }),
      }));
    case 'delete':
      return [{ verb: 'delete', resource, ...conditional }];
    default:
      return [];
  }
}
