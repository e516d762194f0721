import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { poolOf } from '../../operations/ipam/pools.ts';
import { pause } from '../../operations/retry.ts';
import { createResource } from '../../operations/write.ts';
import type { Ref, Resource } from '../../resources/kind.ts';
import { type Cidr, networkOf } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { type Hop, type PoolSide, poolResource } from './course.ts';
import { giveUpBlocks } from './give-up.ts';
import type { Wishes } from './goal.ts';
import { type MigrationNote, withNote } from './note.ts';
import { isFatal } from './obstacles.ts';
import { type Occupants, occupantsOf } from './occupants.ts';
import type { Step } from './steps.ts';
import { type View, viewOf } from './view.ts';
import { readWorld } from './world.ts';

/** How long whoever hands out addresses is given to notice that a pool is disabled. */
const NOTICE = 500;
/** Between two looks while waiting. */
const POLL = 2000;

export interface Patience {
  /** Milliseconds to wait for people to leave a pool; 0 to look once. */
  readonly wait: number;
  /** Told of every look while waiting. */
  readonly onLook?: (left: number) => void;
  readonly signal?: AbortSignal;
}

/** What one run did. */
export interface Advance {
  readonly step: Step;
  /** False where people have to leave first. */
  readonly done: boolean;
  /** The migration as it is now; undefined when it is over. */
  readonly view: View | undefined;
}

/** Does the next step of a migration, and looks where it is then. Throws where something speaks against it. */
export async function advance(
  store: Datastore,
  name: string,
  wishes: Wishes,
  patience: Patience,
): Promise<Advance> {
  const view = await viewOf(store, name, wishes);
  refuseAdvance(view);
  const { next } = view;
  const done = await perform(store, view, next, patience);
  if (next.what === 'finish') return { step: next, done, view: undefined };
  // From here on pools themselves say what the migration is for.
  return { step: next, done, view: await viewOf(store, name, {}) };
}

function refuseAdvance({ course, next, obstacles, suggestedVia }: View): void {
  const { pool } = course;
  if (course.abandoned)
    throw new CalicoctlError('not-supported', `the migration of ${pool} is being given up`, {
      hint: `\`calicoctl ippool migrate ${pool} --abort\` goes on with that.`,
    });
  if (next.what !== 'make' && next.what !== 'disable') return;
  const fatal = obstacles.filter(isFatal);
  if (fatal.length > 0)
    throw new CalicoctlError(
      'not-supported',
      `step ${next.number} is not done, since addresses would be left without a pool or could not be had:\n${fatal
        .map(({ message, hint }) => `  ${message}${hint === undefined ? '' : `\n    ${hint}`}`)
        .join('\n')}`,
    );
  if (suggestedVia === undefined) return;
  throw new CalicoctlError(
    'usage',
    `a range for the temporary pool has to be chosen: give it with --via-cidr`,
    {
      hint: `${suggestedVia} is free as far as Calico knows; make sure that nothing else in your network uses it.`,
    },
  );
}

function perform(store: Datastore, view: View, step: Step, patience: Patience): Promise<boolean> {
  const { hop } = step;
  if (hop === undefined) return finish(store, view).then(() => true);
  switch (step.what) {
    case 'make':
      return make(store, view, hop.to).then(() => true);
    case 'disable':
      return disable(store, view, hop).then(() => true);
    case 'wait':
      return waitUntilLeft(store, view, rangeOf(hop), patience);
    case 'give-up':
      return giveUpBlocks(store, rangeOf(hop), view.world.settings.cooldownSeconds).then(() => true);
    default:
      return remove(store, view, hop).then(() => true);
  }
}

export async function poolRef(name: string): Promise<Ref> {
  return { kind: await kindOf('IPPool'), name };
}

function rangeOf({ from }: Hop): Cidr {
  return networkOf(poolOf(from.stored!)!.range);
}

function newNote({ course }: View, { role, stored }: PoolSide): MigrationNote {
  const { id, pool, since, hops } = course;
  return {
    ...{ id, pool, role, since },
    ...(role === 'new' && stored !== undefined ? { existed: true } : {}),
    ...(role === 'temporary' ? { final: hops.at(-1)!.to.manifest } : {}),
  };
}

async function make(store: Datastore, view: View, side: PoolSide): Promise<void> {
  const ref = await poolRef(side.name);
  const note = newNote(view, side);
  if (side.stored !== undefined) await store.update(ref, withNote(side.stored, note));
  else await createResource(store, { ref, resource: withNote(poolResource(side.manifest), note) });
}

async function disable(store: Datastore, view: View, { from: side, to }: Hop): Promise<void> {
  const stored = side.stored!;
  // It was enabled when the step was weighed, which took a while where there are many addresses.
  const target = await store.get(await poolRef(to.name));
  if (target.spec['disabled'] === true)
    throw new CalicoctlError(
      'conflict',
      `pool ${to.name} was disabled meanwhile, so pool ${side.name} stays enabled`,
    );
  const wasDisabled = stored.spec['disabled'] === true;
  const { id, pool, since } = view.course;
  const note: MigrationNote = side.note ?? {
    ...{ id, pool, since, role: 'old' },
    ...(wasDisabled ? { wasDisabled } : {}),
  };
  await store.update(await poolRef(side.name), disabled(withNote(stored, note)));
  await pause(NOTICE);
}

/** The same pool, handing out nothing. */
export function disabled(pool: Resource): Resource {
  return { ...pool, spec: { ...pool.spec, disabled: true } };
}

async function waitUntilLeft(
  store: Datastore,
  view: View,
  range: Cidr,
  patience: Patience,
): Promise<boolean> {
  const deadline = Date.now() + patience.wait;
  let occupants: Occupants = view.occupants!;
  for (;;) {
    const left = occupants.holders.length + occupants.resting;
    if (left === 0) return true;
    patience.onLook?.(left);
    if (Date.now() >= deadline || patience.signal?.aborted) return false;
    await pause(Math.min(POLL, Math.max(0, deadline - Date.now())));
    // Nodes give up tunnel addresses meanwhile.
    occupants = await occupantsOf(store, range, await readWorld(store));
  }
}

/** What the view showed was read before: nobody may have come since, and the pool must be the one that was looked at. */
async function remove(store: Datastore, view: View, hop: Hop): Promise<void> {
  const { name, stored } = hop.from;
  const { holders, resting, blocks } = await occupantsOf(store, rangeOf(hop), view.world);
  if (holders.length + resting + blocks.length > 0)
    throw new CalicoctlError('conflict', `pool ${name} is in use again, so it is not deleted`, {
      hint: 'Run the same command again: it goes on from there.',
    });
  await store.delete(await poolRef(name), stored!.metadata.resourceVersion);
}

async function finish(store: Datastore, { course }: View): Promise<void> {
  const { name, stored } = course.hops.at(-1)!.to;
  await store.update(await poolRef(name), withNote(stored!, undefined));
}
