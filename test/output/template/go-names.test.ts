import { expect, test } from 'bun:test';
import { goFieldName } from '../../../src/output/template/go-names.ts';

test('goFieldName spells JSON names as Go does', () => {
  const names = {
    cidr: 'CIDR',
    nets: 'Nets',
    asNumber: 'ASNumber',
    asPathPrefix: 'ASPathPrefix',
    assignmentMode: 'AssignmentMode',
    ipVersion: 'IPVersion',
    ipipMode: 'IPIPMode',
    ipv4Address: 'IPv4Address',
    ipv6VXLANTunnelAddr: 'IPv6VXLANTunnelAddr',
    iptablesBackend: 'IptablesBackend',
    ipsetsRefreshInterval: 'IpsetsRefreshInterval',
    vxlanTunnelMACAddrV6: 'VXLANTunnelMACAddrV6',
    natOutgoing: 'NATOutgoing',
    nftablesMode: 'NFTablesMode',
    notICMP: 'NotICMP',
    qosControls: 'QoSControls',
    bgp: 'BGP',
    bpfMapSizePerCpuConntrack: 'BPFMapSizePerCPUConntrack',
    bpfL3IfacePattern: 'BPFL3IfacePattern',
    externalNodesList: 'ExternalNodesCIDRList',
    wireguardKeepAlive: 'WireguardPersistentKeepAlive',
    uid: 'UID',
    udpTimeout: 'UDPTimeout',
  };
  for (const [key, name] of Object.entries(names)) expect(goFieldName(key)).toBe(name);
});

test('a declared name wins', () => {
  expect(goFieldName('handle_id', 'HandleID')).toBe('HandleID');
});
