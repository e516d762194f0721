import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Etcd3 } from 'etcd3';
import { type EtcdClient, openEtcd } from '../../../../src/datastore/etcdv3/wire/client.ts';
import { text } from '../../../../src/datastore/etcdv3/wire/protobuf.ts';
import type { WatchBatch } from '../../../../src/datastore/etcdv3/wire/watch.ts';
import { type EtcdServer, startEtcd } from '../../../testbed/testbed.ts';

let server: EtcdServer;
let client: EtcdClient;
/** A client of other people's making on the same server. */
let witness: Etcd3;

beforeAll(async () => {
  server = await startEtcd({ args: ['--max-request-bytes', String(8 << 20)] });
  client = openEtcd({ endpoints: [server.url] });
  witness = new Etcd3({ hosts: server.url });
});
afterAll(async () => {
  client.close();
  witness.close();
  await server.stop();
});

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no failure',
    (error) => error,
  );
}

async function collect(watch: AsyncIterable<WatchBatch>, count: number): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  for await (const batch of watch) {
    for (const { type, kv, previous } of batch.events) {
      events.push([type, kv.key, text(kv.value), previous && text(previous.value)]);
    }
    if (events.length >= count) break;
  }
  return events;
}

describe('what etcd3 wrote and what we wrote', () => {
  test('is the same to both', async () => {
    const odd = 'schlüssel/%2f/😀';
    await witness.put(`theirs/${odd}`).value('wört');
    const theirs = await client.get(`theirs/${odd}`);
    expect(theirs.kv && text(theirs.kv.value)).toBe('wört');
    expect(theirs.kv?.key).toBe(`theirs/${odd}`);

    const { revision } = await client.put(`ours/${odd}`, 'wert');
    const ours = await witness.get(`ours/${odd}`).exec();
    expect(ours.kvs[0]?.value.toString()).toBe('wert');
    expect(ours.kvs[0]?.mod_revision).toBe(String(revision));
  });

  test('bytes of all values survive, and so does no byte at all', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await client.put('bytes/all', bytes);
    await client.put('bytes/none', '');
    expect([...(await witness.get('bytes/all').buffer())!]).toEqual([...bytes]);
    expect([...(await client.get('bytes/all')).kv!.value]).toEqual([...bytes]);
    expect((await client.get('bytes/none')).kv?.value.length).toBe(0);
  });
});

describe('reading', () => {
  test('the past, and what was never there', async () => {
    const { revision } = await client.put('past/a', 'one');
    await client.put('past/a', 'two');
    expect(text((await client.get('past/a', { revision })).kv!.value)).toBe('one');
    expect((await client.get('past/none')).kv).toBeUndefined();
    expect((await client.get('past/a', { revision: revision - 1n })).kv).toBeUndefined();
  });

  test('pages of a prefix', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await client.put(`pages/${name}`, name);
    await client.put('pages0', 'outside');
    const first = await client.range({ prefix: 'pages/', limit: 3 });
    expect(first.kvs.map(({ key }) => key)).toEqual(['pages/a', 'pages/b', 'pages/c']);
    expect([first.more, first.count]).toEqual([true, 5]);
    const second = await client.range({ from: 'pages/c\0', to: 'pages0', revision: first.revision });
    expect(second.kvs.map(({ key }) => key)).toEqual(['pages/d', 'pages/e']);
    const keys = await client.range({ key: 'pages/a', rangeEnd: 'pages/c', keysOnly: true });
    expect(keys.kvs.map(({ key, value }) => [key, value.length])).toEqual([
      ['pages/a', 0],
      ['pages/b', 0],
    ]);
    expect((await client.range({ prefix: 'pages/', countOnly: true })).count).toBe(5);
    const down = await client.range({ prefix: 'pages/', order: 'descend', limit: 1 });
    expect(down.kvs[0]?.key).toBe('pages/e');
  });

  test('20 MB in one page, several at once', async () => {
    const value = Buffer.alloc(1 << 20, 'x');
    for (let i = 0; i < 20; i++) await client.put(`large/${i}`, value);
    const sizes = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const { kvs } = await client.range({ prefix: 'large/' });
        return kvs.reduce((sum, kv) => sum + kv.value.length, 0);
      }),
    );
    expect(sizes).toEqual([20 << 20, 20 << 20, 20 << 20]);
    await client.delete({ prefix: 'large/' });
  }, 20_000);

  test('revisions that are gone or yet to come are told apart', async () => {
    const { revision } = await client.put('compacted', '1');
    await client.put('compacted', '2');
    const future = await failureOf(client.get('compacted', { revision: revision + 1000n }));
    expect(future).toMatchObject({
      errorClass: 'datastore',
      message: expect.stringContaining('in the future'),
    });
    await witness.kv.compact({ revision: String(revision + 1n) });
    const gone = { errorClass: 'datastore', message: expect.stringContaining('has been compacted') };
    expect(await failureOf(client.get('compacted', { revision }))).toMatchObject(gone);
    const watch = client.watch('compacted', { fromRevision: 1n });
    expect(await failureOf(collect(watch, 1))).toMatchObject(gone);
  });
});

