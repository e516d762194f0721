import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { poolOf } from '../../operations/ipam/pools.ts';
import { pause } from '../../operations/retry.ts';
import type { Resource } from '../../resources/kind.ts';
import { networkOf } from '../../resources/net/cidr.ts';
import { disabled, poolRef } from './advance.ts';
import { giveUpBlocks } from './give-up.ts';
import { type MigrationNote, noteOf, withNote } from './note.ts';
import { type Occupants, occupantsOf } from './occupants.ts';
import { readPools, readWorld } from './world.ts';

/** What going back has come to. */
export interface Abandonment {
  /** What was done, one sentence each. */
  readonly done: readonly string[];
  /** Who has addresses of the pool that should go, and has to leave it first; absent when all is as it was. */
  readonly left?: { readonly pool: string; readonly occupants: Occupants };
}

interface Noted {
  readonly resource: Resource;
  readonly note: MigrationNote;
}

/**
 * Goes back: the old pool hands out addresses again, then the new one stops doing so, then it goes when nobody is left in
 * it. Can be repeated until all is as it was. Throws `not-supported` when the old pool is gone.
 */
export async function abandon(store: Datastore, name: string, notice = 500): Promise<Abandonment> {
  const noted = await notedPools(store, name);
  const old = noted.find(({ note }) => note.role === 'old');
  const target =
    noted.find(({ note }) => note.role === 'temporary') ?? noted.find(({ note }) => note.role === 'new');
  if (noted.length === 0)
    throw new CalicoctlError(
      'not-found',
      `no migration of a pool ${name} is under way, so there is nothing to give up`,
    );
  await refuseTooLate(store, name, old, target);
  const done: string[] = [];
  if (target !== undefined && target.note.abandoned !== true) {
    await write(store, withNote(target.resource, { ...target.note, abandoned: true }));
    done.push(`Pool ${target.resource.metadata.name} is marked: no step forward is taken any more.`);
  }
  if (old !== undefined) {
    await write(store, restored(old));
    done.push(
      `Pool ${name} is as it was${old.note.wasDisabled ? ': disabled' : ': it hands out addresses again'}.`,
    );
  }
  if (target === undefined) return { done };
  return withdraw(store, target.resource.metadata.name, done, notice);
}

async function notedPools(store: Datastore, name: string): Promise<readonly Noted[]> {
  const noted: Noted[] = [];
  for (const resource of await readPools(store)) {
    const note = await noteOf(resource);
    if (note?.pool === name) noted.push({ resource, note });
  }
  return noted;
}

async function refuseTooLate(
  store: Datastore,
  name: string,
  old: Noted | undefined,
  target: Noted | undefined,
): Promise<void> {
  const stored = await unlessNotFound(store.get(await poolRef(name)));
  const isOld = stored !== undefined && (old !== undefined || (await noteOf(stored)) === undefined);
  if (isOld) return;
  throw new CalicoctlError(
    'not-supported',
    `the old pool ${name} is gone, so the migration to ${target?.resource.metadata.name} can only be finished`,
    {
      hint: `\`calicoctl ippool migrate ${name} --apply\` does its next step; another migration may lead back.`,
    },
  );
}

function restored({ resource, note }: Noted): Resource {
  const { disabled: _, ...spec } = resource.spec;
  return withNote({ ...resource, spec: note.wasDisabled ? { ...spec, disabled: true } : spec }, undefined);
}

async function write(store: Datastore, pool: Resource): Promise<void> {
  await store.update(await poolRef(pool.metadata.name), pool);
}

/** Takes the new pool back, as far as people let it. One that was there before stays. */
async function withdraw(
  store: Datastore,
  pool: string,
  done: string[],
  notice: number,
): Promise<Abandonment> {
  const ref = await poolRef(pool);
  const stored = await store.get(ref);
  const note = await noteOf(stored);
  if (note?.existed) {
    await write(store, withNote(stored, undefined));
    return { done: [...done, `Pool ${pool} stays, since it was there before the migration.`] };
  }
  const range = networkOf(poolOf(stored)!.range);
  let current = stored;
  if (stored.spec['disabled'] !== true) {
    current = await store.update(ref, disabled(stored));
    done.push(`Pool ${pool} is disabled.`);
    await pause(notice);
  }
  const world = await readWorld(store);
  const occupants = await occupantsOf(store, range, world);
  if (occupants.holders.length + occupants.resting > 0) return { done, left: { pool, occupants } };
  await giveUpBlocks(store, range, world.settings.cooldownSeconds);
  await store.delete(ref, current.metadata.resourceVersion);
  return { done: [...done, `Pool ${pool} and its empty blocks are deleted.`] };
}
