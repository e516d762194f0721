import { describe, expect, test } from 'bun:test';
import { CalicoctlError } from '../../../../src/core/errors.ts';
import type { KubeObject } from '../../../../src/datastore/kubernetes/api/api.ts';
import type { Backing, CalicoGroup } from '../../../../src/datastore/kubernetes/backing.ts';
import { collectionOf } from '../../../../src/datastore/kubernetes/objects/collections.ts';
import { customResources } from '../../../../src/datastore/kubernetes/objects/customresources.ts';
import { ipamObjects } from '../../../../src/datastore/kubernetes/objects/ipam.ts';
import {
  affinityLabels,
  affinityObjectName,
  blockObjectName,
} from '../../../../src/datastore/kubernetes/objects/ipamnames.ts';
import { API_VERSION, type Ref, type Resource } from '../../../../src/resources/kind.ts';
import { kindOf } from '../../../../src/resources/registry.ts';
import { withSpec } from '../../contract/objects.ts';
import { LosingApi } from './losing-api.ts';

const V1: CalicoGroup = 'crd.projectcalico.org/v1';
const V3: CalicoGroup = 'projectcalico.org/v3';
const KINDS = {
  block: await kindOf('IPAMBlock'),
  handle: await kindOf('IPAMHandle'),
  affinity: await kindOf('BlockAffinity'),
  config: await kindOf('IPAMConfig'),
  host: await kindOf('IPAMHost'),
};
const NOTE = { annotations: { 'projectcalico.org/metadata': '{}' } };

function open(kind: keyof typeof KINDS, group = V1) {
  const server = new LosingApi();
  return { server, store: ipamObjects(server.api, KINDS[kind], group, { usePodCidr: false }) };
}

function made(kind: keyof typeof KINDS, name: string, spec: object): [Ref, Resource] {
  const ref = { kind: KINDS[kind], name };
  const metadata = { name, uid: 'ignored', creationTimestamp: '2026-01-31T12:00:00Z' };
  return [ref, { apiVersion: API_VERSION, kind: ref.kind.kind, metadata, spec: spec as Resource['spec'] }];
}

const block = (cidr: string, spec: object = {}) =>
  made('block', cidr, {
    ...{ cidr, affinity: 'host:n1', allocations: [0, null], unallocated: [1] },
    ...{ attributes: [{ handle_id: 'h' }], sequenceNumber: 1_800_000_000_000_000_001n },
    ...{ sequenceNumberForAllocation: { '0': 1_800_000_000_000_000_000n }, deleted: false, ...spec },
  });
const affinity = (name: string, spec: object = {}) => {
  const [type, node, ...cidr] = name.split('/');
  return made('affinity', name, {
    state: 'confirmed',
    node,
    type,
    cidr: cidr.join('/'),
    deleted: false,
    ...spec,
  });
};
const handle = (id: string) =>
  made('handle', id, { handleID: id, block: { '10.0.0.0/31': 1 }, deleted: false });

/** The only object on the server, without what the server chose. */
function only({ objects }: LosingApi): object {
  expect(objects.size).toBe(1);
  const [[key, object]] = [...objects] as [[string, KubeObject]];
  const { uid: _, creationTimestamp: __, resourceVersion: ___, ...metadata } = object.metadata;
  return { key, ...object, metadata };
}

async function classOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error) => (error as CalicoctlError).errorClass,
  );
}

async function namesOf(
  store: Backing,
  kind: keyof typeof KINDS,
  namePrefix = '',
): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { items } of store.list({ kind: KINDS[kind], namePrefix }))
    names.push(...items.map(({ metadata }) => metadata.name));
  return names;
}

