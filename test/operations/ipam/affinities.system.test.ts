import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { CalicoctlError, isError } from '../../../src/core/errors.ts';
import { parseJson } from '../../../src/core/json.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import {
  releaseAffinity,
  releaseHostAffinities,
  releasePoolAffinities,
} from '../../../src/operations/ipam/affinities.ts';
import { parseCidr } from '../../../src/resources/net/cidr.ts';
import {
  blockSpec,
  clear,
  etcdStore,
  fileStore,
  interrupted,
  kubernetesStore,
  namesOf,
  type OpenStore,
  put,
  specOf,
} from '../stores.ts';

const RANGE = parseCidr('10.0.0.0/30')!;
const WORKER = { type: 'host', name: 'worker-1' } as const;
const FREELY = { mustBeEmpty: false, cooldownSeconds: 0 };

async function claim(
  store: Datastore,
  owner: string,
  cidr: string,
  used: Readonly<Record<number, string>> = {},
): Promise<void> {
  const [type, node] = owner.split('/');
  const affinity = { affinity: `${type}:${node}`, affinityClaimTime: '2026-01-01T00:00:00Z' };
  await put(store, 'IPAMBlock', cidr, blockSpec(cidr, 4, used, affinity));
  const spec = { state: 'confirmed', node, type, cidr, deleted: false };
  await put(store, 'BlockAffinity', `${owner}/${cidr}`, spec);
}

const everything = (store: Datastore) => namesOf(store, 'IPAMBlock', 'BlockAffinity');

