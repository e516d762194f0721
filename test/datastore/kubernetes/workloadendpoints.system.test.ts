import { describe, expect, test } from 'bun:test';
import { workloadEndpoints } from '../../../src/datastore/kubernetes/objects/workloadendpoints.ts';
import type { Ref } from '../../../src/resources/kind.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import { coreCluster, OURS } from './core-objects.ts';

/** Endpoints of pods on a real API server. */

const WorkloadEndpoint = await kindOf('WorkloadEndpoint');
const NODE = `${OURS}-worker`;
const ENDPOINT = 'core--objects--worker-k8s-web--0-eth0';
const cluster = coreCluster();

const endpoint = (): Ref => ({ kind: WorkloadEndpoint, name: ENDPOINT, namespace: OURS });

function putPod(name = 'web-0', more: object = {}) {
  return cluster.core.put('pods', {
    metadata: {
      name,
      namespace: OURS,
      labels: { app: 'web' },
      annotations: {
        'cni.projectcalico.org/podIP': '10.244.1.5/32',
        'cni.projectcalico.org/podIPs': '10.244.1.5/32,fd00::5/128',
        'qos.projectcalico.org/egressBandwidth': '10M',
      },
    },
    spec: {
      nodeName: NODE,
      containers: [{ name: 'main', image: 'web:1', ports: [{ name: 'http', containerPort: 80 }] }],
      ...more,
    },
  });
}

describe('endpoints', () => {
  test('are of pods with a network of their own', async () => {
    const { metadata } = await putPod();
    await putPod('host', { hostNetwork: true, containers: [{ name: 'main', image: 'web:1' }] });
    await putPod('pending', { nodeName: undefined });
    const [found, ...more] = await cluster.listed({ kind: WorkloadEndpoint, namespace: OURS });
    expect(more).toEqual([]);
    expect(found).toEqual(await cluster.store.get(endpoint()));
    expect(found?.metadata).toMatchObject({ name: ENDPOINT, uid: metadata.uid, namespace: OURS });
    expect<unknown>(found?.spec).toEqual({
      orchestrator: 'k8s',
      node: NODE,
      pod: 'web-0',
      endpoint: 'eth0',
      ipNetworks: ['10.244.1.5/32', 'fd00::5/128'],
      profiles: [`kns.${OURS}`],
      interfaceName: found!.spec['interfaceName'],
      ports: [{ name: 'http', protocol: 'TCP', port: 80, hostPort: 0, hostIP: '' }],
      qosControls: { egressBandwidth: 10_000_000, egressBurst: 4_294_967_296 },
    });
    const onNode = { kind: WorkloadEndpoint, namePrefix: 'core--objects--worker-k8s-' };
    expect((await cluster.listed(onNode)).map(({ metadata: { name } }) => name)).toEqual([ENDPOINT]);
  });

  test('lose their addresses by being deleted, and nothing else', async () => {
    await putPod();
    const before = await cluster.core.get('pods', 'web-0');
    const deleted = await cluster.store.delete(endpoint());
    expect(deleted.spec['ipNetworks']).toEqual(['10.244.1.5/32', 'fd00::5/128']);
    const after = await cluster.core.get('pods', 'web-0');
    expect(after.metadata.annotations).toEqual({
      'cni.projectcalico.org/podIP': '',
      'cni.projectcalico.org/podIPs': '',
      'qos.projectcalico.org/egressBandwidth': '10M',
    });
    expect([after['spec'], after.metadata.labels, after.metadata['deletionTimestamp']]).toEqual([
      before['spec'],
      before.metadata.labels,
      undefined,
    ]);
    expect((await cluster.store.get(endpoint())).spec['ipNetworks']).toBeUndefined();
  });

  test('are deleted at a version only while they are at it', async () => {
    await putPod();
    const { metadata } = await cluster.store.get(endpoint());
    await cluster.core.change('pods', 'web-0', (pod) => ({
      ...pod,
      metadata: { ...pod.metadata, labels: { app: 'other' } },
    }));
    await expect(cluster.store.delete(endpoint(), metadata.resourceVersion!)).rejects.toMatchObject({
      errorClass: 'conflict',
    });
    expect((await cluster.store.get(endpoint())).spec['ipNetworks']).toBeDefined();
  });

  test('are not taken for those of a pod that came after', async () => {
    const { metadata } = await putPod();
    const patch = { metadata: { uid: '00000000-0000-4000-8000-000000000000', annotations: { a: 'b' } } };
    const target = cluster.core.target('pods', 'web-0');
    const replaced = cluster.server.api.patch(target, patch, 'strategic-merge', 'status');
    const error = await replaced.catch((thrown: unknown) => thrown);
    const api = { ...cluster.server.api, patch: () => Promise.reject(error) };
    await expect(workloadEndpoints(api, WorkloadEndpoint).delete(endpoint())).rejects.toMatchObject({
      errorClass: 'not-found',
      message: expect.stringContaining('its pod was replaced by another one meanwhile'),
    });
    expect((await cluster.core.get('pods', 'web-0')).metadata.uid).toBe(metadata.uid!);
  });

  test('are watched', async () => {
    const query = { kind: WorkloadEndpoint, namespace: OURS };
    const found = await cluster.changes(query, 2, async () => {
      await putPod();
      await cluster.store.delete(endpoint());
    });
    expect(found.map(({ type, resource }) => [type, resource.spec['ipNetworks']])).toEqual([
      ['added', ['10.244.1.5/32', 'fd00::5/128']],
      ['modified', undefined],
    ]);
  });
});