describe('names on the API server', () => {
  test('of blocks', () => {
    expect(blockObjectName('10.20.0.64/26')).toBe('10-20-0-64-26');
    expect(blockObjectName('fd00:20::40/122')).toBe('fd00-20--40-122');
  });

  test('of affinities, where long ones are cut and told apart by a hash', () => {
    expect(affinityObjectName('host/n1.example/10.20.0.64/26')).toBe('n1.example-10-20-0-64-26');
    expect(affinityObjectName('virtual/load-balancer/fd00::/122')).toBe('load-balancer-fd00---122');
    const longest = 'n'.repeat(252 - '-10-20-0-64-26'.length);
    expect(affinityObjectName(`host/${longest}/10.20.0.64/26`)).toBe(`${longest}-10-20-0-64-26`);
    // printf '%s' "$(printf 'n%.0s' $(seq 239))10-20-0-64-26" | sha256sum
    expect(affinityObjectName(`host/${longest}n/10.20.0.64/26`)).toBe(
      `${'n'.repeat(226)}-10-20-0-64-26-1515a4d8994`,
    );
  });

  test('and labels by which affinities are found', () => {
    expect(affinityLabels('host/worker1/10.244.0.0/29')).toEqual({
      'projectcalico.org/affinity-type': 'host',
      'projectcalico.org/hostname-hash': 'XBVNMNQNUJRRWAI764BWBZMYKNG3ETNQQEZAB5PA6CATJSRU2PMQ',
      'projectcalico.org/ip-version': '4',
    });
    expect(affinityLabels('virtual/load-balancer/fd00::/122')).toMatchObject({
      'projectcalico.org/affinity-type': 'virtual',
      'projectcalico.org/ip-version': '6',
    });
  });
});

describe('custom resources', () => {
  test('of a block have its own note, and no field without a value', async () => {
    const { server, store } = open('block');
    const [ref, resource] = block('10.0.0.0/31', { affinity: null, attributes: null, hostAffinity: 'n1' });
    const created = await store.create(ref, resource);
    const spec = {
      ...{ cidr: '10.0.0.0/31', allocations: [0, null], unallocated: [1], attributes: [] },
      ...{ sequenceNumber: 1_800_000_000_000_000_001n, deleted: false, strictAffinity: false },
      sequenceNumberForAllocation: { '0': 1_800_000_000_000_000_000n },
    };
    expect(only(server)).toEqual({
      ...{ key: '/crd.projectcalico.org/ipamblocks/10-0-0-0-31', apiVersion: V1, kind: 'IPAMBlock' },
      ...{ metadata: { name: '10-0-0-0-31', ...NOTE }, spec },
    });
    expect(created.metadata.name).toBe('10.0.0.0/31');
    expect(created.spec as object).toEqual(spec);
    expect(await store.get(ref)).toEqual(created);
  });

  test('of a handle keep its letter case', async () => {
    const { server, store } = open('handle');
    const [ref, resource] = handle('k8s-pod-network.ABC');
    const created = await store.create(ref, resource);
    expect(only(server)).toEqual({
      ...{
        key: '/crd.projectcalico.org/ipamhandles/k8s-pod-network.abc',
        apiVersion: V1,
        kind: 'IPAMHandle',
      },
      ...{ metadata: { name: 'k8s-pod-network.abc', ...NOTE }, spec: resource.spec },
    });
    expect(created.metadata.name).toBe('k8s-pod-network.ABC');
  });

  test('of an affinity have labels, and say in words in v1 whether it goes', async () => {
    const [ref, resource] = affinity('host/worker1/10.244.0.0/29');
    const spec = { state: 'confirmed', node: 'worker1', type: 'host', cidr: '10.244.0.0/29' };
    const labels = affinityLabels(ref.name);
    const name = 'worker1-10-244-0-0-29';
    const v1 = open('affinity');
    const created = await v1.store.create(ref, resource);
    expect(only(v1.server)).toEqual({
      ...{ key: `/crd.projectcalico.org/blockaffinities/${name}`, apiVersion: V1, kind: 'BlockAffinity' },
      metadata: { name, labels, annotations: { 'projectcalico.org/metadata': JSON.stringify({ labels }) } },
      spec: { ...spec, deleted: 'false' },
    });
    expect(created.spec as object).toEqual({ ...spec, deleted: false });
    const v3 = open('affinity', V3);
    await v3.store.create(ref, resource);
    expect(only(v3.server)).toEqual({
      ...{ key: `/projectcalico.org/blockaffinities/${name}`, apiVersion: V3, kind: 'BlockAffinity' },
      ...{ metadata: { name, labels }, spec: { ...spec, deleted: false } },
    });
  });

  test('of the settings are those of IPAMConfiguration, whose users keep their labels', async () => {
    for (const [group, kind, plural] of [
      [V1, 'IPAMConfig', 'ipamconfigs'],
      [V3, 'IPAMConfiguration', 'ipamconfigurations'],
    ] as const) {
      const { server, store } = open('config', group);
      const [ref, resource] = made('config', 'default', { strictAffinity: true, maxBlocksPerHost: 0 });
      const created = await store.create(ref, resource);
      expect(only(server)).toMatchObject({
        ...{ key: `/${group.split('/')[0]}/${plural}/default`, apiVersion: group, kind },
        spec: { strictAffinity: true, autoAllocateBlocks: false },
      });
      const configuration = await kindOf('IPAMConfiguration');
      const users = customResources(server.api, configuration, group);
      const seen = await users.get({ kind: configuration, name: 'default' });
      expect(seen.spec as object).toEqual({ strictAffinity: true, autoAllocateBlocks: false });
      const metadata = { ...seen.metadata, labels: { mine: '1' } };
      await users.update({ kind: configuration, name: 'default' }, { ...seen, metadata });
      const next = await store.get(ref);
      await store.update(ref, withSpec(next, { ...created.spec, maxBlocksPerHost: 8 }));
      const last = await users.get({ kind: configuration, name: 'default' });
      expect([last.metadata.labels, last.spec['maxBlocksPerHost']]).toEqual([{ mine: '1' }, 8] as never);
    }
  });

  test('of others that do not say what they are of cannot be read', async () => {
    const { server, store } = open('block');
    const collection = collectionOf(KINDS.block, V1);
    server.plant({ collection, name: '10-0-0-0-26' }, { metadata: { name: '10-0-0-0-26' }, spec: {} });
    expect(await classOf(store.get({ kind: KINDS.block, name: '10.0.0.0/26' }))).toBe('corrupt');
    const pages = await Array.fromAsync(store.list({ kind: KINDS.block }));
    expect(pages.flatMap(({ corrupt }) => corrupt.map(({ entry }) => entry))).toEqual([
      'ipamblocks.crd.projectcalico.org/10-0-0-0-26',
    ]);
  });
});

