import { describe, expect, test } from 'bun:test';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import * as decode from '../../../../src/datastore/etcdv3/wire/decode.ts';
import * as encode from '../../../../src/datastore/etcdv3/wire/encode.ts';
import { frame, frameReader, HEADER } from '../../../../src/datastore/etcdv3/wire/frames.ts';
import type { Compare, RequestOp } from '../../../../src/datastore/etcdv3/wire/messages.ts';
import { entryPage } from '../../../../src/datastore/etcdv3/wire/page.ts';
import { integer, MalformedMessage, readFields } from '../../../../src/datastore/etcdv3/wire/protobuf.ts';

/** protobufjs with etcd's own .proto files, as etcd3 brings them along, is the witness for our codec. */
interface WitnessType {
  encode(value: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  fromObject(value: object): object;
  toObject(message: object, options: object): Record<string, unknown>;
}
const etcd3 = createRequire(import.meta.url).resolve('etcd3');
const fromLoader = createRequire(createRequire(etcd3).resolve('@grpc/proto-loader'));
const protobuf = fromLoader('protobufjs') as {
  loadSync(file: string): { lookupType(name: string): WitnessType };
};
const root = protobuf.loadSync(join(dirname(etcd3), '../proto/rpc.proto'));

/** int64 as decimal text, bytes as base64, fields that are not set left out. */
function seen(type: string, bytes: Uint8Array): Record<string, unknown> {
  const witness = root.lookupType(`etcdserverpb.${type}`);
  return witness.toObject(witness.decode(bytes), { longs: String, bytes: String, enums: String });
}

function written(type: string, value: object): Uint8Array {
  const witness = root.lookupType(`etcdserverpb.${type}`);
  return witness.encode(witness.fromObject(value)).finish();
}

const base64 = (value: string | Uint8Array) => Buffer.from(value).toString('base64');
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const positive = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });
const key = fc.string({ unit: 'grapheme', minLength: 1 });
const value = fc.uint8Array({ minLength: 1 });
const flag = fc.boolean();

const keyValue = fc.record({
  ...{ key, value, createRevision: int64, modRevision: int64, version: int64, lease: int64 },
});
type Kv = typeof keyValue extends fc.Arbitrary<infer T> ? T : never;
const asWitness = (kv: Kv) => ({
  ...{ key: base64(kv.key), value: base64(kv.value), version: String(kv.version), lease: String(kv.lease) },
  ...{ createRevision: String(kv.createRevision), modRevision: String(kv.modRevision) },
});
const sameKv = (kv: Kv) => ({ ...kv, value: new Uint8Array(kv.value) });
const plain = <T>(input: T): T =>
  JSON.parse(
    JSON.stringify(input, (_name, item) => {
      if (typeof item === 'bigint') return `${item}n`;
      const bytes = item?.type === 'Buffer' ? item.data : item;
      return bytes instanceof Uint8Array ? [...bytes] : bytes;
    }),
  );

/** A field at its default is not on the line. */
const unlessZero = (name: string, given: unknown) => (given ? { [name]: given } : {});

