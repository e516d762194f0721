import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { CalicoctlError, isError } from '../../../src/core/errors.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { createResource, deleteResource } from '../../../src/operations/write.ts';
import { API_VERSION } from '../../../src/resources/kind.ts';
import {
  blockSpec,
  clear,
  etcdStore,
  fileStore,
  interrupted,
  namesOf,
  type OpenStore,
  put,
  ref,
  specOf,
} from '../stores.ts';

async function node(name: string, spec: object = {}, resourceVersion?: string) {
  const metadata = { name, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  const resource = { apiVersion: API_VERSION, kind: 'Node', metadata, spec: spec as JsonObject };
  return { ref: await ref('Node', name), resource };
}

/** Two nodes whose names begin alike, each with everything that a node can have. */
async function seed(store: Datastore): Promise<void> {
  await put(store, 'IPPool', 'pods', { cidr: '10.0.0.0/24', blockSize: 29 });
  for (const [index, name] of ['n-1', 'n-1-b'].entries()) {
    const base = `10.0.0.${index * 8}`;
    const at = (offset: number) => `10.0.0.${index * 8 + offset}`;
    await put(store, 'Node', name, {
      bgp: { ipv4IPIPTunnelAddr: at(1) },
      ipv4VXLANTunnelAddr: at(2),
      wireguard: { interfaceIPv4Address: at(3) },
    });
    const used = { 0: `pod-${index}`, 1: 'ipip', 2: 'vxlan', 3: 'wg', 5: `other-${index}` };
    await put(
      store,
      'IPAMBlock',
      `${base}/29`,
      blockSpec(`${base}/29`, 8, used, { affinity: `host:${name}` }),
    );
    const handle = { handleID: `pod-${index}`, block: { [`${base}/29`]: 1 }, deleted: false };
    await put(store, 'IPAMHandle', `pod-${index}`, handle);
    const affinity = { state: 'confirmed', node: name, type: 'host', cidr: `${base}/29`, deleted: false };
    await put(store, 'BlockAffinity', `host/${name}/${base}/29`, affinity);
    const endpoint = {
      node: name,
      orchestrator: 'k8s',
      endpoint: 'eth0',
      pod: 'p',
      ipNetworks: [`${base}/32`],
    };
    await put(store, 'WorkloadEndpoint', `${name.replaceAll('-', '--')}-k8s-p-eth0`, endpoint, 'shop');
    await put(store, 'BGPPeer', `peer-${index}`, { node: name, peerIP: '192.0.2.1', asNumber: 64512 });
    await put(store, 'FelixConfiguration', `node.${name}`, {});
    await put(store, 'BGPConfiguration', `node.${name}`, {});
    await put(store, 'HostEndpoint', `eth-${index}`, { node: name, interfaceName: 'eth0' });
  }
  await put(store, 'BGPPeer', 'everywhere', { peerIP: '192.0.2.9', asNumber: 64512 });
}

const OWNED = [
  ...['Node', 'WorkloadEndpoint', 'BGPPeer', 'FelixConfiguration', 'BGPConfiguration', 'HostEndpoint'],
  ...['BlockAffinity', 'IPAMHandle'],
] as const;

const OF_THE_OTHER = [
  'Node/n-1-b',
  'WorkloadEndpoint/n--1--b-k8s-p-eth0',
  'BGPPeer/everywhere',
  'BGPPeer/peer-1',
  'FelixConfiguration/node.n-1-b',
  'BGPConfiguration/node.n-1-b',
  'HostEndpoint/eth-1',
  'BlockAffinity/host/n-1-b/10.0.0.8/29',
  'IPAMHandle/pod-1',
];

describe.each([
  ['etcd', etcdStore],
  ['folder', fileStore],
] as const)('nodes in %s', (_name, openStore) => {
  let open: OpenStore;
  let store: Datastore;
  beforeAll(async () => {
    open = await openStore();
    store = open.store;
  });
  afterEach(() => clear(store));
  afterAll(() => open.stop());

  test('take along what belongs to them, and nothing of a node of a similar name', async () => {
    await seed(store);
    await deleteResource(store, await node('n-1'));
    expect(await namesOf(store, ...OWNED)).toEqual(OF_THE_OTHER);
    const orphan = await specOf(store, 'IPAMBlock', '10.0.0.0/29');
    expect(orphan?.['affinity'] ?? null).toBeNull();
    expect(orphan).toMatchObject({
      allocations: [null, null, null, null, null, 0, null, null],
      attributes: [{ handle_id: 'other-0' }],
    });
  });

  test('go last: a delete that broke off anywhere is finished by the next', async () => {
    for (const failing of ['WorkloadEndpoint', 'BlockAffinity', 'BGPPeer', 'HostEndpoint']) {
      await seed(store);
      const broken = interrupted(store, 'delete', async (_call, { kind }) => {
        if (kind.kind === failing) throw new CalicoctlError('unavailable', 'the server went away');
      });
      const error = await deleteResource(broken, await node('n-1')).catch((thrown) => thrown);
      expect(isError(error, 'unavailable')).toBe(true);
      expect(error.message).toStartWith('Node(n-1) is not deleted yet: its ');
      expect(await specOf(store, 'Node', 'n-1')).toBeDefined();
      await deleteResource(store, await node('n-1'));
      expect(await namesOf(store, ...OWNED)).toEqual(OF_THE_OTHER);
      await clear(store);
    }
  });

  test('that do not exist are not found, but what they left behind goes', async () => {
    await seed(store);
    await store.delete(await ref('Node', 'n-1'));
    const error = await deleteResource(store, await node('n-1')).catch((thrown) => thrown);
    expect(isError(error, 'not-found')).toBe(true);
    expect(error.message).toContain('Node(n-1)');
    expect(await namesOf(store, ...OWNED)).toEqual(OF_THE_OTHER);
  });

  test('of another version than asked for keep everything', async () => {
    await seed(store);
    const { metadata } = await store.get(await ref('Node', 'n-1'));
    const before = await namesOf(store, ...OWNED);
    const error = await deleteResource(store, await node('n-1', {}, '7')).catch((thrown) => thrown);
    expect(isError(error, 'conflict')).toBe(true);
    expect(await namesOf(store, ...OWNED)).toEqual(before);
    await deleteResource(store, await node('n-1', {}, metadata.resourceVersion));
    expect(await namesOf(store, ...OWNED)).toEqual(OF_THE_OTHER);
  });

  test('leave a peer that goes to another node meanwhile', async () => {
    await seed(store);
    const moved = interrupted(store, 'delete', async (_call, { kind, name }) => {
      if (kind.kind !== 'BGPPeer') return;
      const stored = await store.get({ kind, name });
      if (stored.spec['node'] !== 'n-1') return;
      await store.update({ kind, name }, { ...stored, spec: { ...stored.spec, node: 'n-1-b' } });
    });
    await deleteResource(moved, await node('n-1'));
    expect(await specOf(store, 'BGPPeer', 'peer-0')).toMatchObject({ node: 'n-1-b' });
  });

  test('find everything in place that the components on them need', async () => {
    await createResource(store, await node('n-1'));
    expect(await namesOf(store, 'ClusterInformation', 'Tier')).toEqual([
      'ClusterInformation/default',
      'Tier/default',
      'Tier/kube-admin',
      'Tier/kube-baseline',
    ]);
  });

  test('are not created where the datastore cannot be made usable', async () => {
    const broken = interrupted(store, 'get', async (_call, { kind }) => {
      if (kind.kind === 'Tier') throw new CalicoctlError('unauthorized', 'no');
    });
    const error = await createResource(broken, await node('n-1')).catch((thrown) => thrown);
    expect(isError(error, 'unauthorized')).toBe(true);
    expect(await namesOf(store, 'Node')).toEqual([]);
  });
});

test('the marker that old releases wrote for a node goes with it', async () => {
  const { store, client, stop } = await etcdStore();
  try {
    await put(store, 'Node', 'n-1', {});
    await client.put('/calico/ipam/v2/host/n-1', '');
    await client.put('/calico/ipam/v2/host/n-10', '{}');
    await deleteResource(store, await node('n-1'));
    const { kvs } = await client.range({ prefix: '/calico/' });
    expect(kvs.map(({ key }) => key)).toEqual(['/calico/ipam/v2/host/n-10']);
  } finally {
    await stop();
  }
});
