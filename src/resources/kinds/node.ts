import { defineKind } from '../kind.ts';
import { asn, list, object, text } from '../schema.ts';

export default defineKind({
  kind: 'Node',
  plural: 'nodes',
  aliases: ['no', 'nos'],
  scope: 'cluster',
  doc: 'A machine that takes part in the Calico network.',
  spec: object({
    bgp: object(
      {
        asNumber: asn('AS number of the node; the default BGP configuration decides when absent.', {
          presence: 'pointer',
          goName: 'ASNumber',
        }),
        ipv4Address: text('IPv4 address for BGP, with the length of its subnet.', {
          format: 'cidrv4',
          goName: 'IPv4Address',
        }),
        ipv6Address: text('IPv6 address for BGP, with the length of its subnet.', {
          format: 'cidrv6',
          goName: 'IPv6Address',
        }),
        ipv4IPIPTunnelAddr: text('Address of the IP-in-IP tunnel device.', {
          format: 'ipv4',
          goName: 'IPv4IPIPTunnelAddr',
        }),
        routeReflectorClusterID: text('Cluster ID where the node acts as a route reflector.', {
          format: 'ipv4',
        }),
      },
      'BGP settings of the node; no BGP when absent.',
      { presence: 'pointer', goName: 'BGP' },
    ),
    ipv4VXLANTunnelAddr: text('IPv4 address of the VXLAN tunnel device.', {
      format: 'ipv4',
      goName: 'IPv4VXLANTunnelAddr',
    }),
    vxlanTunnelMACAddr: text('MAC address of the IPv4 VXLAN tunnel device.', {
      format: 'mac',
      goName: 'VXLANTunnelMACAddr',
    }),
    ipv6VXLANTunnelAddr: text('IPv6 address of the VXLAN tunnel device.', {
      format: 'ipv6',
      goName: 'IPv6VXLANTunnelAddr',
    }),
    vxlanTunnelMACAddrV6: text('MAC address of the IPv6 VXLAN tunnel device.', {
      format: 'mac',
      goName: 'VXLANTunnelMACAddrV6',
    }),
    orchRefs: list(
      object({
        nodeName: text('Name of the node in the orchestrator.'),
        orchestrator: text('Name of the orchestrator, e.g. `k8s`.', { presence: 'always' }),
      }),
      'Under which names orchestrators know this node.',
    ),
    wireguard: object(
      {
        interfaceIPv4Address: text('IPv4 address of the WireGuard device.', { format: 'ipv4' }),
        interfaceIPv6Address: text('IPv6 address of the WireGuard device.', { format: 'ipv6' }),
      },
      'WireGuard settings of the node.',
      { presence: 'pointer' },
    ),
    // The reference checks nothing within these two lists, so that what kubelets report never blocks a write.
    addresses: list(
      object({
        address: text('The address.', { presence: 'always' }),
        type: text('Where it comes from: CalicoNodeIP, InternalIP or ExternalIP.'),
      }),
      'Addresses of the node.',
    ),
    interfaces: list(
      object({
        name: text('Name of the interface.'),
        addresses: list(text('Address.'), 'Addresses of the interface.'),
      }),
      'Network interfaces of the node.',
    ),
  }),
  status: object(
    {
      wireguardPublicKey: text('Public key for IPv4 WireGuard, base64.', { format: 'wireguardPublicKey' }),
      wireguardPublicKeyV6: text('Public key for IPv6 WireGuard, base64.', { format: 'wireguardPublicKey' }),
      podCIDRs: list(text('CIDR.'), 'Pod ranges that Kubernetes gave the node.'),
    },
    'What the node reports.',
    { presence: 'always' },
  ),
  rules: [
    {
      id: 'CAL1060',
      doc: 'The BGP settings of a node are not empty, where it has any.',
      *check({ spec: { bgp } }) {
        if (bgp !== undefined && Object.keys(bgp).length === 0)
          yield {
            path: ['spec', 'bgp'],
            value: bgp,
            message: 'is empty: give an address or an AS number, or leave bgp out for a node without BGP',
          };
      },
    },
  ],
  columns: {
    NAME: (node) => node.metadata.name,
    ASN: ({ spec: { bgp } }, { defaultAsNumber }) =>
      bgp === undefined ? '' : String(bgp.asNumber ?? `(${defaultAsNumber})`),
    IPV4: (node) => node.spec.bgp?.ipv4Address ?? '',
    IPV6: (node) => node.spec.bgp?.ipv6Address ?? '',
  },
  narrow: ['NAME'],
  wide: ['NAME', 'ASN', 'IPV4', 'IPV6'],
});