describe('writing', () => {
  test('a transaction is done where all comparisons hold, and the other branch where not', async () => {
    const key = 'txn/a';
    const create = {
      compare: [{ key, target: 'version', equals: 0n }],
      success: [{ op: 'put', key, value: '1' }],
    };
    const otherwise = { failure: [{ op: 'range', key }] };
    const first = await client.txn({ ...create, ...otherwise } as never);
    expect(first).toEqual({
      revision: first.revision,
      succeeded: true,
      responses: [{ op: 'put', revision: first.revision }],
    });
    const second = await client.txn({ ...create, ...otherwise } as never);
    expect(second.succeeded).toBe(false);
    const [found] = second.responses;
    expect(found?.op === 'range' && found.kvs.map((kv) => [text(kv.value), kv.modRevision])).toEqual([
      ['1', first.revision],
    ]);
    const update = (equals: bigint) =>
      client.txn({ compare: [{ key, target: 'mod', equals }], success: [{ op: 'put', key, value: '2' }] });
    expect((await update(first.revision - 1n)).succeeded).toBe(false);
    expect((await update(first.revision)).succeeded).toBe(true);
    const remove = await client.txn({
      compare: [{ key, target: 'create', equals: first.revision }],
      success: [{ op: 'delete', key, prevKv: true }],
    });
    const [removed] = remove.responses;
    expect(removed?.op === 'delete' && removed.previous.map((kv) => text(kv.value))).toEqual(['2']);
  });

  test('put and delete give back what was there', async () => {
    expect((await client.put('back/a', '1', { prevKv: true })).previous).toBeUndefined();
    const put = await client.put('back/a', '2', { prevKv: true });
    expect(text(put.previous!.value)).toBe('1');
    const removed = await client.delete('back/a', { prevKv: true });
    expect([removed.deleted, text(removed.previous[0]!.value)]).toEqual([1, '2']);
    expect((await client.delete('back/a')).deleted).toBe(0);
  });

  test('a key goes with its lease', async () => {
    const { lease, ttl } = await client.leaseGrant(60);
    expect(ttl).toBe(60);
    await client.put('lease/a', '1', { lease });
    expect((await client.get('lease/a')).kv?.lease).toBe(lease);
    await client.leaseRevoke(lease);
    expect((await client.get('lease/a')).kv).toBeUndefined();
  });

  test('what is too large is refused by name', async () => {
    const failure = await failureOf(client.put('large', Buffer.alloc(9 << 20)));
    expect(failure).toMatchObject({
      errorClass: 'datastore',
      message: expect.stringContaining('larger than etcd'),
    });
  });

  test('of a thousand creates of one key at once, one wins', async () => {
    const create = (value: string) =>
      client.txn({
        compare: [{ key: 'race', target: 'version', equals: 0n }],
        success: [{ op: 'put', key: 'race', value }],
      });
    const results = await Promise.all(Array.from({ length: 1000 }, (_, index) => create(String(index))));
    const winners = results.flatMap(({ succeeded }, index) => (succeeded ? [String(index)] : []));
    expect(winners).toEqual([text((await client.get('race')).kv!.value)]);
  });
});

describe('watching', () => {
  test('from a revision: every change, in order, with what was there before', async () => {
    const { revision } = await client.put('watch/a', '1');
    await client.put('watch/a', '2');
    await client.delete('watch/a');
    await client.put('watch0', 'outside');
    const watch = client.watch('watch/', { fromRevision: revision, prevKv: true });
    expect(await collect(watch, 3)).toEqual([
      ['put', 'watch/a', '1', undefined],
      ['put', 'watch/a', '2', '1'],
      ['delete', 'watch/a', '', '2'],
    ]);
  });

  test('from now on: the first batch says that nothing is missed any more', async () => {
    const events: string[] = [];
    for await (const batch of client.watch('now/')) {
      if (batch.events.length === 0) await witness.put('now/a').value('x');
      for (const { kv } of batch.events) events.push(kv.key);
      if (events.length > 0) break;
    }
    expect(events).toEqual(['now/a']);
  });

  test('goes on after the server was killed and came back, without loss or repetition', async () => {
    const mine = openEtcd({ endpoints: [server.url] });
    const seen: string[] = [];
    for await (const { events } of mine.watch('again/')) {
      for (const { kv } of events) seen.push(text(kv.value));
      if (seen.length === 0) await client.put('again/a', '1');
      if (seen.length === 1) {
        await server.restart();
        await witnessPut('2');
        await witnessPut('3');
      }
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(['1', '2', '3']);
    mine.close();
  }, 20_000);

  async function witnessPut(value: string): Promise<void> {
    const other = openEtcd({ endpoints: [server.url] });
    await other.put('again/a', value);
    other.close();
  }
});

test('the status names the version of the server', async () => {
  const { version, leader, dbSize } = await client.status();
  expect(version).toMatch(/^3\.\d+\.\d+/);
  expect([leader > 0n, dbSize > 0]).toEqual([true, true]);
});
