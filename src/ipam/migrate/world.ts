import type { Datastore } from '../../datastore/datastore.ts';
import { listed, type Owner } from '../../operations/ipam/objects.ts';
import { lockState } from '../../operations/lock.ts';
import type { Resource } from '../../resources/kind.ts';
import { type Address, parseAddress } from '../../resources/net/address.ts';
import { type Cidr, networkOf, parseCidr, parseCidrOrAddress } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { readAffinities, readReservations, readSettings } from '../survey/settings.ts';
import type { IpamSettings, Reservation } from '../survey/survey.ts';

/** What a migration looks at, beside who has which address. */
export interface World {
  /** As stored, by name. */
  readonly pools: readonly Resource[];
  readonly nodes: ReadonlyMap<string, WorldNode>;
  readonly settings: IpamSettings;
  readonly reservations: readonly Reservation[];
  readonly affinities: readonly { readonly owner: Owner; readonly range: Cidr }[];
  readonly locked: boolean;
}

export interface WorldNode {
  readonly labels: Readonly<Record<string, string>>;
  /** Addresses and subnets of the machine itself. */
  readonly networks: readonly Cidr[];
  /** Addresses of its tunnel devices. */
  readonly tunnels: readonly Address[];
}

/** Reads it all. */
export async function readWorld(store: Datastore): Promise<World> {
  const [pools, nodes, settings, reservations, affinities, { locked }] = await Promise.all([
    readPools(store),
    readNodes(store),
    readSettings(store),
    readReservations(store),
    readAffinities(store),
    lockState(store),
  ]);
  return { pools, nodes, settings, reservations, affinities, locked };
}

/** Every pool, by name. */
export async function readPools(store: Datastore): Promise<readonly Resource[]> {
  const pools: Resource[] = [];
  for await (const pool of listed(store, { kind: await kindOf('IPPool') })) pools.push(pool);
  return pools.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

async function readNodes(store: Datastore): Promise<ReadonlyMap<string, WorldNode>> {
  const nodes = new Map<string, WorldNode>();
  for await (const node of listed(store, { kind: await kindOf('Node'), asStored: true }))
    nodes.set(node.metadata.name, nodeOf(node));
  return nodes;
}

interface NodeSpec {
  readonly bgp?: {
    readonly ipv4Address?: string;
    readonly ipv6Address?: string;
    readonly ipv4IPIPTunnelAddr?: string;
  };
  readonly addresses?: readonly { readonly address?: string }[];
  readonly ipv4VXLANTunnelAddr?: string;
  readonly ipv6VXLANTunnelAddr?: string;
  readonly wireguard?: { readonly interfaceIPv4Address?: string; readonly interfaceIPv6Address?: string };
}

function nodeOf({ metadata, spec }: Resource): WorldNode {
  const { bgp, addresses = [], wireguard, ...tunnels } = spec as NodeSpec;
  const networks = [bgp?.ipv4Address, bgp?.ipv6Address, ...addresses.map(({ address }) => address)];
  const devices = [
    ...[bgp?.ipv4IPIPTunnelAddr, tunnels.ipv4VXLANTunnelAddr, tunnels.ipv6VXLANTunnelAddr],
    ...[wireguard?.interfaceIPv4Address, wireguard?.interfaceIPv6Address],
  ];
  return {
    labels: metadata.labels ?? {},
    networks: networks.flatMap((text) => known(parseCidrOrAddress(text ?? ''))).map(networkOf),
    tunnels: devices.flatMap((text) => known(parseAddress(text ?? ''))),
  };
}

function known<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

/** Ranges that BGPConfiguration `default` gives to services. */
export async function serviceRanges(store: Datastore): Promise<readonly Cidr[]> {
  const ranges: Cidr[] = [];
  for await (const { spec } of listed(store, { kind: await kindOf('BGPConfiguration') }))
    for (const field of ['serviceClusterIPs', 'serviceExternalIPs', 'serviceLoadBalancerIPs'])
      for (const { cidr } of (spec[field] ?? []) as readonly { readonly cidr?: string }[])
        ranges.push(...known(parseCidr(cidr ?? '')).map(networkOf));
  return ranges;
}

/** Labels of namespaces by name, as profiles show them. */
export async function namespaceLabels(
  store: Datastore,
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const labels = new Map<string, Readonly<Record<string, string>>>();
  for await (const { metadata, spec } of listed(store, {
    kind: await kindOf('Profile'),
    namePrefix: 'kns.',
  })) {
    const given = Object.entries((spec['labelsToApply'] ?? {}) as Record<string, string>);
    const own = given.flatMap(([key, value]) =>
      key.startsWith('pcns.') ? [[key.slice(5), value] as const] : [],
    );
    labels.set(metadata.name.slice('kns.'.length), Object.fromEntries(own));
  }
  return labels;
}
