import { CalicoctlError } from '../core/errors.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Resource } from '../resources/kind.ts';
import { kindOf } from '../resources/registry.ts';
import { initialise, unlessNotFound } from './initialise.ts';
import { untilUndisturbed } from './retry.ts';

/**
 * The lock of the datastore is `datastoreReady: false` of ClusterInformation `default`. While it is held, components of
 * Calico hand out no addresses and program nothing new. It is advisory: no write is refused for it.
 */

/** Where our own commands note who holds the lock and why; the reference's lock has no such note. */
const NOTE = 'calicoctl.projectcalico.org/lock';

export interface LockNote {
  /** User and machine. */
  readonly holder: string;
  /** What for, e.g. `ipam repair`. */
  readonly purpose: string;
  /** RFC 3339. */
  readonly since: string;
  /** Of an import: the SHA-256 of the file, in hex, by which it knows its own half when it is run again. */
  readonly file?: string;
}

export interface LockState {
  readonly locked: boolean;
  readonly note?: LockNote;
}

/** `by ada@laptop since 2026-01-02T03:04:05Z for a split of pool main`. */
export function formatLockNote({ holder, since, purpose }: LockNote): string {
  return `by ${holder} since ${since} for ${purpose}`;
}

/** ClusterInformation `default`; undefined in a datastore that was never initialised. */
export async function clusterInformation(store: Datastore): Promise<Resource | undefined> {
  return unlessNotFound(store.get({ kind: await kindOf('ClusterInformation'), name: 'default' }));
}

/**
 * A datastore that was never initialised, or that says nothing of it, is not locked. Where it is `required` to have been
 * initialised, `not-found` is thrown.
 */
export async function lockState(
  store: Datastore,
  { required = false }: { readonly required?: boolean } = {},
): Promise<LockState> {
  if (!required) return lockStateOf(await clusterInformation(store));
  return lockStateOf(await store.get({ kind: await kindOf('ClusterInformation'), name: 'default' }));
}

/** The annotation that holds a note. */
export function noteAnnotation(note: LockNote): Readonly<Record<string, string>> {
  return { [NOTE]: JSON.stringify(note) };
}

/** The resource without a note of who locked it; the lock stays. */
export function withoutNote(stored: Resource): Resource {
  const { annotations: { [NOTE]: _, ...annotations } = {}, ...metadata } = stored.metadata;
  return {
    ...stored,
    metadata: Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations },
  };
}

/** The lock as a stored ClusterInformation says it; undefined where there is none. */
export function lockStateOf(stored: Resource | undefined): LockState {
  const locked = stored?.spec['datastoreReady'] === false;
  const note = stored?.metadata.annotations?.[NOTE];
  return { locked, ...(note === undefined || !locked ? {} : { note: readNote(note) }) };
}

function readNote(text: string): LockNote {
  try {
    const { holder, purpose, since, file } = JSON.parse(text) as Partial<LockNote>;
    const note = { holder: String(holder), purpose: String(purpose), since: String(since) };
    return typeof file === 'string' ? { ...note, file } : note;
  } catch {
    return { holder: text, purpose: 'unknown', since: 'unknown' };
  }
}

/**
 * Locks, initialising the datastore first as the reference does. Returns whether it was unlocked before. The note of
 * whoever locked it first stays.
 */
export async function lockDatastore(store: Datastore, note?: LockNote): Promise<boolean> {
  await initialise(store);
  return setReady(store, false, note);
}

/** Returns whether it was locked before. */
export async function unlockDatastore(store: Datastore): Promise<boolean> {
  return setReady(store, true);
}

function setReady(store: Datastore, ready: boolean, note?: LockNote): Promise<boolean> {
  return untilUndisturbed(async () => {
    const stored = await clusterInformation(store);
    if (stored === undefined) {
      throw new CalicoctlError(
        'not-found',
        'the datastore has no ClusterInformation, so it cannot be locked or unlocked',
        {
          resource: 'ClusterInformation(default)',
          hint: 'It was never initialised: `calicoctl datastore init` does that.',
        },
      );
    }
    const held = stored.metadata.annotations?.[NOTE];
    const isSo = stored.spec['datastoreReady'] === ready;
    if (isSo && (note === undefined || held !== undefined)) return false;
    await store.update(
      { kind: await kindOf('ClusterInformation'), name: 'default' },
      withReady(stored, ready, note && JSON.stringify(note)),
    );
    return !isSo;
  });
}

/** The note that was there goes in any case. */
function withReady(stored: Resource, ready: boolean, note: string | undefined): Resource {
  const { metadata, spec, ...rest } = withoutNote(stored);
  const annotations = { ...metadata.annotations, ...(note !== undefined && { [NOTE]: note }) };
  return {
    ...rest,
    metadata: note === undefined ? metadata : { ...metadata, annotations },
    spec: { ...spec, datastoreReady: ready },
  };
}

/** ClusterInformation as it is while nobody locks the datastore. */
export function withoutLock(stored: Resource): Resource {
  return lockStateOf(stored).locked ? withReady(stored, true, undefined) : stored;
}

/** A ClusterInformation as locked as another, with the same note. */
export function withLock(information: Resource, locked: Resource): Resource {
  return withReady(information, false, locked.metadata.annotations?.[NOTE]);
}