describe.each([
  ['etcd', etcdStore],
  ['folder', fileStore],
  ['Kubernetes', kubernetesStore],
] as const)('giving up blocks in %s', (_name, openStore) => {
  let open: OpenStore;
  let store: Datastore;
  beforeAll(async () => {
    open = await openStore();
    store = open.store;
  }, 60_000);
  afterEach(() => clear(store));
  afterAll(() => open.stop());

  test('removes an empty block', async () => {
    await claim(store, 'host/worker-1', '10.0.0.0/30');
    expect(await releaseAffinity(store, WORKER, RANGE, FREELY)).toBe('released');
    expect(await everything(store)).toEqual([]);
    expect(await releaseAffinity(store, WORKER, RANGE, FREELY)).toBe('absent');
  });

  test('leaves a block in use behind, owned by nobody, a step further in its sequence', async () => {
    await claim(store, 'host/worker-1', '10.0.0.0/30', { 2: 'web' });
    expect(await releaseAffinity(store, WORKER, RANGE, FREELY)).toBe('released');
    const block = await specOf(store, 'IPAMBlock', '10.0.0.0/30');
    expect(block?.['affinity'] ?? null).toBeNull();
    expect(block?.['affinityClaimTime']).toBeUndefined();
    expect(block).toMatchObject({
      allocations: [null, null, 0, null],
      sequenceNumber: 1_800_000_000_000_000_002n,
    });
    expect(await everything(store)).toEqual(['IPAMBlock/10.0.0.0/30']);
  });

  test('refuses a block in use where it must be empty, and changes nothing', async () => {
    await claim(store, 'host/worker-1', '10.0.0.0/30', { 2: 'web' });
    const refused = releaseAffinity(store, WORKER, RANGE, { ...FREELY, mustBeEmpty: true });
    expect(isError(await refused.catch((error) => error), 'not-supported')).toBe(true);
    expect(await specOf(store, 'BlockAffinity', 'host/worker-1/10.0.0.0/30')).toMatchObject({
      state: 'confirmed',
    });
  });

  test("removes only the affinity where the block is another's", async () => {
    await claim(store, 'host/worker-2', '10.0.0.0/30');
    const spec = { state: 'pending', node: 'worker-1', type: 'host', cidr: '10.0.0.0/30', deleted: false };
    await put(store, 'BlockAffinity', 'host/worker-1/10.0.0.0/30', spec);
    expect(await releaseAffinity(store, WORKER, RANGE, FREELY)).toBe('stale');
    expect(await everything(store)).toEqual([
      'IPAMBlock/10.0.0.0/30',
      'BlockAffinity/host/worker-2/10.0.0.0/30',
    ]);
  });

  test('finishes what broke off, wherever it did', async () => {
    for (const used of [{}, { 1: 'web' }] as Record<number, string>[]) {
      for (const method of ['update', 'delete'] as const) {
        for (const failing of [1, 2]) {
          await claim(store, 'host/worker-1', '10.0.0.0/30', used);
          const broken = interrupted(store, method, async (call) => {
            if (call === failing) throw new CalicoctlError('unavailable', 'gone');
          });
          await releaseAffinity(broken, WORKER, RANGE, FREELY).catch(() => undefined);
          await releaseAffinity(store, WORKER, RANGE, FREELY);
          const left = Object.keys(used).length === 0 ? [] : ['IPAMBlock/10.0.0.0/30'];
          expect(await everything(store)).toEqual(left);
          await clear(store);
        }
      }
    }
  });

  test('sees an address that is taken at the last moment', async () => {
    await claim(store, 'host/worker-1', '10.0.0.0/30');
    const disturbed = interrupted(store, 'delete', async (call) => {
      if (call !== 1) return;
      const { kind } = await import('../../../src/operations/ipam/objects.ts').then(({ blockRef }) =>
        blockRef(RANGE),
      );
      const stored = await store.get({ kind, name: '10.0.0.0/30' });
      await store.update(
        { kind, name: '10.0.0.0/30' },
        { ...stored, spec: blockSpec('10.0.0.0/30', 4, { 0: 'late' }) },
      );
    });
    expect(await releaseAffinity(disturbed, WORKER, RANGE, FREELY)).toBe('released');
    expect(await specOf(store, 'IPAMBlock', '10.0.0.0/30')).toMatchObject({
      allocations: [0, null, null, null],
    });
  });

  test('of a node takes its blocks of both families and no other node’s', async () => {
    await claim(store, 'host/worker-1', '10.0.0.0/30');
    await claim(store, 'host/worker-1', 'fd00::/126');
    await claim(store, 'host/worker-10', '10.0.0.4/30');
    await claim(store, 'virtual/worker-1', '10.0.0.8/30');
    expect(await releaseHostAffinities(store, 'worker-1')).toBe(2);
    expect(await everything(store)).toEqual([
      'IPAMBlock/10.0.0.4/30',
      'IPAMBlock/10.0.0.8/30',
      'BlockAffinity/host/worker-10/10.0.0.4/30',
      'BlockAffinity/virtual/worker-1/10.0.0.8/30',
    ]);
  });

  test('of a pool takes the blocks in its range', async () => {
    await claim(store, 'host/worker-1', '10.0.0.0/30');
    await claim(store, 'host/worker-2', '10.0.0.252/30', { 0: 'web' });
    await claim(store, 'host/worker-2', '10.0.1.0/30');
    expect(await releasePoolAffinities(store, parseCidr('10.0.0.0/24')!)).toBe(2);
    expect(await everything(store)).toEqual([
      'IPAMBlock/10.0.0.252/30',
      'IPAMBlock/10.0.1.0/30',
      'BlockAffinity/host/worker-2/10.0.1.0/30',
    ]);
  });

  test('tries all, and says how many are left and why', async () => {
    for (const index of [0, 4, 8]) await claim(store, 'host/worker-1', `10.0.0.${index}/30`);
    const broken = interrupted(store, 'update', async (_call, { name }) => {
      if (name.includes('10.0.0.4')) throw new CalicoctlError('datastore', 'no space');
    });
    const error = await releaseHostAffinities(broken, 'worker-1').catch((thrown) => thrown);
    expect(error.message).toBe('1 of 3 block affinities could not be released: no space');
    expect(await everything(store)).toEqual([
      'IPAMBlock/10.0.0.4/30',
      'BlockAffinity/host/worker-1/10.0.0.4/30',
    ]);
  });
});

describe('load balancer blocks of a deleted pool', () => {
  const pool = parseCidr('192.0.2.0/24')!;
  const claimed = ['IPAMBlock/192.0.2.0/30', 'BlockAffinity/virtual/load-balancer/192.0.2.0/30'];

  test('stay on etcd, as with every release of Calico, and their owner is written as null when it goes', async () => {
    const { store, client, stop } = await etcdStore();
    try {
      await claim(store, 'virtual/load-balancer', '192.0.2.0/30', { 0: 'lb-1' });
      expect(await releasePoolAffinities(store, pool)).toBe(0);
      expect(await everything(store)).toEqual(claimed);
      await releaseAffinity(
        store,
        { type: 'virtual', name: 'load-balancer' },
        parseCidr('192.0.2.0/30')!,
        FREELY,
      );
      const { kv } = await client.get('/calico/ipam/v2/assignment/ipv4/block/192.0.2.0-30');
      const stored = parseJson(new TextDecoder().decode(kv!.value)) as Record<string, unknown>;
      expect([stored['affinity'], 'affinity_claim_time' in stored]).toEqual([null, false]);
    } finally {
      await stop();
    }
  });

  test('are given up in a folder', async () => {
    const { store, stop } = await fileStore();
    try {
      await claim(store, 'virtual/load-balancer', '192.0.2.0/30');
      expect(await releasePoolAffinities(store, pool)).toBe(1);
      expect(await everything(store)).toEqual([]);
    } finally {
      await stop();
    }
  });
});
