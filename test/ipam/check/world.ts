/** A cluster with one of everything that `ipam check` looks for. */

const TIME = '2026-05-04 10:00:00 +0000 UTC';
/** 2026-05-04T10:00:00Z in nanoseconds, beyond 2^53. */
const SEQUENCE = 1_777_888_800_000_000_000n;

export interface Owned {
  readonly handle_id?: string;
  readonly secondary?: Readonly<Record<string, string>>;
  readonly releasedAt?: string;
}

export const pod = (name: string, node: string): Owned => ({
  handle_id: `k8s-pod-network.${name}`,
  secondary: { namespace: 'shop', pod: name, node, timestamp: TIME },
});

export const tunnel = (type: string, node: string): Owned => ({
  handle_id: `${type}-tunnel-addr-${node}`,
  secondary: { node, type: `${type}TunnelAddress` },
});

export const WINDOWS: Owned = {
  handle_id: 'windows-reserved-ipam-handle',
  secondary: { note: 'windows host rsvd' },
};

/** The spec of a block of some addresses that are taken. */
export function block(
  cidr: string,
  affinity: string | undefined,
  size: number,
  taken: Readonly<Record<number, Owned>>,
): Record<string, unknown> {
  const ordinals = Array.from({ length: size }, (_, ordinal) => ordinal);
  const owners = [...new Set(Object.values(taken))];
  return {
    cidr,
    ...(affinity === undefined ? {} : { affinity }),
    allocations: ordinals.map((ordinal) =>
      taken[ordinal] === undefined ? null : owners.indexOf(taken[ordinal]),
    ),
    unallocated: ordinals.filter((ordinal) => taken[ordinal] === undefined),
    attributes: owners,
    sequenceNumber: SEQUENCE + 64n,
    sequenceNumberForAllocation: Object.fromEntries(
      Object.keys(taken).map((ordinal) => [ordinal, SEQUENCE + BigInt(ordinal)]),
    ),
    deleted: false,
    strictAffinity: false,
  };
}

export type Put = (kind: string, name: string, spec: object) => unknown;
export type MakeNode = (name: string, tunnels: Readonly<Record<string, string>>) => unknown;
export type MakeEndpoint = (pod: string, node: string, address: string) => unknown;

const TWICE = {
  ...block('10.0.0.24/29', 'host:n2', 8, { 0: pod('db', 'n2') }),
  unallocated: [1, 1, 2, 3, 4, 5, 6, 7],
};

const BLOCKS: readonly Record<string, unknown>[] = [
  block('10.0.0.0/29', 'host:n1', 8, {
    0: pod('web-0', 'n1'),
    1: pod('gone', 'n1'),
    2: tunnel('vxlan', 'n1'),
    3: { releasedAt: '2026-05-04T11:00:00Z' },
    4: pod('guest', 'n2'),
  }),
  block('10.0.0.8/29', 'host:win', 8, { 0: WINDOWS, 7: WINDOWS }),
  block('10.0.0.16/29', undefined, 8, { 1: pod('cart', 'n2') }),
  TWICE,
  block('fd00::/125', 'host:n1', 8, { 1: tunnel('vxlanV6', 'n1') }),
];

const HANDLES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'k8s-pod-network.web-0': { '10.0.0.0/29': 1 },
  'k8s-pod-network.gone': { '10.0.0.0/29': 1 },
  'vxlan-tunnel-addr-n1': { '10.0.0.0/29': 1 },
  'vxlanV6-tunnel-addr-n1': { 'fd00::/125': 1 },
  'k8s-pod-network.guest': { '10.0.0.0/29': 1 },
  'k8s-pod-network.db': { '10.0.0.24/29': 1 },
  stale: { '10.0.0.0/29': 1 },
};

