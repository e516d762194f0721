import type { Family } from '../../bird/session.ts';
import { isError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import type { Resource } from '../../resources/kind.ts';
import { formatAddress, parseAddress } from '../../resources/net/address.ts';
import { parseAsn } from '../../resources/net/asn.ts';
import { kindOf } from '../../resources/registry.ts';
import { compareNames } from './report.ts';

/** A node as Calico's configuration has it. */
export interface BgpNode {
  readonly name: string;
  /** What Kubernetes calls it. */
  readonly kubernetesName: string;
  /** Its addresses for BGP; none where it speaks no BGP. */
  readonly addresses: { readonly [family in Family]?: string };
  readonly as: number | undefined;
  /** Of a route reflector. */
  readonly clusterId?: string;
}

/** Who should speak BGP with whom, as far as it helps to tell what a session is. */
export interface Fabric {
  /** By name. */
  readonly nodes: readonly BgpNode[];
  /** The node that has the address for BGP. */
  readonly nodeAt: (address: string) => BgpNode | undefined;
  /** AS number that BGPPeers give the address. */
  readonly peerAs: (address: string) => number | undefined;
  /** Nodes that are no reflectors have sessions with each other. */
  readonly mesh: boolean;
}

/** Used where BGPConfiguration `default` gives none. */
const DEFAULT_AS = 64512;

/** Reads nodes, BGP peers and the default BGP configuration. */
export async function readFabric(store: Datastore): Promise<Fabric> {
  const [configuration, nodes, peers] = await Promise.all([
    defaultConfiguration(store),
    all(store, 'Node'),
    all(store, 'BGPPeer'),
  ]);
  const defaultAs = parseAsn(configuration['asNumber']) ?? DEFAULT_AS;
  return fabricOf(
    nodes.map((node) => nodeOf(node, defaultAs)),
    peers,
    configuration['nodeToNodeMeshEnabled'] !== false,
  );
}

/** What can be told without a datastore: names of nodes. */
export function fabricOfNames(names: readonly string[]): Fabric {
  const nodes = names.map((name) => ({ name, kubernetesName: name, addresses: {}, as: undefined }));
  return fabricOf(nodes, [], true);
}

function fabricOf(given: readonly BgpNode[], peers: readonly Resource[], mesh: boolean): Fabric {
  const nodes = [...given].sort((first, second) => compareNames(first.name, second.name));
  const byAddress = new Map<string, BgpNode>();
  for (const node of nodes) for (const address of Object.values(node.addresses)) byAddress.set(address, node);
  const asByAddress = new Map<string, number>();
  for (const { spec } of peers) {
    const as = parseAsn(spec['asNumber']);
    const address = normal(withoutPort(String(spec['peerIP'] ?? '')));
    if (as !== undefined && address !== undefined) asByAddress.set(address, as);
  }
  return {
    nodes,
    nodeAt: (address) => byAddress.get(normal(address) ?? address),
    peerAs: (address) => asByAddress.get(normal(address) ?? address),
    mesh,
  };
}

function nodeOf({ metadata: { name }, spec }: Resource, defaultAs: number): BgpNode {
  const { bgp, orchRefs = [] } = spec as Partial<{ bgp: JsonObject; orchRefs: readonly JsonObject[] }>;
  const ipv4 = normal(String(bgp?.['ipv4Address'] ?? '').split('/')[0]!);
  const ipv6 = normal(String(bgp?.['ipv6Address'] ?? '').split('/')[0]!);
  const { nodeName } = orchRefs.find((ref) => ref['orchestrator'] === 'k8s') ?? {};
  const clusterId = String(bgp?.['routeReflectorClusterID'] ?? '');
  return {
    name,
    kubernetesName: typeof nodeName === 'string' && nodeName !== '' ? nodeName : name,
    addresses: { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) },
    as: parseAsn(bgp?.['asNumber']) ?? defaultAs,
    ...(clusterId === '' ? {} : { clusterId }),
  };
}

/** `address`, `v4:port` or `[v6]:port` without the port. */
function withoutPort(peerIP: string): string {
  return /^\[(.*)\](:\d+)?$/.exec(peerIP)?.[1] ?? /^([^:]*):\d+$/.exec(peerIP)?.[1] ?? peerIP;
}

/** Addresses are compared in their one normal form. */
function normal(text: string): string | undefined {
  const address = parseAddress(text);
  return address && formatAddress(address);
}

async function all(store: Datastore, kind: string): Promise<readonly Resource[]> {
  const found: Resource[] = [];
  for await (const { items } of store.list({ kind: await kindOf(kind) })) found.push(...items);
  return found;
}

async function defaultConfiguration(store: Datastore): Promise<JsonObject> {
  try {
    return (await store.get({ kind: await kindOf('BGPConfiguration'), name: 'default' })).spec;
  } catch (error) {
    if (isError(error, 'not-found', 'unauthorized')) return {};
    throw error;
  }
}
