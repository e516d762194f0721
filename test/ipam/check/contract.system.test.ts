import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { findKnown } from '../../../src/ipam/check/find.ts';
import { checkStream } from '../../../src/ipam/check/stream.ts';
import { readSurvey } from '../../../src/ipam/survey/read.ts';
import { etcdStore, fileStore, kubernetesStore, type OpenStore, put } from '../../operations/stores.ts';
import { endpointOf, lines, makeWorld, WORLD_TEXT } from './world.ts';

/** Nodes and pods are made by other words where they are objects of Kubernetes. */
async function populate({ store, post }: OpenStore): Promise<void> {
  const write = (kind: string, name: string, spec: object) => put(store, kind, name, spec);
  if (post === undefined) {
    return makeWorld(
      write,
      (name, { vxlan, vxlanV6 }) =>
        write('Node', name, { ipv4VXLANTunnelAddr: vxlan, ipv6VXLANTunnelAddr: vxlanV6 }),
      (...given) => put(store, 'WorkloadEndpoint', ...endpointOf(...given), 'shop'),
    );
  }
  await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  await makeWorld(
    write,
    (name, { vxlan, vxlanV6 }) => {
      const annotations = {
        ...(vxlan && { 'projectcalico.org/IPv4VXLANTunnelAddr': vxlan }),
        ...(vxlanV6 && { 'projectcalico.org/IPv6VXLANTunnelAddr': vxlanV6 }),
      };
      return post('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name, annotations } });
    },
    (name, nodeName, address) => {
      const annotations = { 'cni.projectcalico.org/podIP': `${address}/32` };
      const spec = { nodeName, containers: [{ name: 'main', image: 'none' }] };
      return post('/api/v1/namespaces/shop/pods', {
        ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, annotations }, spec },
      });
    },
  );
}

describe.each([
  ['etcd', etcdStore],
  ['a folder', fileStore],
  ['Kubernetes, crd.projectcalico.org', () => kubernetesStore('v1')],
  ['Kubernetes, projectcalico.org', () => kubernetesStore('v3')],
] as const)('a check of addresses in %s', (_name, openStore) => {
  let open: OpenStore;
  beforeAll(async () => {
    open = await openStore();
    await populate(open);
  }, 60_000);
  afterAll(() => open.stop());

  test('prints the words of the reference', async () => {
    const options = { showAll: false, showProblems: true };
    const how = { failOnProblems: true, remark: () => undefined, clear: () => undefined };
    const { chunks, status } = checkStream(open.store, options, how);
    const text = (await Array.fromAsync(chunks)).join('').replace('test,kdd', 'test');
    expect(lines(text)).toEqual(lines(WORLD_TEXT));
    expect(status?.()).toBe(1);
  });

  test('finds one of each class', async () => {
    const found = await Array.fromAsync(findKnown(open.store, await readSurvey(open.store)));
    expect(found.map(({ code, subject }) => `${code} ${subject.name}`)).toEqual([
      'CAL3001 10.0.0.1',
      'CAL3002 10.1.0.9',
      'CAL3003 10.0.0.33',
      'CAL3004 stale',
      'CAL3005 k8s-pod-network.cart',
      'CAL3006 10.0.0.24/29',
      'CAL3007 10.0.0.4',
    ]);
    expect(found[0]?.fix).toMatchObject({ sequenceNumber: 1_777_888_800_000_000_001n });
  });
});

describe('services of Kubernetes', () => {
  let cluster: OpenStore;
  let etcd: OpenStore;
  beforeAll(async () => {
    [cluster, etcd] = await Promise.all([kubernetesStore('v1'), etcdStore()]);
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    };
    await cluster.post!('/api/v1/namespaces/default/services', service);
    for (const { store } of [cluster, etcd]) {
      await put(store, 'ClusterInformation', 'default', { clusterGUID: 'g', datastoreReady: true });
      await put(store, 'KubeControllersConfiguration', 'default', {
        controllers: { loadBalancer: { assignIPs: 'AllServices' } },
      });
    }
  }, 60_000);
  afterAll(() => Promise.all([cluster.stop(), etcd.stop()]));

  test('are read from the datastore, or beside it', async () => {
    expect((await readSurvey(cluster.store)).counts.services).toBe(1);
    const beside = await readSurvey(etcd.store, { services: async () => cluster.store });
    expect(beside.counts.services).toBe(1);
    expect(beside.servicesUnknown).toBe(false);
    expect((await readSurvey(etcd.store)).servicesUnknown).toBe(true);
  });
});
