import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { CalicoctlError } from '../../../src/core/errors.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import type { EtcdClient } from '../../../src/datastore/etcdv3/wire/client.ts';
import { isStored } from '../../../src/migration/backup/content.ts';
import { kindsIn } from '../../../src/migration/backup/side.ts';
import { initialise } from '../../../src/operations/initialise.ts';
import { lockDatastore, lockState, unlockDatastore } from '../../../src/operations/lock.ts';
import { type Resource, refOf } from '../../../src/resources/kind.ts';
import {
  etcdStore,
  fileStore,
  interrupted,
  kubernetesStore,
  type OpenStore,
  put,
  ref,
  specOf,
} from '../../operations/stores.ts';
import { populate, population } from '../population.ts';
import { objectLines, restored, taken } from './texts.ts';

/** Backups of every kind of datastore are restored to the byte, and nothing is overwritten unseen. */

const FIXTURES = resolve(import.meta.dirname, '../../fixtures');
const SIZE = 150;

/** One of every kind with every field, besides a small cluster. */
const everything: readonly Resource[] = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.yaml'))
  .flatMap((name) => loadAll(readFileSync(join(FIXTURES, name), 'utf8')) as Resource[]);

async function fill(open: OpenStore): Promise<void> {
  const { store } = open;
  await initialise(store);
  const { resources, nodes, namespaces } = population(SIZE);
  const names = new Set(resources.map(({ kind, metadata: { name } }) => `${kind} ${name}`));
  const kinds = new Set((await kindsIn(store)).map(({ kind }) => kind));
  const more = everything.filter(
    ({ kind, metadata: { name } }) => kinds.has(kind) && !names.has(`${kind} ${name}`) && !PRESENT.has(kind),
  );
  const isKubernetes = store.capabilities.name === 'kubernetes';
  const wanted = [...resources, ...more].filter(
    ({ kind }) => kinds.has(kind) && !(isKubernetes && kind === 'Node'),
  );
  if (isKubernetes) {
    const spaces = new Set([...namespaces, ...wanted.flatMap(({ metadata }) => metadata.namespace ?? [])]);
    for (const name of spaces) await open.post?.('/api/v1/namespaces', plain('Namespace', name));
    for (const { name } of nodes) await open.node(name);
  }
  await populate(store, wanted);
}

function plain(kind: string, name: string): object {
  return { apiVersion: 'v1', kind, metadata: { name } };
}

/** Kinds that a cluster has once, or whose fixtures are named otherwise than their objects. */
const PRESENT = new Set(['ClusterInformation', 'IPAMConfig', 'IPAMBlock', 'BlockAffinity', 'IPAMHandle']);

async function wipe(store: Datastore): Promise<void> {
  const isKubernetes = store.capabilities.name === 'kubernetes';
  for (const kind of await kindsIn(store)) {
    if (isKubernetes && kind.kind === 'Node') continue;
    for await (const { items } of store.list({ kind }))
      for (const item of items.filter(isStored)) await store.delete(refOf(kind, item));
  }
}

for (const name of ['etcd', 'folder', 'kubernetes', 'kubernetes v3'] as const) {
  describe(`a backup of ${name}`, () => {
    let open: OpenStore;
    let store: Datastore;
    beforeAll(async () => {
      open = await openStore(name);
      store = open.store;
      await fill(open);
    }, 60_000);
    afterAll(() => open.stop());

    test('is restored to the byte, and writes nothing where all is so', async () => {
      const { text, objects, attempts, unsteady } = await taken(store);
      expect({ attempts, unsteady }).toEqual({ attempts: 1, unsteady: [] });
      expect(objectLines(text)).toHaveLength(objects);
      expect(objects).toBeGreaterThan(SIZE - 5);
      expect((await restored(store, text)).written).toBe(0);
      await wipe(store);
      const given = text.match(/"kind":"Node"/g)?.length ?? 0;
      const there = name.startsWith('kubernetes') ? given : 0;
      const done = await restored(store, text);
      expect(done.failures.map(String)).toEqual([]);
      expect(done.written).toBe(objects - there);
      expect((await taken(store)).text).toBe(text);
    }, 60_000);

    if (name.startsWith('kubernetes'))
      test("has Calico's part of nodes, and of others nothing", () => partOfNodes(open));
  });
}

