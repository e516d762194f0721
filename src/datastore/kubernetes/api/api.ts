import type { Collection, KubeObject, KubePage, Selection, Target } from '../../cluster.ts';

export type { Collection, KubeObject, KubePage, Selection, Target };

export interface KubeEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubeObject;
}

export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export type PatchType = 'merge' | 'strategic-merge' | 'json';

/**
 * The API server's verbs. All throw CalicoctlError: `not-found`, `already-exists`, `conflict`, `validation` (422, with the
 * fields the server names), `unauthorized`, `not-supported` (the collection is not served), `unavailable`, `timeout`,
 * `datastore`, `cancelled`. What was certainly not done is tried again by itself (refused connections after a first
 * success, 429, reads); a write whose answer was lost throws with `mayBeDone`.
 */
export interface KubernetesApi {
  get(target: Target): Promise<KubeObject>;
  /** Pages in the server's order (namespace, then name, by bytes); an expired continue token restarts behind the last key shown. */
  list(selection: Selection): AsyncIterable<KubePage>;
  create(target: Target, object: KubeObject): Promise<KubeObject>;
  replace(target: Target, object: KubeObject, subresource?: 'status'): Promise<KubeObject>;
  patch(target: Target, patch: unknown, type: PatchType, subresource?: 'status'): Promise<KubeObject>;
  /** What the server said last of the object; undefined where it only says that it is gone. */
  delete(target: Target, preconditions?: Preconditions): Promise<KubeObject | undefined>;
  /** Events after a version, resumed across broken connections with bookmarks. Throws `conflict` where the version is too old. */
  watch(selection: Selection, from: string): AsyncIterable<KubeEvent>;
  /** Names of the API groups that are served. */
  groups(): Promise<ReadonlySet<string>>;
  close(): void;
}
