import { describe, expect, test } from 'bun:test';
import { CalicoctlError } from '../../../../src/core/errors.ts';
import { nodes } from '../../../../src/datastore/kubernetes/objects/nodes.ts';
import type { Ref, Resource } from '../../../../src/resources/kind.ts';
import { kindOf } from '../../../../src/resources/registry.ts';
import { all, kubeObject, type MemoryApi, memoryApi } from './kube.ts';

const kind = await kindOf('Node');
const ref = (name: string): Ref => ({ kind, name });
const calico = (annotations: Record<string, string>) =>
  Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`projectcalico.org/${key}`, value]));

async function shown(
  annotations: Record<string, string>,
  fields: Record<string, unknown> = {},
  usePodCidr = false,
): Promise<Resource> {
  const node = kubeObject({ name: 'worker', annotations: calico(annotations) }, fields);
  return nodes(memoryApi({ nodes: [node] }), kind, { usePodCidr }).get(ref('worker'));
}

const ORCH_REFS = [{ nodeName: 'worker', orchestrator: 'k8s' }];

describe('what is shown of a Kubernetes node', () => {
  test('every annotation in its field', async () => {
    const { spec, status } = await shown({
      IPv4Address: '192.0.2.1/24',
      IPv6Address: '2001:db8::1/64',
      ASNumber: '1.10',
      RouteReflectorClusterID: '244.0.0.1',
      IPv4IPIPTunnelAddr: '10.0.0.1',
      IPv4VXLANTunnelAddr: '10.0.0.2',
      VXLANTunnelMACAddr: '66:4b:1c:00:00:01',
      IPv6VXLANTunnelAddr: 'fd00::1',
      VXLANTunnelMACAddrV6: '66:4b:1c:00:00:02',
      IPv4WireguardInterfaceAddr: '10.0.0.3',
      IPv6WireguardInterfaceAddr: 'fd00::2',
      WireguardPublicKey: 'any text',
      WireguardPublicKeyV6: 'other text',
      Interfaces: '[{"name":"eth0","mtu":1500,"addresses":["192.0.2.1","nonsense"]},{"name":"lo"}]',
    });
    expect(spec).toEqual({
      bgp: {
        asNumber: 65546,
        ipv4Address: '192.0.2.1/24',
        ipv6Address: '2001:db8::1/64',
        ipv4IPIPTunnelAddr: '10.0.0.1',
        routeReflectorClusterID: '244.0.0.1',
      },
      ipv4VXLANTunnelAddr: '10.0.0.2',
      vxlanTunnelMACAddr: '66:4b:1c:00:00:01',
      ipv6VXLANTunnelAddr: 'fd00::1',
      vxlanTunnelMACAddrV6: '66:4b:1c:00:00:02',
      orchRefs: ORCH_REFS,
      wireguard: { interfaceIPv4Address: '10.0.0.3', interfaceIPv6Address: 'fd00::2' },
      addresses: [
        { address: '192.0.2.1/24', type: 'CalicoNodeIP' },
        { address: '2001:db8::1/64', type: 'CalicoNodeIP' },
      ],
      interfaces: [{ name: 'eth0', addresses: ['192.0.2.1'], mtu: 1500 }, { name: 'lo' }],
    });
    expect(status).toEqual({ wireguardPublicKey: 'any text', wireguardPublicKeyV6: 'other text' });
  });

  test('nothing of annotations that have not the form of their field', async () => {
    const { spec, status } = await shown({
      IPv4Address: '2001:db8::1/64',
      IPv6Address: '192.0.2.1',
      ASNumber: '4294967296',
      RouteReflectorClusterID: 'x',
      IPv4IPIPTunnelAddr: '10.0.0.1/24',
      IPv4VXLANTunnelAddr: 'fd00::1',
      VXLANTunnelMACAddr: '66:4b',
      IPv6VXLANTunnelAddr: '10.0.0.1',
      IPv4WireguardInterfaceAddr: '',
      Interfaces: '{"name":"eth0"}',
    });
    expect(spec).toEqual({ orchRefs: ORCH_REFS });
    expect(status).toEqual({});
  });

  test('a network without host bits where an address may be one', async () => {
    expect((await shown({ IPv4VXLANTunnelAddr: '10.0.0.0/24' })).spec['ipv4VXLANTunnelAddr']).toBe(
      '10.0.0.0/24',
    );
  });

  test('its own addresses and pod networks', async () => {
    const addresses = [
      { type: 'Hostname', address: 'worker' },
      { type: 'ExternalIP', address: '198.51.100.1' },
      { type: 'InternalIP', address: '192.0.2.1' },
    ];
    const { spec, status } = await shown(
      {},
      { spec: { podCIDRs: ['10.1.0.0/24', 'fd00::/80'] }, status: { addresses } },
    );
    expect(spec['addresses']).toEqual([
      { address: '198.51.100.1', type: 'ExternalIP' },
      { address: '192.0.2.1', type: 'InternalIP' },
    ]);
    expect(status).toEqual({ podCIDRs: ['10.1.0.0/24', 'fd00::/80'] });
  });

  test('labels of Kubernetes over those of Calico, and a note of which those are', async () => {
    const node = kubeObject({
      name: 'worker',
      labels: { zone: 'b', rack: 'r1' },
      annotations: calico({
        labels: '{"rack":"mine","route-reflector":"true"}',
        annotations: '{"example.com/note":"x"}',
      }),
    });
    const { metadata } = await nodes(memoryApi({ nodes: [node] }), kind, { usePodCidr: false }).get(
      ref('worker'),
    );
    expect(metadata).toEqual({
      name: 'worker',
      uid: '2413a255-9d47-42e7-8f37-0b70fa7c8728',
      resourceVersion: '7',
      creationTimestamp: '2026-01-31T12:00:00Z',
      labels: { rack: 'r1', 'route-reflector': 'true', zone: 'b' },
      annotations: {
        'example.com/note': 'x',
        'projectcalico.org/kube-labels': '{"rack":"r1","zone":"b"}',
      },
    });
    expect((await shown({ labels: 'no JSON' })).metadata.annotations).toEqual({
      'projectcalico.org/kube-labels': 'null',
    });
  });

  test('tunnels by the pod network where that is how addresses are given out', async () => {
    const annotations = { IPv4IPIPTunnelAddr: '10.9.9.9', IPv6WireguardInterfaceAddr: 'fd00::2' };
    const fields = { spec: { podCIDR: '10.1.0.0/24' } };
    expect((await shown(annotations, fields, true)).spec).toEqual({
      bgp: { ipv4IPIPTunnelAddr: '10.1.0.1' },
      orchRefs: ORCH_REFS,
    });
    expect(
      (await shown({ ...annotations, WireguardPublicKey: 'k' }, fields, true)).spec['wireguard'],
    ).toEqual({
      interfaceIPv4Address: '10.1.0.1',
    });
    expect((await shown(annotations, { spec: { podCIDR: 'fd00::/80' } }, true)).spec).toEqual({
      orchRefs: ORCH_REFS,
    });
    expect((await shown(annotations, {}, true)).spec['bgp']).toEqual({ ipv4IPIPTunnelAddr: '10.9.9.9' });
    // Kubernetes takes pod networks with host bits, and only warns.
    expect((await shown({}, { spec: { podCIDR: '10.1.0.5/24' } }, true)).spec['bgp']).toEqual({
      ipv4IPIPTunnelAddr: '10.1.0.1',
    });
  });
});

