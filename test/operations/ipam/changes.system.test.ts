import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { reserve } from '../../../src/ipam/reserve/reserve.ts';
import { unreserve } from '../../../src/ipam/reserve/unreserve.ts';
import { ipamConfigRef } from '../../../src/operations/ipam/config.ts';
import { configureIpam } from '../../../src/operations/ipam/configure.ts';
import { deleteHandles, type HandleOutcome } from '../../../src/operations/ipam/leaked-handles.ts';
import { splitPool } from '../../../src/operations/ipam/split.ts';
import { lockDatastore, lockState, unlockDatastore } from '../../../src/operations/lock.ts';
import { API_VERSION } from '../../../src/resources/kind.ts';
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
  ref,
  specOf,
} from '../stores.ts';

const POOL = { cidr: '10.0.0.0/24', blockSize: 29 };
const AFFINITY = 'host/worker-1/10.0.0.128/29';

const ranges = (...texts: readonly string[]) => texts.map((text) => parseCidr(text)!);

describe.each([
  ['etcd', etcdStore],
  ['folder', fileStore],
  ['Kubernetes', kubernetesStore],
] as const)('changes to the addresses of %s', (_name, openStore) => {
  let open: OpenStore;
  let store: Datastore;
  beforeAll(async () => {
    open = await openStore();
    store = open.store;
  }, 60_000);
  afterEach(async () => {
    await clear(store);
    for (const name of ['IPReservation', 'IPAMConfiguration'])
      for (const each of await namesOf(store, name)) await store.delete(await ref(name, each.split('/')[1]!));
  });
  afterAll(() => open.stop());

  /** The settings as address management reads them. */
  async function settings() {
    const { kind, name } = await ipamConfigRef(store);
    return specOf(store, kind.kind, name);
  }

  test('settings: what others change meanwhile stays', async () => {
    await configureIpam(store, { strictAffinity: true });
    const disturbed = interrupted(store, 'update', async (call) => {
      if (call === 1) await configureIpam(store, { maxBlocksPerHost: 7 });
    });
    await configureIpam(disturbed, { ipCooldownSeconds: 30 });
    expect(await settings()).toMatchObject({
      ...{ strictAffinity: true, autoAllocateBlocks: true, maxBlocksPerHost: 7, ipCooldownSeconds: 30 },
    });
  });

  test('settings: two make them at the same time', async () => {
    await Promise.all([
      configureIpam(store, { strictAffinity: true }),
      configureIpam(store, { ipCooldownSeconds: 30 }),
      configureIpam(store, { kubeVirtVMAddressPersistence: 'Disabled' }),
    ]);
    expect(await settings()).toMatchObject({
      ...{ strictAffinity: true, ipCooldownSeconds: 30, kubeVirtVMAddressPersistence: 'Disabled' },
    });
  });

  test('the lock: its note comes and goes with it', async () => {
    const note = { holder: 'ada@laptop', purpose: 'a split', since: '2026-01-01T00:00:00Z' };
    expect(await lockDatastore(store, note)).toBe(true);
    expect(await lockDatastore(store, { ...note, holder: 'bob@desk' })).toBe(false);
    expect(await lockState(store)).toEqual({ locked: true, note });
    expect(await unlockDatastore(store)).toBe(true);
    expect(await lockState(store)).toEqual({ locked: false });
    expect(
      (await store.get(await ref('ClusterInformation', 'default'))).metadata.annotations,
    ).toBeUndefined();
  });

  async function splittable(): Promise<void> {
    await lockDatastore(store);
    await put(store, 'IPPool', 'pods', POOL);
    await put(store, 'IPAMBlock', '10.0.0.128/29', blockSpec('10.0.0.128/29', 8, { 0: 'web' }));
    await put(store, 'BlockAffinity', AFFINITY, {
      ...{ state: 'confirmed', node: 'worker-1', type: 'host', cidr: '10.0.0.128/29', deleted: false },
    });
  }

  async function poolCidrs(): Promise<Readonly<Record<string, unknown>>> {
    const pools: Record<string, unknown> = {};
    for (const each of await namesOf(store, 'IPPool')) {
      const spec = await specOf(store, 'IPPool', each.split('/')[1]!);
      pools[each.split('/')[1]!] = spec?.['disabled'] ? `${spec['cidr']} disabled` : spec?.['cidr'];
    }
    return pools;
  }

  const PARTS = { 'split-pods-0': '10.0.0.0/25', 'split-pods-1': '10.0.0.128/25' };

  test('a split: the parts take over, blocks and affinities stay', async () => {
    await splittable();
    const before = await specOf(store, 'IPAMBlock', '10.0.0.128/29');
    expect(await splitPool(store, { name: 'pods' }, 2)).toMatchObject({ pool: 'pods' });
    expect(await poolCidrs()).toEqual(PARTS);
    expect(await specOf(store, 'IPAMBlock', '10.0.0.128/29')).toEqual(before!);
    expect(await namesOf(store, 'BlockAffinity')).toEqual([`BlockAffinity/${AFFINITY}`]);
  });

  test('a split: somebody changes the pool in between, and its parts have been begun by another', async () => {
    await splittable();
    const disturbed = interrupted(store, 'delete', async (call, { name }) => {
      if (call !== 1) return;
      const stored = await store.get(await ref('IPPool', name));
      await store.update(await ref('IPPool', name), {
        ...stored,
        metadata: { ...stored.metadata, labels: { seen: 'yes' } },
      });
    });
    const [first, second] = await Promise.allSettled([
      splitPool(disturbed, { name: 'pods' }, 2),
      splitPool(store, { cidr: '10.0.0.0/24' }, 2),
    ]);
    expect([first!.status, second!.status]).toContain('fulfilled');
    expect(await poolCidrs()).toEqual(PARTS);
  });

  test('a split: a pool that somebody enables again in its midst stays, and a repetition finishes', async () => {
    await splittable();
    const disturbed = interrupted(store, 'delete', async (call, { name }) => {
      if (call !== 1) return;
      const stored = await store.get(await ref('IPPool', name));
      await store.update(await ref('IPPool', name), {
        ...stored,
        spec: { ...stored.spec, disabled: false },
      });
    });
    const failure = await splitPool(disturbed, { name: 'pods' }, 2).catch((error: Error) => error.message);
    expect(failure).toContain('somebody enabled it again meanwhile');
    expect(await poolCidrs()).toEqual({ pods: '10.0.0.0/24', ...PARTS });
    expect(await splitPool(store, { name: 'pods' }, 2)).toMatchObject({
      resumed: 'the pool was still enabled and 2 of its 2 parts were there',
    });
    expect(await poolCidrs()).toEqual(PARTS);
  });

  test('handles: those that are what they were go, others stay', async () => {
    const spec = (id: string) => ({ handleID: id, block: { '10.0.0.0/29': 1 }, deleted: false });
    const versions: Record<string, string> = {};
    for (const id of ['gone', 'Changed', 'same'])
      versions[id] = (await put(store, 'IPAMHandle', id, spec(id))).metadata.resourceVersion!;
    await store.delete(await ref('IPAMHandle', 'gone'));
    const stored = await store.get(await ref('IPAMHandle', 'Changed'));
    const block = { '10.0.0.0/29': 2 };
    await store.update(await ref('IPAMHandle', 'Changed'), { ...stored, spec: { ...stored.spec, block } });
    const outcomes: Record<string, HandleOutcome> = {};
    const leaked = Object.entries(versions).map(([id, revision]) => ({ id, revision }));
    await deleteHandles(store, leaked, ({ id }, outcome) => {
      outcomes[id] = outcome;
    });
    expect(outcomes).toEqual({ gone: 'skipped', Changed: 'skipped', same: 'deleted' });
    expect(await namesOf(store, 'IPAMHandle')).toEqual(['IPAMHandle/Changed']);
  });

  test('handles: one that changes at the last moment stays', async () => {
    const spec = { handleID: 'h', block: { '10.0.0.0/29': 1 }, deleted: false };
    const { metadata } = await put(store, 'IPAMHandle', 'h', spec);
    const disturbed = interrupted(store, 'delete', async () => {
      const stored = await store.get(await ref('IPAMHandle', 'h'));
      const block = { '10.0.0.8/29': 1 };
      await store.update(await ref('IPAMHandle', 'h'), { ...stored, spec: { ...stored.spec, block } });
    });
    const outcomes: HandleOutcome[] = [];
    await deleteHandles(disturbed, [{ id: 'h', revision: metadata.resourceVersion! }], (_, outcome) =>
      outcomes.push(outcome),
    );
    expect(outcomes).toEqual(['skipped']);
    expect((await specOf(store, 'IPAMHandle', 'h'))?.['block']).toEqual({ '10.0.0.8/29': 1 });
  });

  test('reservations: several extend one at the same time, and take from it', async () => {
    await put(store, 'IPPool', 'pods', POOL);
    const wish = { name: 'kept', reason: undefined, force: false };
    const texts = ['10.0.0.0/30', '10.0.0.8/30', '10.0.0.16/32', '10.0.0.32/27'];
    await Promise.all(texts.map((text) => reserve(store, { ...wish, ranges: ranges(text) })));
    const kept = async () => [
      ...((await specOf(store, 'IPReservation', 'kept'))!['reservedCIDRs'] as string[]),
    ];
    expect((await kept()).sort()).toEqual([...texts].sort());
    await Promise.all([
      unreserve(store, { ranges: ranges('10.0.0.1/32'), name: undefined }),
      unreserve(store, { ranges: ranges('10.0.0.8/29'), name: undefined }),
      reserve(store, { ...wish, ranges: ranges('10.0.0.64/32') }),
    ]);
    expect((await kept()).sort()).toEqual(
      ['10.0.0.0/32', '10.0.0.2/31', '10.0.0.16/32', '10.0.0.32/27', '10.0.0.64/32'].sort(),
    );
  });
});

