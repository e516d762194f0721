/** The door to etcd: what the backend calls. See docs/adr/0002-etcd-transport.md. */

import { wholeMessage } from './answer.ts';
import { TxnBatcher } from './batch.ts';
import { Caller } from './caller.ts';
import { decodeDelete, decodeLeaseGrant, decodePut, decodeRange, decodeStatus, decodeTxn } from './decode.ts';
import {
  encodeDelete,
  encodeLeaseGrant,
  encodeLeaseRevoke,
  encodePut,
  encodeRange,
  encodeTxn,
} from './encode.ts';
import { parseEndpoints } from './endpoints.ts';
import type {
  DeleteResult,
  Key,
  KeyValue,
  Leased,
  MemberStatus,
  PutResult,
  RangeRequest,
  RangeResult,
  TxnRequest,
  TxnResult,
} from './messages.ts';
import { type EntryPage, entryPage } from './page.ts';
import { Pool } from './pool.ts';
import type { TlsOptions } from './tls.ts';
import { type WatchBatch, watchKeys } from './watch.ts';

export interface EtcdOptions {
  /** `https://host:port`, `http://host:port` or `host:port`; see `parseEndpoints`. */
  readonly endpoints: readonly string[];
  /** Used only where both are given and not empty. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: TlsOptions | undefined;
  /** Bounds each call, with dialling, log-in and repetitions; milliseconds, 10,000 by default. */
  readonly requestTimeoutMs?: number | undefined;
  /** Ends the client and all that is under way; errors are `cancelled` then. */
  readonly signal?: AbortSignal | undefined;
}

export type * from './messages.ts';
export type { Entry, EntryPage } from './page.ts';

/**
 * Keys that begin with `prefix`; those from `from` up to but without `to` (absent: to the end); or as etcd itself has
 * it, `key` alone or up to `rangeEnd`.
 */
export type KeyRange =
  | { readonly prefix: string }
  | { readonly from: string; readonly to?: Key }
  | { readonly key: Key; readonly rangeEnd?: Key };

export type RangeOptions = KeyRange &
  Pick<RangeRequest, 'limit' | 'revision' | 'order' | 'sortBy' | 'keysOnly' | 'countOnly'>;

export interface WatchOptions {
  /** First revision to report; absent: from now on. */
  readonly fromRevision?: bigint;
  /** Events carry what was there before. */
  readonly prevKv?: boolean;
  /** Ends this watch as if there were no more changes. */
  readonly signal?: AbortSignal;
}

/**
 * All methods throw CalicoctlError: `unavailable`, `timeout`, `unauthorized`, `datastore`, `cancelled`. A write that
 * failed half-way may have been done; `isUnknownOutcome` tells.
 */
export interface EtcdClient {
  /** `kv` is absent where there is no such key. */
  get(key: string, options?: { readonly revision?: bigint }): Promise<GetResult>;
  /** One page, in key order unless told otherwise; all keys where there is no limit. */
  range(options: RangeOptions): Promise<RangeResult>;
  /** The same for reading very many: text, taken from the answer as it comes. */
  page(options: RangeOptions): Promise<EntryPage>;
  txn(request: TxnRequest): Promise<TxnResult>;
  put(key: string, value: string | Uint8Array, options?: PutOptions): Promise<PutResult>;
  delete(key: string | KeyRange, options?: { readonly prevKv?: boolean }): Promise<DeleteResult>;
  /** Changes below a prefix, or of other keys, until the consumer stops; see `watchKeys`. */
  watch(keys: string | KeyRange, options?: WatchOptions): AsyncIterable<WatchBatch>;
  /** A lease of so many seconds; keys put with it go when it ends. */
  leaseGrant(ttlSeconds: number): Promise<Leased>;
  /** Ends a lease at once. */
  leaseRevoke(lease: bigint): Promise<void>;
  /** Of the member that is talked to. */
  status(): Promise<MemberStatus>;
  close(): void;
}

export interface GetResult {
  readonly revision: bigint;
  readonly kv?: KeyValue;
}

export interface PutOptions {
  readonly lease?: bigint;
  readonly prevKv?: boolean;
}

const EVERYTHING = '\0';
const DEFAULT_TIMEOUT_MS = 10_000;
/** After Ctrl-C, writes under way get so long to end, so that what became of them is known. */
const LAST_WRITES_MS = 500;