describe('requests, as the witness reads them', () => {
  test('range', () => {
    const request = fc.record({
      ...{ key, rangeEnd: value, limit: fc.nat(), revision: positive, keysOnly: flag, countOnly: flag },
      order: fc.constantFrom('none', 'ascend', 'descend'),
      sortBy: fc.constantFrom('key', 'version', 'create', 'mod', 'value'),
    });
    fc.assert(
      fc.property(request, (range) => {
        expect(seen('RangeRequest', encode.encodeRange(range))).toEqual({
          ...{ key: base64(range.key), rangeEnd: base64(range.rangeEnd), revision: String(range.revision) },
          ...unlessZero('limit', range.limit && String(range.limit)),
          ...unlessZero('keysOnly', range.keysOnly),
          ...unlessZero('countOnly', range.countOnly),
          ...(range.order !== 'none' && { sortOrder: range.order === 'ascend' ? 'Ascend' : 'Descend' }),
          ...(range.sortBy !== 'key' && {
            sortTarget: range.sortBy[0]!.toUpperCase() + range.sortBy.slice(1),
          }),
        });
      }),
    );
  });

  test('transactions', () => {
    const compare = fc.record({
      ...{ key, equals: fc.oneof(fc.constant(0n), positive) },
      target: fc.constantFrom('version', 'create', 'mod'),
    });
    const operation: fc.Arbitrary<RequestOp> = fc.oneof(
      fc.record({ op: fc.constant('put' as const), key, value, lease: positive, prevKv: fc.constant(true) }),
      fc.record({ op: fc.constant('delete' as const), key, rangeEnd: value, prevKv: fc.constant(true) }),
      fc.record({ op: fc.constant('range' as const), key }),
    );
    const list = fc.array(operation, { maxLength: 4 });
    const compares = fc.array(compare, { maxLength: 3 });
    fc.assert(
      fc.property(compares, list, list, (given, success, failure) => {
        const bytes = encode.encodeTxn({ compare: given, success, failure });
        expect(seen('TxnRequest', bytes)).toEqual({
          ...(given.length > 0 && { compare: given.map(witnessCompare) }),
          ...(success.length > 0 && { success: success.map(witnessOperation) }),
          ...(failure.length > 0 && { failure: failure.map(witnessOperation) }),
        });
      }),
    );
  });

  test('the small ones', () => {
    expect(seen('LeaseGrantRequest', encode.encodeLeaseGrant(90))).toEqual({ TTL: '90' });
    expect(seen('LeaseRevokeRequest', encode.encodeLeaseRevoke(2n ** 62n))).toEqual({
      ID: String(2n ** 62n),
    });
    const login = encode.encodeAuthenticate('jörg', 'p w');
    expect(seen('AuthenticateRequest', login)).toEqual({ name: 'jörg', password: 'p w' });
    const watch = encode.encodeWatch({ key: 'a', rangeEnd: 'b', startRevision: 2n ** 55n, prevKv: true });
    expect(seen('WatchRequest', watch)).toEqual({
      createRequest: {
        key: base64('a'),
        rangeEnd: base64('b'),
        startRevision: String(2n ** 55n),
        prevKv: true,
      },
    });
  });
});

function witnessCompare({ key: name, target, equals }: Compare): object {
  const kind = { version: 'Version', create: 'Create', mod: 'Mod' }[target];
  const field = { version: 'version', create: 'createRevision', mod: 'modRevision' }[target];
  return { key: base64(name), [field]: String(equals), ...(kind !== 'Version' && { target: kind }) };
}

function witnessOperation(operation: RequestOp): object {
  const name = base64(operation.key);
  if (operation.op === 'range') return { requestRange: { key: name } };
  if (operation.op === 'delete') {
    return { requestDeleteRange: { key: name, rangeEnd: base64(operation.rangeEnd!), prevKv: true } };
  }
  const lease = String(operation.lease);
  return { requestPut: { key: name, value: base64(operation.value), lease, prevKv: true } };
}