describe('in etcd', () => {
  test('settings are what the other components of Calico expect to read', async () => {
    const { store, client, stop } = await etcdStore();
    const read = async () => {
      const { kv } = await client.get('/calico/ipam/v2/config');
      return new TextDecoder().decode(kv!.value);
    };
    try {
      await configureIpam(store, { strictAffinity: true });
      expect(await read()).toBe(
        '{"strict_affinity":true,"auto_allocate_blocks":true,"kubeVirtVMAddressPersistence":"Enabled"}',
      );
      await configureIpam(store, { maxBlocksPerHost: 4, ipCooldownSeconds: 30 });
      await configureIpam(store, { kubeVirtVMAddressPersistence: 'Disabled', ipCooldownSeconds: 0 });
      expect(await read()).toBe(
        '{"strict_affinity":true,"auto_allocate_blocks":true,"maxBlocksPerHost":4,"kubeVirtVMAddressPersistence":"Disabled"}',
      );
      const { metadata, spec } = await store.get(await ipamConfigRef(store));
      await store.update(await ipamConfigRef(store), {
        ...{ apiVersion: API_VERSION, kind: 'IPAMConfig', metadata },
        spec: { ...spec, ofTomorrow: false },
      });
      await configureIpam(store, { maxBlocksPerHost: 0 });
      expect(JSON.parse(await read())).toMatchObject({ ofTomorrow: false });
    } finally {
      await stop();
    }
  });
});