async function partOfNodes(open: OpenStore): Promise<void> {
  const { store } = open;
  const node = await ref('Node', 'node-000');
  const write = async (asNumber: number, labels: Record<string, string>) => {
    const stored = await store.get(node);
    const metadata = { ...stored.metadata, labels: { ...stored.metadata.labels, ...labels } };
    await store.update(node, { ...stored, metadata, spec: { bgp: { asNumber } } });
  };
  await write(64_512, { rack: 'a' });
  const { text } = await taken(store);
  const line = objectLines(text).find((each) => each.includes('"name":"node-000"'));
  expect(JSON.parse(line!)).toEqual({
    apiVersion: 'projectcalico.org/v3',
    kind: 'Node',
    metadata: { name: 'node-000', labels: { rack: 'a' } },
    spec: { bgp: { asNumber: 64_512 } },
  });
  expect(text).not.toMatch(/"(uid|resourceVersion|creationTimestamp|managedFields)":/);
  await write(65_000, { rack: 'b', more: '' });
  await open.node('another');
  const done = await restored(store, text, { overwrite: true, prune: true });
  expect({ written: done.written, keep: done.plan.samples.keep }).toEqual({
    written: 1,
    keep: ['Node(another)'],
  });
  const { spec, metadata } = await store.get(node);
  expect({ spec, labels: metadata.labels }).toMatchObject({
    spec: { bgp: { asNumber: 64_512 } },
    labels: { rack: 'a' },
  });
  const without = objectLines((await taken(store)).text).filter((each) => !each.includes('"another"'));
  expect(without).toEqual([...objectLines(text)]);
}

describe('keys of etcd', () => {
  let open: OpenStore & { readonly client: EtcdClient };
  beforeAll(async () => {
    open = await etcdStore();
  });
  afterAll(() => open.stop());
  beforeEach(async () => {
    await open.client.delete({ prefix: '/calico' });
  });
  const all = async () => {
    const { kvs } = await open.client.range({ prefix: '/calico/' });
    return kvs
      .filter(({ lease }) => lease === 0n)
      .map(({ key, value }) => [key, Buffer.from(value).toString('latin1')]);
  };
  const POLICIES = '/calico/resources/v3/projectcalico.org/globalnetworkpolicies/';
  const POOLS = '/calico/resources/v3/projectcalico.org/ippools/';
  const old =
    '{"kind":"GlobalNetworkPolicy","apiVersion":"projectcalico.org/v3","metadata":{"name":"default.x"},"spec":{}}';
  const future =
    '{"spec":{"cidr":"10.1.0.0/16","new":[1,12345678901234567890]},"kind":"IPPool","apiVersion":"projectcalico.org/v3","metadata":{"name":"odd","labels":{},"future":null}}';

  test('that are no resources, or not as we would write them, come back as they were', async () => {
    const { client, store } = open;
    await put(store, 'IPPool', 'plain', { cidr: '10.0.0.0/16' });
    await client.put('/calico/felix/v1/bytes', new Uint8Array([0xff, 0xfe, 0]));
    await client.put('/calico/felix/v1/text', '\ufefftext\ufffd\n');
    await client.put('/calico/other', '');
    await client.put(`${POLICIES}default.x`, old);
    await client.put(`${POOLS}broken`, '{"');
    await client.put(`${POOLS}odd`, future);
    await client.put(`${POOLS}a/b`, '{}');
    const { lease } = await client.leaseGrant(60);
    await client.put('/calico/felix/v2/alive', 'x', { lease });
    await client.put('/calicoctl', 'somebody else');
    const before = await all();
    const { text, counts } = await taken(store);
    expect(Object.fromEntries(counts)).toEqual({ IPPool: 2, entries: 6 });
    expect(text).toContain(JSON.stringify({ stored: future }).slice(1, -1));
    expect(text).not.toContain('alive');
    await client.delete({ prefix: '/calico/' });
    expect((await restored(store, text)).failures).toEqual([]);
    expect(await all()).toEqual(before);
    expect((await taken(store)).text).toBe(text);
    expect((await client.get('/calicoctl')).kv).toBeDefined();
  });

  test('that became unreadable, or readable, are replaced at once where --prune says so', async () => {
    const { client, store } = open;
    await put(store, 'IPPool', 'one', { cidr: '10.0.0.0/16' });
    await client.put(`${POOLS}two`, '{"');
    const { text } = await taken(store);
    await client.put(`${POOLS}one`, '{"');
    await client.delete({ key: `${POOLS}two` });
    await put(store, 'IPPool', 'two', { cidr: '10.1.0.0/16' });
    const left = await restored(store, text, { overwrite: true });
    expect(left.failures.map(({ errorClass }) => errorClass)).toEqual(['already-exists', 'already-exists']);
    const { failed, written } = await restored(store, text, { prune: true });
    expect({ failed, written }).toEqual({ failed: 0, written: 4 });
    expect((await taken(store)).text).toBe(text);
  });

  test('that the backup does not have go with --prune only, those that differ with --overwrite', async () => {
    const { client, store } = open;
    await put(store, 'IPPool', 'plain', { cidr: '10.0.0.0/16' });
    await client.put('/calico/other', 'one');
    const { text } = await taken(store);
    await client.put('/calico/other', 'two');
    await client.put('/calico/more', '');
    await put(store, 'IPPool', 'extra', { cidr: '10.9.0.0/16' });
    const done = await restored(store, text, { overwrite: true });
    expect(done.written).toBe(1);
    expect(done.plan.samples.keep).toEqual(['IPPool(extra)', '/calico/more']);
    expect((await restored(store, text, { prune: true })).written).toBe(2);
    expect((await taken(store)).text).toBe(text);
  });
});

