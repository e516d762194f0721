import type { Kind, Ref, Resource } from '../resources/kind.ts';
import type { Definitions } from './definitions.ts';
import type { RawEntries } from './raw.ts';

/** `metadata.resourceVersion`: opaque text, compared for equality only. */
export type Version = string;

export interface Query {
  readonly kind: Kind;
  /** Absent: every namespace. */
  readonly namespace?: string;
  /** Only names that begin so. */
  readonly namePrefix?: string;
  /**
   * Resources as they are stored, for reading very many: fields are neither checked nor brought into order, and those
   * that nobody could have written are not sorted out; they may come in another order than that of their names. What is
   * read so is never written.
   */
  readonly asStored?: true;
  /** Reads a past version where the datastore keeps history (etcd); others ignore it. */
  readonly at?: Version;
}

export interface Page {
  readonly items: readonly Resource[];
  /** Version of the whole list; the same on every page of one list. */
  readonly version: Version;
  /** Stored entries that cannot be decoded: left out of `items`, named here so that nobody overwrites them unknowingly. */
  readonly corrupt: readonly CorruptEntry[];
}

export interface CorruptEntry {
  /** Storage key or file. */
  readonly entry: string;
  readonly reason: string;
}

export type Change =
  | { readonly type: 'added' | 'modified'; readonly resource: Resource; readonly version: Version }
  | { readonly type: 'deleted'; readonly resource: Resource; readonly version: Version };

/** What a backend is capable of, where they differ. */
export interface Capabilities {
  readonly name: 'etcdv3' | 'kubernetes' | 'file';
  /** The API server keeps identity, defaults and schema itself. */
  readonly serverSideIdentity: boolean;
  /** How many writes may be under way at once. */
  readonly concurrency: number;
}

/**
 * Where resources live. Every operation may throw CalicoctlError: `not-found`, `already-exists`, `conflict`,
 * `not-supported`, `unauthorized`, `unavailable`, `timeout`, `corrupt`, `datastore`.
 * Writes return what was stored with `metadata.resourceVersion`; a write given one succeeds only while it is current.
 * Fields and keys that this program does not know survive a read and the write of what was read.
 */
export interface Datastore {
  readonly capabilities: Capabilities;
  /** Where kinds have to be defined before there can be resources of them: on Kubernetes. */
  readonly definitions?: Definitions;
  /** Where resources are keys and values, among others perhaps that are none: on etcd. */
  readonly raw?: RawEntries;
  /** `at` reads a past version where the datastore keeps history (etcd); others ignore it. */
  get(ref: Ref, at?: Version): Promise<Resource>;
  /** Pages in key order (namespace, then name, by bytes). */
  list(query: Query): AsyncIterable<Page>;
  /** Fails with `already-exists` where there is one; never overwrites. */
  create(ref: Ref, resource: Resource): Promise<Resource>;
  /** `resource.metadata.resourceVersion` is required; `conflict` unless it is the stored one. */
  update(ref: Ref, resource: Resource): Promise<Resource>;
  /** Returns what was deleted. */
  delete(ref: Ref, precondition?: Version): Promise<Resource>;
  /** Changes after `from`, until the consumer stops. */
  watch(query: Query, from: Version): AsyncIterable<Change>;
  close(): Promise<void>;
}
