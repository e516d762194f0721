import type { JsonObject } from '../../src/core/json.ts';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { withIdentity } from '../../src/operations/identity.ts';
import { writtenForm } from '../../src/operations/write.ts';
import { API_VERSION, type Resource, refOf } from '../../src/resources/kind.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { blockSpec } from '../operations/stores.ts';

/** A whole Calico cluster of any size: every kind that moves between datastores, and address management that adds up. */

export interface Population {
  readonly resources: readonly Resource[];
  /** What Calico calls nodes, and what Kubernetes does. */
  readonly nodes: readonly { readonly name: string; readonly kubernetes: string }[];
  readonly namespaces: readonly string[];
}

/** Of one thousand objects so many are of each kind; network policies are the rest. */
const SHARE = {
  Tier: 3,
  IPPool: 5,
  IPReservation: 5,
  BGPFilter: 5,
  BGPPeer: 20,
  Node: 20,
  HostEndpoint: 20,
  GlobalNetworkSet: 20,
  NetworkSet: 60,
  GlobalNetworkPolicy: 60,
  StagedGlobalNetworkPolicy: 20,
  StagedNetworkPolicy: 30,
  StagedKubernetesNetworkPolicy: 30,
  BGPConfiguration: 10,
  FelixConfiguration: 10,
  IPAMBlock: 35,
} as const;
type Kind = keyof typeof SHARE | 'NetworkPolicy';

/** Addresses that are taken in each block. */
const TAKEN = 14;

/** So many resources, give or take a few. `renamed`: Kubernetes has other names for the nodes. */
export function population(
  size: number,
  { renamed = false }: { readonly renamed?: boolean } = {},
): Population {
  const amount = (kind: keyof typeof SHARE) => Math.max(1, Math.round((SHARE[kind] * size) / 1000));
  const namespaces = Array.from({ length: Math.max(2, Math.round(size / 120)) }, (_, i) => `team-${i}`);
  const nodes = Array.from({ length: amount('Node') }, (_, i) => {
    const name = `node-${String(i).padStart(3, '0')}`;
    return { name, kubernetes: renamed ? `${name}.k8s` : name };
  });
  const world: World = { namespaces, nodes, tiers: amount('Tier') };
  const made: Resource[] = [];
  for (const kind of Object.keys(SHARE) as (keyof typeof SHARE)[]) {
    if (kind === 'IPAMBlock') continue;
    for (let index = 0; index < amount(kind); index++) made.push(MAKERS[kind](index, world));
  }
  made.push(resource('KubeControllersConfiguration', 'default', { controllers: { node: {} } }));
  for (let index = 0; index < amount('IPAMBlock'); index++) made.push(...addresses(index, world));
  made.push(resource('IPAMConfig', 'default', { strictAffinity: false, autoAllocateBlocks: true }));
  for (let index = 0; made.length < size; index++) made.push(MAKERS.NetworkPolicy(index, world));
  return { resources: made, nodes, namespaces };
}

interface World {
  readonly namespaces: readonly string[];
  readonly nodes: Population['nodes'];
  readonly tiers: number;
}

function resource(kind: string, name: string, spec: JsonObject, more: object = {}): Resource {
  return { apiVersion: API_VERSION, kind, metadata: { name, ...more }, spec };
}

function at<T>(items: readonly T[], index: number): T {
  return items[index % items.length]!;
}

/** A rule for each of so many ports; selectors, nets and ports of every form. */
function rules(index: number, count: number): JsonObject[] {
  return Array.from({ length: count }, (_, rule) => ({
    action: rule % 5 === 4 ? 'Deny' : 'Allow',
    protocol: rule % 2 === 0 ? 'TCP' : 'UDP',
    source: {
      selector: `app == 'web-${rule}' && tier in {'front', 'back-${index}'}`,
      nets: [`10.${rule}.0.0/16`, `192.168.${index % 256}.0/24`],
    },
    destination: { ports: [80 + rule, `${8000 + rule}:${8100 + rule}`], notPorts: [8050 + rule] },
  }));
}

const labels = (index: number) => ({
  labels: { stage: index % 2 === 0 ? 'prod' : 'test', number: `n${index}` },
  annotations: { note: `<object ${index}> & "its" note` },
});

const policy = (index: number, { tiers }: World) => ({
  tier: index % 3 === 0 ? `tier-${index % tiers}` : 'default',
  order: 100 + index,
  selector: `app == 'server-${index}'`,
  types: index % 4 === 0 ? ['Ingress', 'Egress'] : ['Ingress'],
  // A few are long.
  ingress: rules(index, index % 60 === 0 ? 80 : 1),
  ...(index % 4 === 0 ? { egress: rules(index, 1) } : {}),
});

const tiered = (index: number, { tiers }: World, word: string) =>
  index % 3 === 0 ? `tier-${index % tiers}.${word}-${index}` : `${word}-${index}`;

type Maker = (index: number, world: World) => Resource;