/** Writes the cluster; whoever does knows how nodes and endpoints are made. */
export async function makeWorld(put: Put, node: MakeNode, endpoint: MakeEndpoint): Promise<void> {
  await put('ClusterInformation', 'default', {
    clusterGUID: 'guid',
    clusterType: 'test',
    // Nothing has to be waited for.
    datastoreReady: false,
  });
  await put('KubeControllersConfiguration', 'default', { controllers: { node: {} } });
  await put('IPPool', 'pods', { cidr: '10.0.0.0/24', blockSize: 29 });
  await put('IPPool', 'off', { cidr: '10.1.0.0/24', blockSize: 29, disabled: true });
  await put('IPPool', 'six', { cidr: 'fd00::/120', blockSize: 125 });
  for (const spec of BLOCKS) await put('IPAMBlock', String(spec['cidr']), spec);
  for (const [handleID, counts] of Object.entries(HANDLES))
    await put('IPAMHandle', handleID, { handleID, block: counts, deleted: false });
  await node('n1', { vxlan: '10.0.0.2', vxlanV6: 'fd00::1' });
  await node('n2', {});
  await node('win', {});
  await endpoint('web-0', 'n1', '10.0.0.0');
  await endpoint('guest', 'n2', '10.0.0.4');
  await endpoint('twin', 'n2', '10.0.0.4');
  await endpoint('cart', 'n2', '10.0.0.17');
  await endpoint('db', 'n2', '10.0.0.24');
  await endpoint('stranger', 'n2', '10.0.0.33');
  await endpoint('outsider', 'n2', '10.1.0.9');
}

const twice = (text: string) => text.replaceAll('-', '--');

/** Name and spec of the endpoint of a pod in namespace `shop`. */
export function endpointOf(name: string, node: string, address: string): readonly [string, object] {
  return [
    `${twice(node)}-k8s-${twice(name)}-eth0`,
    { orchestrator: 'k8s', node, pod: name, endpoint: 'eth0', ipNetworks: [`${address}/32`] },
  ];
}

/** What `ipam check --show-problem-ips` prints of it, in the reference's words. */
export const WORLD_TEXT = `Checking IPAM for inconsistencies...

Loading all IPAM blocks...
Found 5 IPAM blocks.
 IPAM block 10.0.0.0/29 affinity=host:n1:
 IPAM block 10.0.0.16/29 affinity=<none>:
 IPAM block 10.0.0.24/29 affinity=host:n2:
 IPAM block 10.0.0.8/29 affinity=host:win:
 IPAM block fd00::/125 affinity=host:n1:
IPAM blocks record 10 allocations.

Loading all IPAM pools...
  10.0.0.0/24
  fd00::/120
Found 2 active IP pools.

Loading all nodes.
Found 2 node tunnel IPs.

Loading all service load balancer IPs.
No configuration for LoadBalancer kubecontroller found, skipping service check

Loading all workload endpoints.
Found 7 workload IPs.
Workloads and nodes are using 10 IPs.

Loading all handles
Looking for top (up to 20) nodes by allocations...
  n1 has 5 allocations
  n2 has 3 allocations
  win has 2 allocations
Node with most allocations has 5; median is 3

Scanning for IPs that are allocated but not actually in use...
  10.0.0.1 leaked; attrs Main:k8s-pod-network.gone Extra:namespace=shop,node=n1,pod=gone,timestamp=${TIME}
Found 1 IPs that are allocated in IPAM but not actually in use.
Scanning for IPs that are in use by a workload or node but not allocated in IPAM...
  10.0.0.4 has multiple owners.
  10.1.0.9 in use by Workload(shop/n2-k8s-outsider-eth0) is not in any active IP pool.
  10.0.0.33 in use by Workload(shop/n2-k8s-stranger-eth0) and in active IP pool but has no IPAM allocation.
Found 1 in-use IPs that are not in active IP pools.
Found 1 in-use IPs that are in active IP pools but have no corresponding IPAM allocation.

Scanning for IPAM handles with no matching IPs...
Found 1 handles with no matching IPs (and 6 handles with matches).
Scanning for IPs with missing handle...
  k8s-pod-network.cart is in use in a block but doesn't exist.
Found 1 handles mentioned in blocks with no matching handle resource.
Validating IPAMBlock structures...
  IPAMBlock BlockKey(cidr=10.0.0.24/29) is invalid: ordinal 1 appears more than once in Unallocated array
Found 1 invalid IPAMBlocks.
Check complete; found 5 problems.
`;

/** Lines in any order. */
export function lines(text: string): readonly string[] {
  return text.split('\n').sort();
}