const OTHERS = { 'example.com/owner': 'net-team', 'projectcalico.org/unknown': 'kept' };

function oneNode(annotations: Record<string, string> = {}): MemoryApi {
  return memoryApi({
    nodes: [
      kubeObject(
        {
          name: 'worker',
          labels: { rack: 'r1' },
          annotations: { ...OTHERS, ...calico(annotations) },
          finalizers: ['example.com/f'],
        },
        { spec: { unschedulable: true }, status: { phase: 'x' } },
      ),
    ],
  });
}

const backing = (api: MemoryApi, usePodCidr = false) => nodes(api, kind, { usePodCidr });
const annotationsIn = (api: MemoryApi) => {
  const { annotations = {} } = api.find('nodes', 'worker')!.metadata;
  const { 'example.com/owner': owner, 'projectcalico.org/unknown': unknown, ...rest } = annotations;
  expect({ owner, unknown }).toEqual({ owner: 'net-team', unknown: 'kept' });
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key.replace('projectcalico.org/', ''), value]),
  );
};

describe('writing a node', () => {
  test('changes annotations by way of the status, and nothing else', async () => {
    const api = oneNode({ IPv4Address: '192.0.2.1/24', ASNumber: '65001' });
    const store = backing(api);
    const read = await store.get(ref('worker'));
    const spec = { bgp: { ipv4Address: '192.0.2.9/24', asNumber: 65002 }, interfaces: [{ name: 'eth0' }] };
    const written = await store.update(ref('worker'), { ...read, spec });
    expect(api.asked).toEqual(['get nodes worker', 'get nodes worker', 'replace nodes/status worker']);
    expect(annotationsIn(api)).toEqual({
      IPv4Address: '192.0.2.9/24',
      ASNumber: '65002',
      Interfaces: '[{"name":"eth0"}]',
    });
    const { metadata, ...rest } = api.find('nodes', 'worker')!;
    expect(rest).toEqual({ spec: { unschedulable: true }, status: { phase: 'x' } });
    expect(metadata['finalizers']).toEqual(['example.com/f']);
    expect(written.metadata.resourceVersion).toBe('101');
  });

  test('takes away annotations of fields that are gone, and leaves those it cannot read', async () => {
    const api = oneNode({
      IPv4Address: '192.0.2.1/24',
      IPv6Address: 'not yet known',
      WireguardPublicKey: 'k',
    });
    const store = backing(api);
    const { status: _, ...read } = await store.get(ref('worker'));
    await store.update(ref('worker'), { ...read, spec: {} });
    expect(annotationsIn(api)).toEqual({ IPv6Address: 'not yet known' });
  });

  test('leaves what it does not change as it is written', async () => {
    const before = { ASNumber: '1.10', Interfaces: '[ {"name":"eth0", "mtu": 1500, "addresses":["bad"]} ]' };
    const api = oneNode(before);
    const store = backing(api);
    const read = await store.get(ref('worker'));
    const labels = { ...read.metadata.labels, mine: 'x' };
    await store.update(ref('worker'), { ...read, metadata: { ...read.metadata, labels } });
    expect(annotationsIn(api)).toEqual({ ...before, labels: '{"mine":"x"}' });
  });

  test('does not store tunnel addresses that follow from the pod network', async () => {
    const api = memoryApi({
      nodes: [kubeObject({ name: 'worker', annotations: OTHERS }, { spec: { podCIDR: '10.1.0.0/24' } })],
    });
    const store = backing(api, true);
    await store.update(ref('worker'), await store.get(ref('worker')));
    expect(annotationsIn(api)).toEqual({});
  });

  test('keeps own labels and annotations apart from those of Kubernetes', async () => {
    const api = oneNode({ labels: '{"old":"1"}' });
    const store = backing(api);
    const read = await store.get(ref('worker'));
    const labels = { rack: 'r1', b: '2', a: '1' };
    const annotations = { ...read.metadata.annotations, 'example.com/note': 'n' };
    const metadata = { ...read.metadata, labels, annotations };
    const written = await store.update(ref('worker'), { ...read, metadata });
    expect(annotationsIn(api)).toEqual({
      labels: '{"a":"1","b":"2"}',
      annotations: '{"example.com/note":"n"}',
    });
    expect(written.metadata.labels).toEqual({ a: '1', b: '2', rack: 'r1' });
    const { labels: __, ...bare } = written.metadata;
    await store.update(ref('worker'), {
      ...written,
      metadata: { ...bare, labels: { rack: 'r1' }, annotations: {} },
    });
    expect(annotationsIn(api)).toEqual({ labels: '{"rack":"r1"}' });
  });

  test.each([
    ['changed', { rack: 'r9' }, 'kubectl label node worker rack=r9 --overwrite'],
    ['removed', {}, 'kubectl label node worker rack-'],
  ])('refuses a label of Kubernetes that was %s', async (deed, labels, command) => {
    const api = oneNode();
    const store = backing(api);
    const read = await store.get(ref('worker'));
    const update = store.update(ref('worker'), { ...read, metadata: { ...read.metadata, labels } });
    const error = await update.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CalicoctlError);
    const { errorClass, message, details } = error as CalicoctlError;
    expect([errorClass, message, details.hint]).toEqual([
      'not-supported',
      `Node(worker): the label rack is one of the Kubernetes node and cannot be ${deed} here`,
      `Use \`${command}\`.`,
    ]);
    expect(annotationsIn(api)).toEqual({});
  });

  test('goes on where only Kubernetes changed the node, also in the midst of it', async () => {
    const api = oneNode({ IPv4Address: '192.0.2.1/24' });
    const store = backing(api);
    const read = await store.get(ref('worker'));
    const heartbeat = () => {
      const node = api.find('nodes', 'worker')!;
      return api.put('nodes', { ...node, status: { phase: 'beat' } });
    };
    heartbeat();
    let beats = 2;
    api.beforeWrite = () => {
      if (beats-- > 0) heartbeat();
    };
    await store.update(ref('worker'), { ...read, spec: { bgp: { ipv4Address: '192.0.2.2/24' } } });
    expect(annotationsIn(api)).toEqual({ IPv4Address: '192.0.2.2/24' });
    expect(api.find('nodes', 'worker')!['status']).toEqual({ phase: 'beat' });
  });

  test.each<[string, (node: Resource['metadata']) => Resource['metadata']]>([
    [
      'its annotations',
      (node) => ({ ...node, annotations: { ...node.annotations, ...calico({ ASNumber: '1' }) } }),
    ],
    ['its labels', (node) => ({ ...node, labels: { rack: 'r2' } })],
    ['the node itself', (node) => ({ ...node, uid: '00000000-0000-4000-8000-000000000000' })],
  ])('is a conflict where somebody changed %s', async (_, change) => {
    const api = oneNode();
    const store = backing(api);
    const read = await store.get(ref('worker'));
    const node = api.find('nodes', 'worker')!;
    api.put('nodes', { ...node, metadata: change(node.metadata) });
    await expect(store.update(ref('worker'), { ...read, spec: {} })).rejects.toMatchObject({
      errorClass: 'conflict',
      message: 'update conflict: Node(worker) was changed since it was read (it is at version 101 now)',
    });
  });

  test('is a conflict at a version that was never shown', async () => {
    const store = backing(oneNode());
    const read = await store.get(ref('worker'));
    const metadata = { ...read.metadata, resourceVersion: '3' };
    await expect(store.update(ref('worker'), { ...read, metadata })).rejects.toMatchObject({
      errorClass: 'conflict',
    });
  });

  test('is done where only the answer was lost', async () => {
    const api = oneNode();
    const store = backing(api);
    const read = await store.get(ref('worker'));
    const replace = api.replace;
    api.replace = async (...call) => {
      await replace(...call);
      throw new CalicoctlError('unavailable', 'the connection broke', { mayBeDone: true });
    };
    const written = await store.update(ref('worker'), { ...read, spec: { bgp: { asNumber: 5 } } });
    expect(written.spec['bgp']).toEqual({ asNumber: 5 });
    api.replace = async () => {
      throw new CalicoctlError('unavailable', 'the connection broke', { mayBeDone: true });
    };
    await expect(store.update(ref('worker'), { ...written, spec: {} })).rejects.toThrow(
      'the connection broke',
    );
  });
});