describe('a restore', () => {
  let open: OpenStore;
  beforeEach(async () => {
    open = await fileStore();
    await initialise(open.store);
  });
  afterEach(() => open.stop());

  test('writes nothing over what somebody else wrote meanwhile, and says so', async () => {
    const { store } = open;
    await put(store, 'IPPool', 'a', { cidr: '10.0.0.0/16' });
    await put(store, 'IPPool', 'b', { cidr: '10.1.0.0/16' });
    const { text } = await taken(store);
    for (const name of ['a', 'b']) {
      const stored = await store.get(await ref('IPPool', name));
      await store.update(await ref('IPPool', name), { ...stored, spec: { cidr: '10.5.0.0/16' } });
    }
    const racing = interrupted(store, 'update', async (call, target) => {
      if (call > 1) return;
      const stored = await store.get(target);
      await store.update(target, { ...stored, spec: { cidr: '10.6.0.0/16' } });
    });
    const done = await restored(racing, text, { overwrite: true });
    expect({ written: done.written, failed: done.failed }).toEqual({ written: 1, failed: 1 });
    expect(done.failures[0]?.errorClass).toBe('conflict');
    const specs = [await specOf(store, 'IPPool', 'a'), await specOf(store, 'IPPool', 'b')];
    expect(specs.map((spec) => spec?.['cidr']).filter((cidr) => cidr === '10.6.0.0/16')).toHaveLength(1);
    expect((await restored(store, text, { overwrite: true })).written).toBe(1);
    expect((await taken(store)).text).toBe(text);
  });

  test('stops where the datastore is out of reach, and says how far it got', async () => {
    const { store } = open;
    await populate(store, population(60).resources);
    const { text } = await taken(store);
    await wipe(store);
    let calls = 0;
    const failing: Datastore = {
      ...store,
      async create(target, resource) {
        if (++calls > 20) throw new CalicoctlError('unavailable', 'gone');
        return store.create(target, resource);
      },
    };
    const done = await restored(failing, text);
    expect(done.stopped?.message).toBe('gone');
    expect(done.written).toBe(20);
    expect((await restored(store, text)).plan.total('same')).toBe(20);
    expect((await taken(store)).text).toBe(text);
  });

  test('writes ClusterInformation last, and only where all else went well', async () => {
    const { store } = open;
    await populate(store, population(40).resources);
    const { text } = await taken(store);
    await wipe(store);
    const names: string[] = [];
    const watched: Datastore = {
      ...store,
      async create(target, resource) {
        names.push(target.kind.kind);
        if (target.kind.kind === 'Tier' && names.length < 90) throw new CalicoctlError('validation', 'no');
        return store.create(target, resource);
      },
    };
    expect((await restored(watched, text)).failed).toBeGreaterThan(0);
    expect(names).not.toContain('ClusterInformation');
    await restored(store, text);
    expect((await taken(store)).text).toBe(text);
  });

  test('leaves the lock as it is, and writes beneath it', async () => {
    const { store } = open;
    const { text } = await taken(store);
    const target = await ref('ClusterInformation', 'default');
    const stored = await store.get(target);
    await store.update(target, { ...stored, spec: { ...stored.spec, calicoVersion: 'v3.0.0' } });
    const note = { holder: 'ada@laptop', purpose: 'a restore', since: '2026-01-01T00:00:00Z' };
    await lockDatastore(store, note);
    expect((await restored(store, text, { overwrite: true })).written).toBe(1);
    expect(await lockState(store)).toEqual({ locked: true, note });
    expect((await taken(store)).text).toBe(text);
    await unlockDatastore(store);
    expect((await taken(store)).text).toBe(text);
  });
});

describe('a backup', () => {
  test('is made again where something changed meanwhile, and tells if that goes on', async () => {
    const open = await fileStore();
    try {
      const { store } = open;
      await put(store, 'IPPool', 'a', { cidr: '10.0.0.0/16' });
      let changes = 0;
      const busy = (times: number): Datastore => ({
        ...store,
        async *list(query) {
          yield* store.list(query);
          if (query.kind.kind !== 'IPPool' || changes >= times) return;
          await put(store, 'IPPool', `new-${changes++}`, { cidr: '10.0.0.0/16' });
        },
      });
      const once = await taken(busy(1));
      expect({ attempts: once.attempts, unsteady: once.unsteady }).toEqual({ attempts: 2, unsteady: [] });
      expect(once.text).toBe((await taken(store)).text);
      const always = await taken(busy(99));
      expect({ attempts: always.attempts, unsteady: always.unsteady }).toEqual({
        attempts: 3,
        unsteady: ['IPPool'],
      });
    } finally {
      await open.stop();
    }
  });
});

function openStore(name: string): Promise<OpenStore> {
  if (name === 'etcd') return etcdStore();
  if (name === 'folder') return fileStore();
  return kubernetesStore(name === 'kubernetes' ? 'v1' : 'v3');
}
