import type { Family } from '../../resources/net/address.ts';

/** Tunnels that a node may have an address for. */
export interface TunnelKind {
  /** In messages. */
  readonly name: string;
  readonly family: Family;
  /** Where the node names its address. */
  readonly field: string;
  /** Its handle, less the name of the node. */
  readonly handle: string;
  /** Attribute `type` of its allocation. */
  readonly type: string;
}

export const TUNNELS: readonly TunnelKind[] = [
  tunnel('IP-in-IP', 4, 'spec.bgp.ipv4IPIPTunnelAddr', 'ipip', 'ipip'),
  tunnel('VXLAN', 4, 'spec.ipv4VXLANTunnelAddr', 'vxlan', 'vxlan'),
  tunnel('IPv6 VXLAN', 6, 'spec.ipv6VXLANTunnelAddr', 'vxlan-v6', 'vxlanV6'),
  tunnel('WireGuard', 4, 'spec.wireguard.interfaceIPv4Address', 'wireguard', 'wireguard'),
  tunnel('IPv6 WireGuard', 6, 'spec.wireguard.interfaceIPv6Address', 'wireguard-v6', 'wireguardV6'),
];

function tunnel(name: string, family: Family, field: string, handle: string, type: string): TunnelKind {
  return { name, family, field, handle: `${handle}-tunnel-addr-`, type: `${type}TunnelAddress` };
}
