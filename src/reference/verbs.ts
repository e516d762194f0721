import type { Kind, Verb } from '../resources/kind.ts';

/** What can be done with a kind in each datastore. */

export const DATASTORES = ['etcdv3', 'kubernetes', 'file'] as const;
export type DatastoreType = (typeof DATASTORES)[number];

type Write = 'create' | 'update' | 'delete';

/**
 * Kinds that Kubernetes has in its own objects, and which writes those take; its other kinds take all. A test holds it
 * against the backings themselves.
 */
const KUBERNETES_WRITES: Readonly<Record<string, readonly Write[]>> = {
  Node: ['update'],
  Profile: [],
  WorkloadEndpoint: ['delete'],
  KubernetesNetworkPolicy: [],
  KubernetesClusterNetworkPolicy: [],
};

const ALL_WRITES: readonly Write[] = ['create', 'update', 'delete'];

/** A verb works where the datastore takes one of these writes; `get` needs none. */
const NEEDS: Readonly<Record<Verb, readonly Write[]>> = {
  get: [],
  create: ['create'],
  apply: ['create', 'update'],
  replace: ['update'],
  patch: ['update'],
  label: ['update'],
  delete: ['delete'],
};

/** The verbs that work on a kind; none where the datastore has no such objects. */
export function verbsOf(kind: Kind, datastore: DatastoreType): readonly Verb[] {
  if (kind.madeOf !== undefined && datastore !== 'kubernetes') return [];
  const writes = writesOf(kind, datastore);
  return kind.verbs.filter((verb) => verb === 'get' || NEEDS[verb].some((write) => writes.includes(write)));
}

/** The writes that a datastore takes for a kind, whatever its verbs are. */
export function writesOf(kind: Kind, datastore: DatastoreType): readonly Write[] {
  return datastore === 'kubernetes' ? (KUBERNETES_WRITES[kind.kind] ?? ALL_WRITES) : ALL_WRITES;
}
