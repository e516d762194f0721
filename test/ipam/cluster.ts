import { type OpenStore, put } from '../operations/stores.ts';

/** A small cluster with something of everything that addresses can be, the same on every datastore. */

const TIME = '2026-05-04 10:00:00 +0000 UTC';
/** 2026-05-04T10:00:00Z in nanoseconds, as a block made then begins to count; beyond 2^53. */
export const SEQUENCE = 1_777_888_800_000_000_000n;

interface Owned {
  readonly handle_id?: string;
  readonly secondary?: Readonly<Record<string, string>>;
  readonly alternateOwnerAttrs?: Readonly<Record<string, string>>;
  readonly releasedAt?: string;
}

const pod = (namespace: string, name: string, node: string): Owned => ({
  handle_id: `k8s-pod-network.${name}`,
  secondary: { namespace, pod: name, node, timestamp: TIME },
});

function block(
  cidr: string,
  affinity: string | undefined,
  size: number,
  taken: Readonly<Record<number, Owned>>,
) {
  const ordinals = Array.from({ length: size }, (_, ordinal) => ordinal);
  const owners = Object.values(taken);
  return {
    cidr,
    ...(affinity === undefined ? {} : { affinity, affinityClaimTime: '2026-05-04T10:00:00Z' }),
    allocations: ordinals.map((ordinal) =>
      taken[ordinal] === undefined ? null : owners.indexOf(taken[ordinal]),
    ),
    unallocated: ordinals.filter((ordinal) => taken[ordinal] === undefined),
    attributes: owners,
    sequenceNumber: SEQUENCE + 9n,
    sequenceNumberForAllocation: Object.fromEntries(
      Object.keys(taken).map((ordinal) => [ordinal, SEQUENCE + BigInt(ordinal)]),
    ),
    deleted: false,
    strictAffinity: false,
  };
}

const BLOCKS = [
  block('10.0.0.0/29', 'host:worker-1', 8, {
    0: pod('shop', 'web-0', 'worker-1'),
    3: pod('shop', 'web-1', 'worker-2'),
    4: {
      handle_id: 'vxlan-tunnel-addr-worker-1',
      secondary: { node: 'worker-1', type: 'vxlanTunnelAddress' },
    },
    5: { releasedAt: '2026-05-04T11:00:00Z' },
  }),
  block('10.0.0.8/29', 'host:worker-2', 8, { 1: pod('shop', 'gone', 'worker-2') }),
  block('10.0.0.16/29', 'virtual:load-balancer', 8, {
    2: { handle_id: 'lb-1', secondary: { service: 'web', namespace: 'shop', type: 'LoadBalancer' } },
  }),
  block('10.9.0.0/30', undefined, 4, { 1: {} }),
  block('fd00::1:0/125', 'host:worker-1', 8, {
    1: {
      handle_id: 'vm',
      secondary: { namespace: 'lab', node: 'worker-2', 'vmi-name': 'db', pod: 'virt-launcher-db' },
      alternateOwnerAttrs: { node: 'worker-3' },
    },
  }),
  block('fd00::10:0/125', 'host:worker-1', 8, {}),
  block('fd09::/126', 'host:worker-1', 4, { 0: pod('shop', 'old', 'worker-1') }),
];

const POOLS = [
  ['a-off', { cidr: '10.0.0.16/28', blockSize: 29, disabled: true }],
  ['pods', { cidr: '10.0.0.0/26', blockSize: 29 }],
  ['six', { cidr: 'fd00::/64', blockSize: 125 }],
] as const;

const HANDLES = [
  ['k8s-pod-network.web-0', { '10.0.0.0/29': 1 }],
  ['k8s-pod-network.web-1', { '10.0.0.0/29': 1 }],
  ['vm', { 'fd00::1:0/125': 1 }],
] as const;

/** Writes the cluster into an empty datastore. */
export async function populate({ store, node, post }: OpenStore): Promise<void> {
  for (const [name, spec] of POOLS) await put(store, 'IPPool', name, { ...spec, nodeSelector: 'all()' });
  const reserved = ['10.0.0.0/31', '10.0.0.1/32', '10.0.0.56/29', '192.0.2.0/24', 'fd00::/80'];
  await put(store, 'IPReservation', 'kept', { reservedCIDRs: reserved });
  for (const spec of BLOCKS) await put(store, 'IPAMBlock', spec.cidr, spec);
  for (const [handleID, counts] of HANDLES)
    await put(store, 'IPAMHandle', handleID, { handleID, block: counts, deleted: false });
  await node('worker-1');
  const endpoint = post === undefined ? endpointIn(store) : podIn(post);
  await post?.('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  await endpoint('web-0', 'worker-1', '10.0.0.0');
  await endpoint('web-1', 'worker-2', '10.0.0.3');
  await endpoint('stranger', 'worker-2', '10.0.0.12');
}

/** Makes the endpoint of a pod in namespace `shop`. */
type MakeEndpoint = (pod: string, node: string, address: string) => Promise<unknown>;

function endpointIn(store: OpenStore['store']): MakeEndpoint {
  return (name, node, address) => {
    const spec = {
      ...{ orchestrator: 'k8s', node, pod: name, endpoint: 'eth0', ipNetworks: [`${address}/32`] },
      ...{ interfaceName: `cali${name}`, containerID: `id-${name}` },
    };
    const twice = (text: string) => text.replaceAll('-', '--');
    return put(store, 'WorkloadEndpoint', `${twice(node)}-k8s-${twice(name)}-eth0`, spec, 'shop');
  };
}

function podIn(post: NonNullable<OpenStore['post']>): MakeEndpoint {
  return (name, nodeName, address) => {
    const annotations = { 'cni.projectcalico.org/podIP': `${address}/32` };
    const spec = { nodeName, containers: [{ name: 'main', image: 'none' }] };
    return post('/api/v1/namespaces/shop/pods', {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, annotations }, spec },
    });
  };
}
