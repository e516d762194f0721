/**
 * etcd's messages as values. Revisions, versions and lease numbers are int64 and kept as bigint, so they are exact; a
 * Calico `resourceVersion` is the decimal text of a `modRevision`. Keys are UTF-8 text, values are bytes.
 */

/** A key in a request. Bytes are for the ends of ranges, which need not be text. */
export type Key = string | Uint8Array;

export interface KeyValue {
  readonly key: string;
  /** A view into the response; see `text()`. */
  readonly value: Uint8Array;
  readonly createRevision: bigint;
  readonly modRevision: bigint;
  /** Counts the writes since the key was created, from 1. */
  readonly version: bigint;
  /** 0 where there is none. */
  readonly lease: bigint;
}

export interface RangeRequest {
  readonly key: Key;
  /** First key behind the range; absent reads `key` alone. */
  readonly rangeEnd?: Key;
  /** 0 or absent: no limit. */
  readonly limit?: number;
  /** 0 or absent: the newest. */
  readonly revision?: bigint;
  readonly order?: 'none' | 'ascend' | 'descend';
  readonly sortBy?: 'key' | 'version' | 'create' | 'mod' | 'value';
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
}

export interface PutRequest {
  readonly key: Key;
  readonly value: string | Uint8Array;
  readonly lease?: bigint;
  /** Return what was there before. */
  readonly prevKv?: boolean;
}

export interface DeleteRequest {
  readonly key: Key;
  readonly rangeEnd?: Key;
  readonly prevKv?: boolean;
}

/** True where the number of the key equals the given one; 0 where there is no such key. */
export interface Compare {
  readonly key: Key;
  readonly target: 'version' | 'create' | 'mod';
  readonly equals: bigint;
}

export type RequestOp =
  | ({ readonly op: 'range' } & RangeRequest)
  | ({ readonly op: 'put' } & PutRequest)
  | ({ readonly op: 'delete' } & DeleteRequest);

export interface TxnRequest {
  readonly compare: readonly Compare[];
  readonly success: readonly RequestOp[];
  readonly failure?: readonly RequestOp[];
}

export interface Leased {
  /** The revision of the whole store when the answer was made. */
  readonly revision: bigint;
  readonly lease: bigint;
  /** Seconds. */
  readonly ttl: number;
}

export interface RangeResult {
  /** The revision of the whole store when the answer was made. */
  readonly revision: bigint;
  readonly kvs: readonly KeyValue[];
  /** The limit cut the range. */
  readonly more: boolean;
  /** Number of keys in the range, whatever the limit. */
  readonly count: number;
}

export interface PutResult {
  readonly revision: bigint;
  readonly previous?: KeyValue;
}

export interface DeleteResult {
  readonly revision: bigint;
  readonly deleted: number;
  /** What was deleted, where `prevKv` asked for it. */
  readonly previous: readonly KeyValue[];
}

export type ResponseOp =
  | ({ readonly op: 'range' } & RangeResult)
  | ({ readonly op: 'put' } & PutResult)
  | ({ readonly op: 'delete' } & DeleteResult)
  | ({ readonly op: 'txn' } & TxnResult);

export interface TxnResult {
  readonly revision: bigint;
  /** Every comparison was true, so the `success` operations were done. */
  readonly succeeded: boolean;
  readonly responses: readonly ResponseOp[];
}

export interface WatchRequest {
  readonly key: Key;
  readonly rangeEnd?: Key;
  /** First revision to report. */
  readonly startRevision?: bigint;
  readonly prevKv?: boolean;
}

export interface WatchEvent {
  readonly type: 'put' | 'delete';
  /** For a delete: the key and, as `modRevision`, the revision of the deletion. */
  readonly kv: KeyValue;
  readonly previous?: KeyValue;
}

export interface WatchResponse {
  readonly revision: bigint;
  readonly created: boolean;
  readonly canceled: boolean;
  readonly cancelReason: string;
  /** Not 0: everything below is compacted, and so was the revision asked for. */
  readonly compactRevision: bigint;
  readonly events: readonly WatchEvent[];
}

export interface MemberStatus {
  readonly revision: bigint;
  /** Of the server, such as `3.4.23`. */
  readonly version: string;
  /** Bytes. */
  readonly dbSize: number;
  /** Member number of the leader, 0 where there is none. */
  readonly leader: bigint;
  /** Alarms and faults, such as no space left. */
  readonly errors: readonly string[];
}
