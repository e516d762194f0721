import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type SendTxn, TxnBatcher } from '../../../../src/datastore/etcdv3/wire/batch.ts';
import { type EtcdClient, openEtcd } from '../../../../src/datastore/etcdv3/wire/client.ts';
import { decodeTxn } from '../../../../src/datastore/etcdv3/wire/decode.ts';
import type { TxnRequest } from '../../../../src/datastore/etcdv3/wire/messages.ts';
import { text } from '../../../../src/datastore/etcdv3/wire/protobuf.ts';
import { type EtcdServer, startEtcd } from '../../../testbed/testbed.ts';

let server: EtcdServer;
let client: EtcdClient;

beforeAll(async () => {
  server = await startEtcd();
  client = openEtcd({ endpoints: [server.url] });
});

afterAll(async () => {
  client.close();
  await server.stop();
});

function creation(key: string, value: string): TxnRequest {
  return {
    compare: [{ key, target: 'version', equals: 0n }],
    success: [{ op: 'put', key, value }],
    failure: [{ op: 'range', key }],
  };
}

async function storedAt(key: string): Promise<string | undefined> {
  const { kv } = await client.get(key);
  return kv && text(kv.value);
}

describe('transactions that travel together', () => {
  test('each keeps its own condition and its own answer', async () => {
    await client.put('/b/1', 'old');
    const results = await Promise.all(
      ['/b/0', '/b/1', '/b/2'].map((key) => client.txn(creation(key, `new ${key}`))),
    );
    expect(results.map(({ succeeded }) => succeeded)).toEqual([true, false, true]);
    const [found] = results[1]!.responses;
    expect(found?.op === 'range' && text(found.kvs[0]!.value)).toBe('old');
    expect([await storedAt('/b/0'), await storedAt('/b/1'), await storedAt('/b/2')]).toEqual([
      'new /b/0',
      'old',
      'new /b/2',
    ]);
    const { kv } = await client.get('/b/2');
    expect(results[2]!.revision).toBe(kv!.modRevision);
    expect(kv!.version).toBe(1n);
  });

  test('two on one key are answered one after the other', async () => {
    const results = await Promise.all([
      client.txn(creation('/same', 'a')),
      client.txn(creation('/same', 'b')),
    ]);
    expect(results.filter(({ succeeded }) => succeeded)).toHaveLength(1);
    expect(['a', 'b']).toContain((await storedAt('/same'))!);
  });

  test('one that etcd refuses does not take the others with it', async () => {
    const huge = 'x'.repeat(2_000_000);
    const outcomes = await Promise.allSettled([
      client.txn(creation('/r/1', 'one')),
      client.txn(creation('/r/huge', huge)),
      client.txn({ compare: [], success: [{ op: 'range', key: '/r/1', revision: 1_000_000n }] }),
      client.txn(creation('/r/2', 'two')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect([await storedAt('/r/1'), await storedAt('/r/huge'), await storedAt('/r/2')]).toEqual([
      'one',
      undefined,
      'two',
    ]);
  });

  test('a thousand at once take few messages, and all are done', async () => {
    const before = (await client.status()).revision;
    const results = await Promise.all(
      Array.from({ length: 1000 }, (_, i) => client.txn(creation(`/many/${i}`, String(i)))),
    );
    expect(results.every(({ succeeded }) => succeeded)).toBe(true);
    expect((await client.range({ prefix: '/many/' })).count).toBe(1000);
    expect((await client.status()).revision - before).toBeLessThanOrEqual(20n);
  });
});

test('one alone is sent as it is, and what breaks is told to each', async () => {
  const sent: number[] = [];
  const failing: SendTxn = async (message) => {
    sent.push(message.length);
    throw new Error('broken');
  };
  const batcher = new TxnBatcher(failing);
  await expect(batcher.txn(creation('/a', '1'))).rejects.toThrow('broken');
  const both = await Promise.allSettled([batcher.txn(creation('/a', '1')), batcher.txn(creation('/b', '2'))]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(sent).toHaveLength(2);
  expect(decodeTxn(new Uint8Array(0)).responses).toEqual([]);
});
