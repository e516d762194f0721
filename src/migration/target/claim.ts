import { createHash } from 'node:crypto';
import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { withIdentity } from '../../operations/identity.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import {
  formatLockNote,
  type LockNote,
  lockStateOf,
  noteAnnotation,
  withoutNote,
} from '../../operations/lock.ts';
import { untilUndisturbed } from '../../operations/retry.ts';
import { API_VERSION, type Ref, type Resource } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';
import type { Identity } from '../document/information.ts';
import { onceServed } from './definitions.ts';
import { notEmpty, occupants } from './emptiness.ts';

/**
 * How an import takes a datastore, and knows what it took when it is run again.
 *
 * It makes ClusterInformation itself, locked from the beginning. While it works, the note of the lock says who does and
 * from which file. Until all is written the cluster has an identity that is made of the one in the file: an import that
 * ended with an error takes its note along, for the file may have to be corrected, and is known by this.
 */

export interface Claim {
  /** The file as far as it is known: of one that cannot be read nothing is. */
  readonly sha256: string | undefined;
  readonly guid: string;
  readonly note: LockNote;
}

export type Taken = 'new' | 'resumed';

async function informationRef(): Promise<Ref> {
  return { kind: await kindOf('ClusterInformation'), name: 'default' };
}

/** The identity of a cluster that is being imported. */
export function identityOfImport(guid: string): string {
  return createHash('sha256').update(`calicoctl datastore migrate import ${guid}`).digest('hex').slice(0, 32);
}

/** Reads ClusterInformation; undefined where there is none, or no such kind yet. */
async function information(store: Datastore): Promise<Resource | undefined> {
  try {
    return await unlessNotFound(store.get(await informationRef()));
  } catch (error) {
    if (isError(error, 'not-supported')) return undefined;
    throw error;
  }
}

/** Whether an import of this file may go on in what is there. Throws `conflict` where another one has begun. */
function isOwnHalf(stored: Resource, claim: Pick<Claim, 'sha256' | 'guid'>): boolean {
  const { locked, note } = lockStateOf(stored);
  const guid = String(stored.spec['clusterGUID'] ?? '');
  const isOurs = guid === identityOfImport(claim.guid) || guid === identityOfImport('');
  if (!locked) {
    if (!isOurs) return false;
    throw new CalicoctlError(
      'conflict',
      'an import into this datastore has begun and not ended, and the datastore was unlocked since',
      {
        hint: 'To go on with the import, lock it (`calicoctl datastore migrate lock`) and run the import again. Whatever was written meanwhile is not overwritten.',
      },
    );
  }
  if (note?.file === undefined) return isOurs;
  if (note.file === claim.sha256) return true;
  throw new CalicoctlError(
    'conflict',
    `an import of another file has begun in this datastore and not ended: it is locked ${formatLockNote(note)}`,
    {
      hint: `That file has the SHA-256 ${note.file}, this one ${claim.sha256 ?? 'cannot be read'}. Run the import with that file again, or clear out what it has written.`,
    },
  );
}

/** What an import of this file has left in the datastore. */
export interface Half {
  /** Who was, or is, at work. */
  readonly note?: LockNote;
}

/** Our own half; undefined where there is none. Throws `conflict` where another import has begun. */
export async function findHalf(
  store: Datastore,
  claim: Pick<Claim, 'sha256' | 'guid'>,
): Promise<Half | undefined> {
  const stored = await information(store);
  if (stored === undefined || !isOwnHalf(stored, claim)) return undefined;
  const { note } = lockStateOf(stored);
  return note === undefined ? {} : { note };
}

/** Takes the datastore, locked, or finds our own half in it. Throws `conflict` where there is anything else. */
export async function take(store: Datastore, claim: Claim): Promise<Taken> {
  if ((await findHalf(store, claim)) !== undefined) {
    await change(store, (now) => ({
      ...now,
      metadata: { ...now.metadata, annotations: { ...now.metadata.annotations, ...noteOf(claim) } },
    }));
    return 'resumed';
  }
  const [found] = await occupants(store);
  if (found !== undefined) throw notEmpty(store, found);
  try {
    await create(store, claim);
  } catch (error) {
    if (isError(error, 'already-exists')) throw notEmpty(store, 'ClusterInformation');
    throw error;
  }
  return 'new';
}

function noteOf({ note, sha256 }: Claim): Readonly<Record<string, string>> {
  return noteAnnotation(sha256 === undefined ? note : { ...note, file: sha256 });
}

async function create(store: Datastore, claim: Claim): Promise<void> {
  const ref = await informationRef();
  const spec = {
    clusterGUID: identityOfImport(claim.guid),
    ...(store.capabilities.name === 'kubernetes' ? { clusterType: 'kdd' } : {}),
    datastoreReady: false,
  };
  const metadata = { name: ref.name, annotations: noteOf(claim) };
  const resource = { apiVersion: API_VERSION, kind: ref.kind.kind, metadata, spec };
  await onceServed(() => store.create(ref, withIdentity(resource)));
}

/** Gives back what was taken and not used: as if there had been no import. Another run that goes on from it keeps it. */
export async function giveBack(store: Datastore, claim: Claim): Promise<void> {
  const ref = await informationRef();
  const stored = await unlessNotFound(store.get(ref));
  if (stored === undefined || stored.spec['clusterGUID'] !== identityOfImport(claim.guid)) return;
  const isMine = Object.entries(noteOf(claim)).every(
    ([key, value]) => stored.metadata.annotations?.[key] === value,
  );
  if (!isMine) return;
  await store.delete(ref, stored.metadata.resourceVersion);
}

/** The import ended with an error: nobody works here any more, and the datastore stays locked. */
export async function leave(store: Datastore): Promise<void> {
  await change(store, withoutNote);
}

/** As the reference does between resources and addresses; the cluster's own identity comes last, with `finish`. */
export async function noteVersion(store: Datastore, { version }: Identity): Promise<void> {
  if (version !== '') await change(store, (now) => withSpec(now, { calicoVersion: version }));
}

/** Everything is there: the cluster is the one of the file. The datastore stays locked. */
export async function finish(store: Datastore, { guid, version }: Identity): Promise<void> {
  const spec = { ...(guid && { clusterGUID: guid }), ...(version && { calicoVersion: version }) };
  await change(store, (now) => withSpec(withoutNote(now), spec));
}

function withSpec(stored: Resource, changes: Resource['spec']): Resource {
  return { ...stored, spec: { ...stored.spec, ...changes } };
}

async function change(store: Datastore, edit: (stored: Resource) => Resource): Promise<void> {
  const ref = await informationRef();
  await untilUndisturbed(async () => {
    const stored = await store.get(ref);
    const wanted = edit(stored);
    if (JSON.stringify(wanted) !== JSON.stringify(stored)) await store.update(ref, wanted);
  });
}