const MAKERS: Readonly<Record<Exclude<Kind, 'IPAMBlock'>, Maker>> = {
  Tier: (i) => resource('Tier', `tier-${i}`, { order: 200 + i, defaultAction: 'Deny' }, labels(i)),
  IPPool: (i) =>
    resource('IPPool', `pool-${i}`, {
      cidr: `10.${i}.0.0/16`,
      blockSize: 26,
      ipipMode: 'Never',
      vxlanMode: 'CrossSubnet',
      natOutgoing: true,
      nodeSelector: 'all()',
      allowedUses: ['Workload', 'Tunnel'],
    }),
  IPReservation: (i) =>
    resource('IPReservation', `reserved-${i}`, { reservedCIDRs: [`10.${i}.255.0/28`, `10.${i}.254.1/32`] }),
  BGPFilter: (i) =>
    resource('BGPFilter', `filter-${i}`, {
      exportV4: [{ action: 'Accept', matchOperator: 'In', cidr: `10.${i}.0.0/16` }],
      importV4: [{ action: 'Reject' }],
    }),
  BGPPeer: (i, { nodes }) =>
    resource('BGPPeer', `peer-${i}`, {
      ...(i % 4 === 0 ? {} : { node: at(nodes, i).name }),
      peerIP: `172.16.${i % 256}.1`,
      asNumber: 4_200_000_000 + i,
      filters: [`filter-0`],
      password: { secretKeyRef: { name: 'bgp-secrets', key: `peer-${i}` } },
    }),
  Node: (i, { nodes }) =>
    resource(
      'Node',
      nodes[i]!.name,
      {
        bgp: {
          ipv4Address: `172.17.${i >> 8}.${i % 256}/24`,
          ipv4IPIPTunnelAddr: `10.0.${i >> 8}.${i % 256}`,
        },
        orchRefs: [{ nodeName: nodes[i]!.kubernetes, orchestrator: 'k8s' }],
      },
      { labels: { rack: `rack-${i % 4}` } },
    ),
  HostEndpoint: (i, { nodes }) =>
    resource(
      'HostEndpoint',
      `host-${i}`,
      { node: at(nodes, i).name, interfaceName: `eth${i}`, expectedIPs: [`172.17.${i >> 8}.${i % 256}`] },
      labels(i),
    ),
  GlobalNetworkSet: (i) => resource('GlobalNetworkSet', `global-${i}`, { nets: nets(i, 5) }, labels(i)),
  NetworkSet: (i, { namespaces }) =>
    resource('NetworkSet', `set-${i}`, { nets: nets(i, 4) }, { namespace: at(namespaces, i), ...labels(i) }),
  GlobalNetworkPolicy: (i, world) =>
    resource('GlobalNetworkPolicy', tiered(i, world, 'global'), {
      ...policy(i, world),
      applyOnForward: i % 2 === 0,
    }),
  StagedGlobalNetworkPolicy: (i, world) =>
    resource('StagedGlobalNetworkPolicy', tiered(i, world, 'staged'), {
      ...policy(i, world),
      stagedAction: 'Set',
    }),
  StagedNetworkPolicy: (i, world) =>
    resource(
      'StagedNetworkPolicy',
      tiered(i, world, 'staged'),
      { ...policy(i, world), stagedAction: 'Set' },
      { namespace: at(world.namespaces, i) },
    ),
  StagedKubernetesNetworkPolicy: (i, { namespaces }) =>
    resource(
      'StagedKubernetesNetworkPolicy',
      `staged-${i}`,
      {
        stagedAction: 'Set',
        podSelector: { matchLabels: { app: `app-${i}` } },
        ingress: [{ ports: [{ protocol: 'TCP', port: 8080 }], from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
        policyTypes: ['Ingress'],
      },
      { namespace: at(namespaces, i) },
    ),
  NetworkPolicy: (i, world) =>
    resource(
      'NetworkPolicy',
      tiered(i, world, 'policy'),
      { ...policy(i, world), serviceAccountSelector: `role == 'r${i}'` },
      { namespace: at(world.namespaces, i), ...labels(i) },
    ),
  BGPConfiguration: (i, { nodes }) =>
    resource('BGPConfiguration', i === 0 ? 'default' : `node.${nodes[i - 1]!.name}`, {
      logSeverityScreen: 'Info',
      ...(i === 0 ? { nodeToNodeMeshEnabled: true, asNumber: 64_512 } : {}),
    }),
  FelixConfiguration: (i, { nodes }) =>
    resource('FelixConfiguration', i === 0 ? 'default' : `node.${nodes[i - 1]!.name}`, {
      logSeverityScreen: 'Warning',
      defaultEndpointToHostAction: 'Accept',
    }),
};

function nets(index: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `198.${index % 256}.${i}.0/24`);
}

/** A block with its affinity and the handles of the addresses that are taken. */
function addresses(index: number, { nodes }: World): Resource[] {
  const cidr = `10.0.${index >> 2}.${(index % 4) * 64}/26`;
  const node = at(nodes, index).name;
  const handles = Array.from({ length: TAKEN }, (_, i) => `k8s-pod-network.${index}-${i}`);
  const taken = Object.fromEntries(handles.map((handle, ordinal) => [ordinal + 1, handle]));
  const spec = blockSpec(cidr, 64, taken, { affinity: `host:${node}` });
  const attributes = handles.map((handle_id, i) => ({
    handle_id,
    secondary: { namespace: 'team-0', node, pod: `pod-${index}-${i}` },
  }));
  return [
    resource('BlockAffinity', `host/${node}/${cidr}`, {
      state: 'confirmed',
      node,
      type: 'host',
      cidr,
      deleted: false,
    }),
    resource('IPAMBlock', cidr, { ...spec, attributes }),
    ...handles.map((handleID) =>
      resource('IPAMHandle', handleID, { handleID, block: { [cidr]: 1 }, deleted: false }),
    ),
  ];
}

/** Writes everything as it is written elsewhere, with defaults and the identity that new objects get; many at once. */
export async function populate(store: Datastore, resources: readonly Resource[]): Promise<void> {
  const queue = [...resources];
  const work = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const kind = await kindOf(next.kind);
      const written = kind.internal ? next : withIdentity(writtenForm(kind, next));
      await store.create(refOf(kind, next), written);
    }
  };
  await Promise.all(Array.from({ length: 32 }, work));
}
