/** etcd's v3 requests as bytes; the field numbers are those of etcd's published rpc.proto and kv.proto. */
import type {
  Compare,
  DeleteRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
  WatchRequest,
} from './messages.ts';
import { bytes, element, integer, member, message } from './protobuf.ts';

const ORDERS = ['none', 'ascend', 'descend'] as const;
const SORT_TARGETS = ['key', 'version', 'create', 'mod', 'value'] as const;
const COMPARE_TARGETS = { version: [0, 4], create: [1, 5], mod: [2, 6] } as const;

export function encodeRange(request: RangeRequest): Buffer {
  return message(
    bytes(1, request.key),
    bytes(2, request.rangeEnd),
    integer(3, request.limit),
    integer(4, request.revision),
    integer(5, ORDERS.indexOf(request.order ?? 'none')),
    integer(6, SORT_TARGETS.indexOf(request.sortBy ?? 'key')),
    integer(8, request.keysOnly),
    integer(9, request.countOnly),
  );
}

export function encodePut({ key, value, lease, prevKv }: PutRequest): Buffer {
  return message(bytes(1, key), bytes(2, value), integer(3, lease), integer(4, prevKv));
}

export function encodeDelete({ key, rangeEnd, prevKv }: DeleteRequest): Buffer {
  return message(bytes(1, key), bytes(2, rangeEnd), integer(3, prevKv));
}

/** The comparison is always for equality, which is the enum's zero and so not written. */
function encodeCompare({ key, target, equals }: Compare): Buffer {
  const [number, field] = COMPARE_TARGETS[target];
  return message(integer(2, number), bytes(3, key), member(field, equals));
}

function encodeOp(request: RequestOp): Buffer {
  switch (request.op) {
    case 'range':
      return element(1, encodeRange(request));
    case 'put':
      return element(2, encodePut(request));
    case 'delete':
      return element(3, encodeDelete(request));
  }
}

export function encodeTxn({ compare, success, failure = [] }: TxnRequest): Buffer {
  return message(
    ...compare.map((item) => element(1, encodeCompare(item))),
    ...success.map((item) => element(2, encodeOp(item))),
    ...failure.map((item) => element(3, encodeOp(item))),
  );
}

/** `ttl` in seconds; the server chooses the number of the lease. */
/**
 * A transaction without conditions around transactions that are encoded already. `puts` is one of their puts: as the
 * alternative, which is never taken, it shows etcd's check for space that this message writes; nested ones it overlooks.
 */
export function encodeBatch(transactions: readonly Uint8Array[], puts: RequestOp | undefined): Buffer {
  return message(
    ...transactions.map((transaction) => element(2, element(4, transaction))),
    ...(puts === undefined ? [] : [element(3, encodeOp(puts))]),
  );
}

export function encodeLeaseGrant(ttl: number): Buffer {
  return integer(1, ttl);
}

export function encodeLeaseRevoke(lease: bigint): Buffer {
  return integer(1, lease);
}

export function encodeAuthenticate(username: string, password: string): Buffer {
  return message(bytes(1, username), bytes(2, password));
}

export function encodeWatch({ key, rangeEnd, startRevision, prevKv }: WatchRequest): Buffer {
  const create = message(bytes(1, key), bytes(2, rangeEnd), integer(3, startRevision), integer(6, prevKv));
  return element(1, create);
}