describe.each([V1, V3])('in %s', (group) => {
  test('deletion marks first, at the version that was read, and then removes', async () => {
    const { server, store } = open('block', group);
    const [ref, resource] = block('10.0.0.0/31');
    const created = await store.create(ref, resource);
    await store.update(ref, withSpec(created, { unallocated: [] }));
    expect(await classOf(store.delete(ref, created.metadata.resourceVersion!))).toBe('conflict');
    const current = await store.get(ref);
    server.events.length = 0;
    expect(await store.delete(ref, current.metadata.resourceVersion!)).toEqual(current);
    expect(
      server.events.map(({ type, object }) => [type, (object['spec'] as Resource['spec'])['deleted']]),
    ).toEqual([
      ['MODIFIED', true],
      ['DELETED', true],
    ]);
    expect(await classOf(store.delete(ref))).toBe('not-found');
  });

  test('whoever meets what is marked finishes its deletion', async () => {
    for (const [kind, [ref, resource]] of [
      ['block', block('10.0.0.0/31')],
      ['handle', handle('H')],
      ['affinity', affinity('host/n/10.0.0.0/31')],
    ] as const) {
      const going = withSpec(resource, { deleted: true });
      for (const meet of [
        (store: Backing) => store.get(ref),
        (store: Backing) => store.delete(ref),
        (store: Backing) => store.delete(ref, '101'),
      ]) {
        const { server, store } = open(kind, group);
        await store.create(ref, going);
        expect(await classOf(meet(store))).toBe('not-found');
        expect(server.objects.size).toBe(0);
      }
      const { store } = open(kind, group);
      await store.create(ref, going);
      expect((await store.create(ref, resource)).spec['deleted']).toBe(false);
      expect(await classOf(store.create(ref, resource))).toBe('already-exists');
    }
  });

  test('affinities that are marked are not listed', async () => {
    const { store } = open('affinity', group);
    await store.create(...affinity('host/n/10.0.0.0/31', { deleted: true }));
    await store.create(...affinity('host/n/10.0.0.2/31'));
    expect(await namesOf(store, 'affinity')).toEqual(['host/n/10.0.0.2/31']);
  });

  test('a deletion whose answers are lost is done once', async () => {
    const [ref, resource] = block('10.0.0.0/31');
    for (const fates of [
      ['lost'],
      ['stopped'],
      ['late'],
      ['answered', 'lost'],
      ['answered', 'stopped'],
    ] as const) {
      const { server, store } = open('block', group);
      const created = await store.create(ref, resource);
      server.plan(...fates);
      expect((await store.delete(ref, created.metadata.resourceVersion!)).spec).toEqual(created.spec);
      expect(server.objects.size).toBe(0);
    }
  });

  test('lists are in the order of our names', async () => {
    const blocks = open('block', group);
    for (const cidr of ['fd00:200::/122', '10.0.0.0/26', 'fd00:20::/122', '9.0.0.0/26', '10.0.0.64/26'])
      await blocks.store.create(...block(cidr));
    expect(await namesOf(blocks.store, 'block')).toEqual([
      ...['10.0.0.0/26', '10.0.0.64/26', '9.0.0.0/26'],
      ...['fd00:200::/122', 'fd00:20::/122'],
    ]);
    const affinities = open('affinity', group);
    const names = ['host/a/10.0.0.0/26', 'host/a-b/10.0.0.0/26', 'virtual/load-balancer/10.0.0.0/26'];
    for (const name of names.toReversed()) await affinities.store.create(...affinity(name));
    expect(await namesOf(affinities.store, 'affinity')).toEqual([names[1]!, names[0]!, names[2]!]);
    expect(await namesOf(affinities.store, 'affinity', 'host/a/')).toEqual([names[0]!]);
  });

  test('an owner that is no node is not taken for a node of its name', async () => {
    const { store } = open('affinity', group);
    await store.create(...affinity('virtual/load-balancer/10.0.0.0/26'));
    const ref = { kind: KINDS.affinity, name: 'host/load-balancer/10.0.0.0/26' };
    expect(await classOf(store.get(ref))).toBe('not-found');
  });

  test('a watch tells of deletions once', async () => {
    const { store } = open('affinity', group);
    const [ref, resource] = affinity('host/n/10.0.0.0/31');
    const created = await store.create(ref, resource);
    await store.update(ref, withSpec(created, { state: 'pendingDeletion' }));
    await store.delete(ref);
    await store.create(...affinity('host/other/10.0.0.0/31'));
    const changes = await Array.fromAsync(store.watch({ kind: KINDS.affinity, namePrefix: 'host/n/' }, '0'));
    expect(changes.map(({ type, resource: { metadata } }) => `${type} ${metadata.name}`)).toEqual([
      `added ${ref.name}`,
      `modified ${ref.name}`,
      `deleted ${ref.name}`,
    ]);
  });
});

