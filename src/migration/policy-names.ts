import { CalicoctlError, isError } from '../core/errors.ts';
import { stringifyJson } from '../core/json.ts';
import type { Datastore } from '../datastore/datastore.ts';
import { unlessNotFound } from '../operations/initialise.ts';
import { inParallel } from '../operations/parallel.ts';
import { formatRef, type Kind, type Ref, type Resource, refOf } from '../resources/kind.ts';
import { kindOf } from '../resources/registry.ts';
import { difference } from './fingerprint.ts';

/**
 * Old releases stored a policy NAME of the default tier under `default.NAME` and showed it as NAME; newer ones look for
 * it under NAME and do not find it. Each is written there, and its old entry deleted as it was read.
 */

const KINDS = ['NetworkPolicy', 'GlobalNetworkPolicy', 'StagedNetworkPolicy', 'StagedGlobalNetworkPolicy'];
const PREFIX = 'default.';

/** Returns how many policies were under their old names. `warn` is told of what is deleted and stands nowhere else. */
export async function migratePolicyNames(store: Datastore, warn: (text: string) => void): Promise<number> {
  let migrated = 0;
  for (const name of KINDS) {
    const kind = await kindOf(name);
    const found = await explained(`list ${name}`, () => candidates(store, kind));
    const { failures } = await inParallel(found, store.capabilities.concurrency, async (ref) => {
      if (await migrate(store, ref, warn)) migrated++;
    });
    if (failures[0] !== undefined) throw failures[0];
  }
  return migrated;
}

/** Policies that may be stored under an old name. */
async function candidates(store: Datastore, kind: Kind): Promise<readonly Ref[]> {
  const found = new Map<string, Ref>();
  try {
    for await (const { items } of store.list({ kind, namePrefix: PREFIX })) {
      for (const item of items) {
        const ref = refOf(kind, item);
        if ((item.spec['tier'] || 'default') === 'default') found.set(`${ref.namespace}/${ref.name}`, ref);
      }
    }
  } catch (error) {
    if (!isError(error, 'not-supported')) throw error;
  }
  return [...found.values()];
}

async function migrate(store: Datastore, ref: Ref, warn: (text: string) => void): Promise<boolean> {
  const { kind, name } = ref;
  const oldRef = { ...ref, name: PREFIX + name };
  const old = await explained(`get ${kind.kind} "${oldRef.name}"`, () => unlessNotFound(store.get(oldRef)));
  // One that is called so, and stored so.
  if (old === undefined || old.metadata.name !== name) return false;
  const present = await explained(`create ${kind.kind} "${name}"`, () => createUnless(store, ref, old));
  const path = present && difference(kind, old, present, store.capabilities.name);
  await explained(`delete ${kind.kind} "${oldRef.name}"`, () =>
    unlessNotFound(store.delete(oldRef, old.metadata.resourceVersion)),
  );
  // As the reference does; but what is gone for good is shown.
  if (path !== undefined)
    warn(
      `Warning: ${formatRef(ref)} was stored under both names, and not the same: they differ in ${path}. The one that is found by its name stays; deleted was ${stringifyJson(old)}`,
    );
  return true;
}

/** What there is already; undefined where it was created. */
async function createUnless(store: Datastore, ref: Ref, old: Resource): Promise<Resource | undefined> {
  const { resourceVersion: _, ...metadata } = old.metadata;
  try {
    await store.create(ref, { ...old, metadata });
    return undefined;
  } catch (error) {
    if (!isError(error, 'already-exists')) throw error;
    return unlessNotFound(store.get(ref));
  }
}

async function explained<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
    throw new CalicoctlError(error.errorClass, `${what}: ${error.message}`, error.details);
  }
}
