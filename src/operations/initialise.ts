import { isError } from '../core/errors.ts';
import type { Datastore } from '../datastore/datastore.ts';
import { API_VERSION, formatRef, type Kind, type Ref, type Resource } from '../resources/kind.ts';
import { BUILT_IN_TIERS } from '../resources/parts/tiers.ts';
import { kindOf } from '../resources/registry.ts';
import { withIdentity } from './identity.ts';

/**
 * Makes an empty datastore usable, as every component of Calico does before it writes: ClusterInformation `default`
 * with an identity, and the three built-in tiers. Steps are independent; the first failure is thrown after all were tried.
 * Returns what was made, as `Kind(name)`.
 */
export async function initialise(store: Datastore): Promise<readonly string[]> {
  const steps = [
    ensureClusterInformation(store),
    ...Object.entries(BUILT_IN_TIERS).map(([name, spec]) => ensureTier(store, name, spec)),
  ];
  const outcomes = await Promise.allSettled(steps);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' && outcome.value ? [outcome.value] : [],
  );
}

const INITIAL = [
  ['ClusterInformation', 'default'],
  ...Object.keys(BUILT_IN_TIERS).map((name) => ['Tier', name] as const),
] as const;

/** What `initialise` would make, as `Kind(name)`. Changes nothing. */
export async function uninitialised(store: Datastore): Promise<readonly string[]> {
  const missing = await Promise.all(
    INITIAL.map(async ([word, name]) => {
      const kind = await kindOf(word);
      const ref = { kind, name };
      return (await exists(store, ref)) ? [] : [formatRef(ref)];
    }),
  );
  return missing.flat();
}

/** Of a kind that the datastore was not told of there is nothing. */
async function exists(store: Datastore, ref: Ref): Promise<boolean> {
  try {
    await store.get(ref);
    return true;
  } catch (error) {
    if (isError(error, 'not-found', 'not-supported')) return false;
    throw error;
  }
}

async function ensureClusterInformation(store: Datastore): Promise<string | undefined> {
  const kind = await kindOf('ClusterInformation');
  for (let attempt = 1; ; attempt++) {
    try {
      return await ensureClusterInformationOnce(store, kind);
    } catch (error) {
      if (!isError(error, 'already-exists', 'conflict') || attempt === 5) throw error;
    }
  }
}

async function ensureClusterInformationOnce(store: Datastore, kind: Kind): Promise<string | undefined> {
  const ref = { kind, name: 'default' };
  const current = await unlessNotFound(store.get(ref));
  const kubernetes = store.capabilities.name === 'kubernetes';
  if (current === undefined) {
    const spec = {
      clusterGUID: newGuid(),
      ...(kubernetes ? { clusterType: 'kdd' } : {}),
      datastoreReady: true,
    };
    await store.create(ref, withIdentity(bare(kind, 'default', spec)));
    return formatRef(ref);
  }
  const { clusterGUID, clusterType, datastoreReady } = current.spec as Record<string, unknown>;
  const words = String(clusterType ?? '')
    .split(',')
    .filter(Boolean);
  const wanted = kubernetes && !words.includes('kdd') ? [...words, 'kdd'] : words;
  if (clusterGUID && datastoreReady !== undefined && wanted.length === words.length) return undefined;
  const spec = {
    ...current.spec,
    clusterGUID: (clusterGUID as string | undefined) || newGuid(),
    datastoreReady: (datastoreReady as boolean | undefined) ?? true,
    ...(wanted.length === 0 ? {} : { clusterType: wanted.join(',') }),
  };
  await store.update(ref, { ...current, spec });
  return formatRef(ref);
}

async function ensureTier(
  store: Datastore,
  name: string,
  spec: (typeof BUILT_IN_TIERS)[string],
): Promise<string | undefined> {
  const kind = await kindOf('Tier');
  const ref = { kind, name };
  if ((await unlessNotFound(store.get(ref))) !== undefined) return undefined;
  try {
    await store.create(ref, withIdentity(bare(kind, name, { ...spec })));
    return formatRef(ref);
  } catch (error) {
    if (!isError(error, 'already-exists', 'unauthorized')) throw error;
    return undefined;
  }
}

function bare(kind: Kind, name: string, spec: Record<string, string | number | boolean>): Resource {
  return { kind: kind.kind, apiVersion: API_VERSION, metadata: { name }, spec };
}

function newGuid(): string {
  return crypto.randomUUID().replaceAll('-', '');
}

/** The value, or undefined where there is no such object. */
export async function unlessNotFound<T>(value: Promise<T>): Promise<T | undefined> {
  try {
    return await value;
  } catch (error) {
    if (isError(error, 'not-found')) return undefined;
    throw error;
  }
}