describe('responses, as the witness writes them', () => {
  const list = fc.array(keyValue, { maxLength: 5 });

  test('range', () => {
    fc.assert(
      fc.property(int64, list, flag, fc.nat(), (revision, kvs, more, count) => {
        const header = {
          clusterId: '18446744073709551615',
          memberId: '1',
          revision: String(revision),
          raftTerm: '2',
        };
        const bytes = written('RangeResponse', { header, kvs: kvs.map(asWitness), more, count });
        expect(plain(decode.decodeRange(bytes))).toEqual(
          plain({ revision, kvs: kvs.map(sameKv), more, count }),
        );
      }),
    );
  });

  test('range, as a page taken while its bytes come', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 });
    fc.assert(
      fc.property(int64, list, flag, fc.nat(), cuts, (revision, kvs, more, count, sizes) => {
        const header = { revision: String(revision), raftTerm: '2' };
        const bytes = frame(written('RangeResponse', { header, kvs: kvs.map(asWitness), more, count }));
        const answer = entryPage();
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          expect(answer.value()).toBeUndefined();
          answer.onBytes(Uint8Array.from(bytes.subarray(at, at + size)));
          at += size;
        }
        const entries = kvs.map((kv) => ({
          ...{ key: kv.key, text: new TextDecoder().decode(kv.value), modRevision: String(kv.modRevision) },
        }));
        const page = answer.value()!;
        const { entries: found, ...rest } = page;
        expect(rest).toEqual({ revision, more, count, size: bytes.length - HEADER });
        expect(found.map((entry) => ({ ...entry, modRevision: String(entry.modRevision) }))).toEqual(entries);
      }),
    );
  });

  test('transactions', () => {
    fc.assert(
      fc.property(int64, flag, keyValue, list, (revision, succeeded, one, many) => {
        const header = { revision: String(revision) };
        const bytes = written('TxnResponse', {
          ...{ header, succeeded },
          responses: [
            { responsePut: { header, prevKv: asWitness(one) } },
            { responseDeleteRange: { header, deleted: many.length, prevKvs: many.map(asWitness) } },
            { responseRange: { header, kvs: many.map(asWitness), count: many.length } },
            { responsePut: {} },
          ],
        });
        const kvs = many.map(sameKv);
        expect(plain(decode.decodeTxn(bytes))).toEqual(
          plain({
            ...{ revision, succeeded },
            responses: [
              { op: 'put', revision, previous: sameKv(one) },
              { op: 'delete', revision, deleted: many.length, previous: kvs },
              { op: 'range', revision, kvs, more: false, count: many.length },
              { op: 'put', revision: 0n },
            ] as never,
          }),
        );
      }),
    );
  });

  test('watch', () => {
    fc.assert(
      fc.property(int64, keyValue, keyValue, positive, (revision, kv, previous, compactRevision) => {
        const bytes = written('WatchResponse', {
          ...{ header: { revision: String(revision) }, watchId: 7, created: true, canceled: true },
          ...{ compactRevision: String(compactRevision), cancelReason: 'wörd' },
          events: [
            { type: 'Put', kv: asWitness(kv) },
            { type: 'Delete', kv: asWitness(kv), prevKv: asWitness(previous) },
          ],
        });
        expect(plain(decode.decodeWatch(bytes))).toEqual(
          plain({
            ...{ revision, created: true, canceled: true, compactRevision, cancelReason: 'wörd' },
            events: [
              { type: 'put', kv: sameKv(kv) },
              { type: 'delete', kv: sameKv(kv), previous: sameKv(previous) },
            ],
          }),
        );
      }),
    );
  });

  test('the small ones', () => {
    const header = { revision: '5' };
    const lease = written('LeaseGrantResponse', { header, ID: String(2n ** 62n), TTL: '30' });
    expect(decode.decodeLeaseGrant(lease)).toEqual({ revision: 5n, lease: 2n ** 62n, ttl: 30 });
    expect(decode.decodeAuthenticate(written('AuthenticateResponse', { header, token: 'a.b' }))).toBe('a.b');
    const status = { header, version: '3.5.0', dbSize: '77', leader: '18446744073709551615', errors: ['x'] };
    expect(decode.decodeStatus(written('StatusResponse', status))).toEqual({
      ...{ revision: 5n, version: '3.5.0', dbSize: 77, leader: 2n ** 64n - 1n, errors: ['x'] },
    });
  });
});

describe('the encoding', () => {
  test('integers come back exactly', () => {
    fc.assert(
      fc.property(int64, (number) => {
        let found = 0n;
        readFields(integer(3, number), { integer: (_field, read) => (found = read) });
        expect(found).toBe(number);
      }),
    );
  });

  test('whatever arrives is read or refused, never looped over', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          decode.decodeTxn(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage);
        }
      }),
    );
  });

  test('whatever arrives as a page is read or refused', () => {
    const bytes = fc.uint8Array({ maxLength: 64 });
    fc.assert(
      fc.property(bytes, (message) => {
        const answer = entryPage();
        try {
          answer.onBytes(frame(message));
          // Where the last field is cut off there is no page.
          answer.value();
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage);
        }
      }),
    );
  });

  test('messages come out of frames however the chunks fall', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 });
    fc.assert(
      fc.property(messages, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (given, cuts) => {
        const bytes = Buffer.concat(given.map(frame));
        const found: Uint8Array[] = [];
        const read = frameReader((message) => found.push(message));
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = cuts[turn % cuts.length]!;
          read(Uint8Array.from(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(found.map((message) => [...message])).toEqual(given.map((message) => [...message]));
      }),
    );
  });

  test('a compressed message is refused', () => {
    const read = frameReader(() => {});
    expect(() => read(Uint8Array.of(1, 0, 0, 0, 0))).toThrow('compressed');
  });
});