/** The first key behind all those that begin with `prefix`. */
export function prefixEnd(prefix: string): Uint8Array {
  const bytes = Buffer.from(prefix);
  const last = bytes.findLastIndex((byte) => byte < 0xff);
  if (last < 0) return Buffer.from(EVERYTHING);
  bytes[last]!++;
  return bytes.subarray(0, last + 1);
}

function keysOf(range: KeyRange): { key: Key; rangeEnd?: Key } {
  if ('key' in range)
    return { key: range.key, ...(range.rangeEnd !== undefined && { rangeEnd: range.rangeEnd }) };
  if ('prefix' in range) return { key: range.prefix || EVERYTHING, rangeEnd: prefixEnd(range.prefix) };
  return { key: range.from || EVERYTHING, rangeEnd: range.to ?? EVERYTHING };
}

/** Opens a client; connects with the first call. Throws CalicoctlError `configuration` for settings that cannot be. */
export function openEtcd(options: EtcdOptions): EtcdClient {
  const requestTimeoutMs = options.requestTimeoutMs ?? DEFAULT_TIMEOUT_MS;
  const pool = new Pool(parseEndpoints(options.endpoints, options.tls), requestTimeoutMs);
  const { signal } = options;
  const caller = new Caller(pool, { ...options, requestTimeoutMs });
  const close = () => {
    signal?.removeEventListener('abort', interrupted);
    pool.close();
  };
  const interrupted = () => {
    const timer = setTimeout(close, LAST_WRITES_MS);
    caller.writesEnded().then(() => {
      clearTimeout(timer);
      close();
    });
  };
  if (signal?.aborted) close();
  else signal?.addEventListener('abort', interrupted, { once: true });
  const write: Send = (method, message) =>
    caller.unary('write', `/etcdserverpb.${method}`, message, wholeMessage);
  return {
    ...reads((method, message) => caller.unary('read', `/etcdserverpb.${method}`, message, wholeMessage)),
    page: (given) =>
      caller.unary('read', '/etcdserverpb.KV/Range', encodeRange({ ...given, ...keysOf(given) }), entryPage),
    ...writes(write),
    ...(mayNest(options) ? batched(write) : {}),
    watch(keys, { fromRevision, prevKv, signal: stop } = {}) {
      const request = {
        ...keysOf(typeof keys === 'string' ? { prefix: keys } : keys),
        ...(fromRevision !== undefined && { startRevision: fromRevision }),
        ...(prevKv !== undefined && { prevKv }),
      };
      return watchKeys(request, { pool, caller, requestTimeoutMs, signal, stop });
    },
    close,
  };
}

type Send = (method: string, message: Uint8Array) => Promise<Uint8Array>;

function reads(send: Send): Pick<EtcdClient, 'get' | 'range' | 'status'> {
  const range = async (request: RangeRequest) => decodeRange(await send('KV/Range', encodeRange(request)));
  return {
    async get(key, { revision } = {}) {
      const found = await range({ key, ...(revision !== undefined && { revision }) });
      const [kv] = found.kvs;
      return { revision: found.revision, ...(kv && { kv }) };
    },
    range: (given) => range({ ...given, ...keysOf(given) }),
    async status() {
      return decodeStatus(await send('Maintenance/Status', new Uint8Array(0)));
    },
  };
}

/**
 * Old servers do not hold what is nested in a transaction against the user's rights. Where there may be rights, each
 * write is sent alone, so that none of ours slips by them.
 */
function mayNest({ username, tls }: EtcdOptions): boolean {
  return !username && tls?.cert === undefined;
}

function batched(send: Send): Pick<EtcdClient, 'txn'> {
  const batcher = new TxnBatcher((message) => send('KV/Txn', message));
  return { txn: (request) => batcher.txn(request) };
}

function writes(send: Send): Pick<EtcdClient, 'txn' | 'put' | 'delete' | 'leaseGrant' | 'leaseRevoke'> {
  return {
    async txn(request) {
      return decodeTxn(await send('KV/Txn', encodeTxn(request)));
    },
    async put(key, value, more = {}) {
      return decodePut(await send('KV/Put', encodePut({ key, value, ...more })));
    },
    async delete(target, more = {}) {
      const keys = typeof target === 'string' ? { key: target } : keysOf(target);
      return decodeDelete(await send('KV/DeleteRange', encodeDelete({ ...keys, ...more })));
    },
    async leaseGrant(ttlSeconds) {
      return decodeLeaseGrant(await send('Lease/LeaseGrant', encodeLeaseGrant(ttlSeconds)));
    },
    async leaseRevoke(lease) {
      await send('Lease/LeaseRevoke', encodeLeaseRevoke(lease));
    },
  };
}
