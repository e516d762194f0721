import type { Kind, Ref, Resource } from '../resources/kind.ts';
import type { Version } from './datastore.ts';

/** What stands under a key, whether this program knows what it is or not. */
export interface RawEntry {
  readonly key: string;
  /** Bytes where it is no UTF-8. */
  readonly value: string | Uint8Array;
  readonly version: Version;
  /** The resource that it is; absent where it is none, or one that cannot be read. */
  readonly resource?: Resource;
}

/**
 * A datastore as keys and values, for copies of all of it. Everything below Calico's root is seen, but for what is held
 * by a lease: that goes with the program that wrote it. Throws as `Datastore` does.
 */
export interface RawEntries {
  /** The present version of the whole datastore; what is read at it is of one moment. */
  now(): Promise<Version>;
  /** Entries under keys of a kind, in the order of keys. */
  ofKind(kind: Kind, at: Version): AsyncIterable<readonly RawEntry[]>;
  /** Entries under keys of none of these kinds, in the order of keys. */
  others(kinds: readonly Kind[], at: Version): AsyncIterable<readonly RawEntry[]>;
  keyOf(ref: Ref): string;
  /** The text that stands for a resource. */
  encode(kind: Kind, resource: Resource): string;
  /** Without `expected` only where there is nothing (else `already-exists`); with it only while that is the version. */
  put(key: string, value: string | Uint8Array, expected?: Version): Promise<void>;
  /** Only while that is the version; `conflict` otherwise. What is gone already is fine. */
  remove(key: string, expected: Version): Promise<void>;
}
