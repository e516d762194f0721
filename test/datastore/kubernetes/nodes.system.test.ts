import { describe, expect, test } from 'bun:test';
import { loadConfiguration } from '../../../src/config/configuration.ts';
import { openKubernetesDatastore } from '../../../src/datastore/kubernetes/open.ts';
import { applyResource } from '../../../src/operations/apply.ts';
import { labelResource, patchResource } from '../../../src/operations/edit.ts';
import { deleteResource } from '../../../src/operations/write.ts';
import { API_VERSION, type Ref, type Resource } from '../../../src/resources/kind.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import { coreCluster, OURS } from './core-objects.ts';

/** Nodes of Kubernetes on a real API server. */

const Node = await kindOf('Node');
const NODE = `${OURS}-worker`;
const cluster = coreCluster();

const node = (): Ref => ({ kind: Node, name: NODE });

function putNode(annotations: Record<string, string> = {}) {
  return cluster.core.put('nodes', {
    metadata: {
      name: NODE,
      labels: { rack: 'r1' },
      annotations: { 'example.com/owner': 'us', ...annotations },
    },
    spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'], unschedulable: true },
    status: { addresses: [{ type: 'InternalIP', address: '192.0.2.11' }], capacity: { cpu: '2' } },
  });
}

function heartbeat(): Promise<void> {
  const conditions = [{ type: 'Ready', status: 'True', lastHeartbeatTime: new Date().toISOString() }];
  return cluster.core.change(
    'nodes',
    NODE,
    (object) => ({ ...object, status: { ...(object['status'] as object), conditions } }),
    true,
  );
}

describe('nodes', () => {
  test('are written by way of their status, and nothing of Kubernetes changes', async () => {
    const before = await putNode({ 'projectcalico.org/IPv6Address': '2001:db8::1/64' });
    const spec = { bgp: { ipv4Address: '192.0.2.11/24', asNumber: 64512 } };
    const resource = {
      apiVersion: API_VERSION,
      kind: 'Node',
      metadata: { name: NODE, labels: { zone: 'a' } },
      spec,
    };
    const applied = await applyResource(cluster.store, { ref: node(), resource });
    const after = await cluster.core.get('nodes', NODE);
    expect(after.metadata.annotations).toEqual({
      'example.com/owner': 'us',
      'projectcalico.org/IPv4Address': '192.0.2.11/24',
      'projectcalico.org/ASNumber': '64512',
      'projectcalico.org/labels': '{"zone":"a"}',
    });
    expect([after['spec'], after['status'], after.metadata.labels, after.metadata.uid]).toEqual([
      before['spec'],
      before['status'],
      before.metadata.labels,
      before.metadata.uid,
    ]);
    expect(applied).toEqual(await cluster.store.get(node()));
    expect(applied.metadata).toEqual({
      name: NODE,
      uid: after.metadata.uid!,
      resourceVersion: after.metadata.resourceVersion!,
      creationTimestamp: after.metadata.creationTimestamp!,
      labels: { rack: 'r1', zone: 'a' },
      annotations: { 'projectcalico.org/kube-labels': '{"rack":"r1"}' },
    });
  });

  test('take a write between heartbeats, but not over what somebody else wrote of Calico', async () => {
    await putNode();
    const read = await cluster.store.get(node());
    await heartbeat();
    const written = await cluster.store.update(node(), { ...read, spec: { bgp: { asNumber: 1 } } });
    await expect(
      cluster.store.update(node(), { ...read, spec: { bgp: { asNumber: 2 } } }),
    ).rejects.toMatchObject({
      errorClass: 'conflict',
    });
    expect((await cluster.store.get(node())).spec['bgp']).toEqual({ asNumber: 1 });
    expect((await cluster.core.get('nodes', NODE))['status']).toMatchObject({
      conditions: [{ type: 'Ready' }],
    });
    expect(written.spec['bgp']).toEqual({ asNumber: 1 });
  });

  test('lose nothing of many writers at once', async () => {
    await putNode();
    const keys = Array.from({ length: 6 }, (_, index) => `writer-${index}`);
    const writers = keys.map(async (key) => {
      const own = await cluster.server.open();
      await labelResource(own, node(), [{ key, value: 'x' }], false);
      await own.close();
    });
    await Promise.all([...writers, heartbeat().catch(() => undefined)]);
    expect((await cluster.store.get(node())).metadata.labels).toEqual({
      rack: 'r1',
      ...Object.fromEntries(keys.map((key) => [key, 'x'])),
    });
  });

  test('keep the labels of Kubernetes from being changed here', async () => {
    await putNode();
    await expect(
      labelResource(cluster.store, node(), [{ key: 'rack', value: 'r2' }], true),
    ).rejects.toMatchObject({
      errorClass: 'not-supported',
      details: { hint: `Use \`kubectl label node ${NODE} rack=r2 --overwrite\`.` },
    });
    const patch = patchResource(cluster.store, node(), (document) => {
      const { metadata, ...rest } = document as unknown as Resource;
      return { ...rest, metadata: { ...metadata, labels: {} } } as never;
    });
    await expect(patch).rejects.toThrow(
      'the label rack is one of the Kubernetes node and cannot be removed here',
    );
    expect((await cluster.core.get('nodes', NODE)).metadata.labels).toEqual({ rack: 'r1' });
  });

  test('have tunnel addresses of their pod network where there is no address management', async () => {
    await putNode({ 'projectcalico.org/IPv4IPIPTunnelAddr': '10.0.0.1' });
    const env = { ...cluster.server.env, USE_POD_CIDR: 'true' };
    const configuration = await loadConfiguration({ configFile: undefined, env, cwd: '/' });
    const local = await openKubernetesDatastore(configuration, new AbortController().signal);
    expect((await local.get(node())).spec['bgp']).toEqual({ ipv4IPIPTunnelAddr: '10.244.1.1' });
    await local.close();
    expect((await cluster.store.get(node())).spec['bgp']).toEqual({ ipv4IPIPTunnelAddr: '10.0.0.1' });
  });

  test('are neither made nor deleted', async () => {
    await putNode();
    const nosuch = { kind: Node, name: `${OURS}-nosuch` };
    const resource = { ...(await cluster.store.get(node())), metadata: { name: nosuch.name } };
    await expect(applyResource(cluster.store, { ref: nosuch, resource })).rejects.toMatchObject({
      errorClass: 'not-found',
      message: expect.stringContaining(nosuch.name),
    });
    await expect(deleteResource(cluster.store, { ref: node(), resource })).rejects.toMatchObject({
      errorClass: 'not-supported',
    });
    await expect(deleteResource(cluster.store, { ref: nosuch, resource })).rejects.toMatchObject({
      errorClass: 'not-found',
    });
  });

  test('are watched', async () => {
    await putNode();
    const query = { kind: Node, namePrefix: OURS };
    const found = await cluster.changes(query, 2, async () => {
      await labelResource(cluster.store, node(), [{ key: 'a', value: 'b' }], false);
      await cluster.server.api.delete(cluster.core.target('nodes', NODE));
    });
    expect(
      found.map(({ type, resource }) => [type, resource.metadata.name, resource.metadata.labels]),
    ).toEqual([
      ['modified', NODE, { a: 'b', rack: 'r1' }],
      ['deleted', NODE, { a: 'b', rack: 'r1' }],
    ]);
  });
});
