/** etcd's v3 responses from bytes; the field numbers are those of etcd's published rpc.proto and kv.proto. */
import type {
  DeleteResult,
  KeyValue,
  Leased,
  MemberStatus,
  PutResult,
  RangeResult,
  ResponseOp,
  TxnResult,
  WatchEvent,
  WatchResponse,
} from './messages.ts';
import { readFields, text } from './protobuf.ts';

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** The revision in the header of a response. */
export function decodeHeader(input: Uint8Array): bigint {
  let revision = 0n;
  readFields(input, {
    integer(field, value) {
      if (field === 3) revision = value;
    },
  });
  return revision;
}

const NO_BYTES = new Uint8Array(0);

export function decodeKeyValue(input: Uint8Array): KeyValue {
  const result: Mutable<KeyValue> = {
    ...{ key: '', value: NO_BYTES, createRevision: 0n, modRevision: 0n, version: 0n, lease: 0n },
  };
  readFields(input, {
    integer(field, value) {
      if (field === 2) result.createRevision = value;
      else if (field === 3) result.modRevision = value;
      else if (field === 4) result.version = value;
      else if (field === 6) result.lease = value;
    },
    bytes(field, value) {
      if (field === 1) result.key = text(value);
      else if (field === 5) result.value = value;
    },
  });
  return result;
}

export function decodeRange(input: Uint8Array): RangeResult {
  const kvs: KeyValue[] = [];
  const result = { revision: 0n, kvs, more: false, count: 0 };
  readFields(input, {
    integer(field, value) {
      if (field === 3) result.more = value !== 0n;
      else if (field === 4) result.count = Number(value);
    },
    bytes(field, value) {
      if (field === 1) result.revision = decodeHeader(value);
      else if (field === 2) kvs.push(decodeKeyValue(value));
    },
  });
  return result;
}

export function decodePut(input: Uint8Array): PutResult {
  const result: Mutable<PutResult> = { revision: 0n };
  readFields(input, {
    bytes(field, value) {
      if (field === 1) result.revision = decodeHeader(value);
      else if (field === 2) result.previous = decodeKeyValue(value);
    },
  });
  return result;
}

export function decodeDelete(input: Uint8Array): DeleteResult {
  const previous: KeyValue[] = [];
  const result = { revision: 0n, deleted: 0, previous };
  readFields(input, {
    integer(field, value) {
      if (field === 2) result.deleted = Number(value);
    },
    bytes(field, value) {
      if (field === 1) result.revision = decodeHeader(value);
      else if (field === 3) previous.push(decodeKeyValue(value));
    },
  });
  return result;
}

function decodeOp(input: Uint8Array): ResponseOp {
  let result: ResponseOp = { op: 'put', revision: 0n };
  readFields(input, {
    bytes(field, value) {
      if (field === 1) result = { op: 'range', ...decodeRange(value) };
      else if (field === 2) result = { op: 'put', ...decodePut(value) };
      else if (field === 3) result = { op: 'delete', ...decodeDelete(value) };
      else if (field === 4) result = { op: 'txn', ...decodeTxn(value) };
    },
  });
  return result;
}

export function decodeTxn(input: Uint8Array): TxnResult {
  const responses: ResponseOp[] = [];
  const result = { revision: 0n, succeeded: false, responses };
  readFields(input, {
    integer(field, value) {
      if (field === 2) result.succeeded = value !== 0n;
    },
    bytes(field, value) {
      if (field === 1) result.revision = decodeHeader(value);
      else if (field === 3) responses.push(decodeOp(value));
    },
  });
  return result;
}

export function decodeLeaseGrant(input: Uint8Array): Leased {
  const result = { revision: 0n, lease: 0n, ttl: 0 };
  readFields(input, {
    integer(field, value) {
      if (field === 2) result.lease = value;
      else if (field === 3) result.ttl = Number(value);
    },
    bytes(field, value) {
      if (field === 1) result.revision = decodeHeader(value);
    },
  });
  return result;
}

/** The token to send with further requests. */
export function decodeAuthenticate(input: Uint8Array): string {
  let token = '';
  readFields(input, {
    bytes(field, value) {
      if (field === 2) token = text(value);
    },
  });
  return token;
}

function decodeEvent(input: Uint8Array): WatchEvent {
  const result: Mutable<WatchEvent> = { type: 'put', kv: decodeKeyValue(NO_BYTES) };
  readFields(input, {
    integer(field, value) {
      if (field === 1 && value === 1n) result.type = 'delete';
    },
    bytes(field, value) {
      if (field === 2) result.kv = decodeKeyValue(value);
      else if (field === 3) result.previous = decodeKeyValue(value);
    },
  });
  return result;
}

export function decodeWatch(input: Uint8Array): WatchResponse {
  const events: WatchEvent[] = [];
  const result = {
    ...{ revision: 0n, created: false, canceled: false, cancelReason: '', compactRevision: 0n },
    events,
  };
  readFields(input, {
    integer(field, value) {
      if (field === 3) result.created = value !== 0n;
      else if (field === 4) result.canceled = value !== 0n;
      else if (field === 5) result.compactRevision = value;
    },
    bytes(field, value) {
      if (field === 1) result.revision = decodeHeader(value);
      else if (field === 6) result.cancelReason = text(value);
      else if (field === 11) events.push(decodeEvent(value));
    },
  });
  return result;
}

export function decodeStatus(input: Uint8Array): MemberStatus {
  const errors: string[] = [];
  const result = { revision: 0n, version: '', dbSize: 0, leader: 0n, errors };
  readFields(input, {
    integer(field, value) {
      if (field === 3) result.dbSize = Number(value);
      else if (field === 4) result.leader = BigInt.asUintN(64, value);
    },
    bytes(field, value) {
      if (field === 1) result.revision = decodeHeader(value);
      else if (field === 2) result.version = text(value);
      else if (field === 8) errors.push(text(value));
    },
  });
  return result;
}