describe('nodes', () => {
  const three = () => memoryApi({ nodes: ['b', 'a', 'ab'].map((name) => kubeObject({ name })) });

  test('are listed a page at a time, those asked for', async () => {
    const pages = await all(backing(three()).list({ kind, namePrefix: 'a' }));
    expect(pages.map(({ items, version }) => [items.map(({ metadata }) => metadata.name), version])).toEqual([
      [['a', 'ab'], '100'],
      [[], '100'],
    ]);
  });

  test('are watched', async () => {
    const api = three();
    for (const [type, name, version] of [
      ['ADDED', 'a', '1'],
      ['BOOKMARK', 'a', '2'],
      ['MODIFIED', 'b', '3'],
      ['MODIFIED', 'ab', '4'],
      ['DELETED', 'a', '5'],
    ] as const)
      api.events.push({ type, object: kubeObject({ name }, {}, version) });
    const changes = await all(backing(api).watch({ kind, namePrefix: 'a' }, '1'));
    expect(changes.map(({ type, resource, version }) => [type, resource.metadata.name, version])).toEqual([
      ['added', 'a', '1'],
      ['modified', 'ab', '4'],
      ['deleted', 'a', '5'],
    ]);
  });

  test('are neither made nor removed', async () => {
    const store = backing(three());
    const node = await store.get(ref('a'));
    await expect(store.create(ref('new'), node)).rejects.toMatchObject({
      errorClass: 'not-supported',
      message:
        'operation create is not supported on Node(new): nodes of the kubernetes datastore come from Kubernetes',
    });
    await expect(store.delete(ref('a'))).rejects.toMatchObject({
      errorClass: 'not-supported',
      details: { resource: 'Node(a)', hint: 'Use `kubectl delete node a`.' },
    });
    await expect(store.delete(ref('nosuch'))).rejects.toMatchObject({ errorClass: 'not-found' });
  });
});