describe('what there is not', () => {
  const uses: readonly ((store: Backing, ref: Ref) => Promise<unknown>)[] = [
    (store, ref) => store.get(ref),
    (store, ref) => store.create(ref, made('host', ref.name, {})[1]),
    (store, ref) => store.update(ref, made('host', ref.name, {})[1]),
    (store, ref) => store.delete(ref),
    (store, { kind }) => Array.fromAsync(store.list({ kind })),
    (store, { kind }) => Array.fromAsync(store.watch({ kind }, '1')),
  ];

  test('marks of nodes', async () => {
    const { store } = open('host');
    for (const use of uses)
      expect(await classOf(use(store, { kind: KINDS.host, name: 'n' }))).toBe('not-supported');
  });

  test('IPAM where addresses come from the pod CIDRs of nodes', async () => {
    const { api } = new LosingApi();
    for (const kind of Object.values(KINDS)) {
      const store = ipamObjects(api, kind, V1, { usePodCidr: true });
      for (const use of uses) expect(await classOf(use(store, { kind, name: 'n' }))).toBe('not-supported');
    }
    const error = await ipamObjects(api, KINDS.block, V1, { usePodCidr: true })
      .get({ kind: KINDS.block, name: '10.0.0.0/26' })
      .catch((reason: CalicoctlError) => reason);
    expect(error).toBeInstanceOf(CalicoctlError);
    expect((error as CalicoctlError).details.hint).toContain('USE_POD_CIDR');
  });
});
