/** Go's names for the fields and structs of resources; templates use them instead of the JSON names. */

/** Words that Go writes in capitals at the start of a name, with their spelling. */
const LEADING = new Map(
  'API AS AWS BGP BPF CIDR DSCP HTTP ICMP IP IPIP MAC MTU NAT TCP TTL UDP UID VXLAN XDP'
    .split(' ')
    .map((word) => [word.toLowerCase(), word] as const),
);

for (const [word, spelling] of [
  ['ipv4', 'IPv4'],
  ['ipv6', 'IPv6'],
  ['bird', 'BIRD'],
  ['qos', 'QoS'],
] as const) {
  LEADING.set(word, spelling);
}

/** Names that follow no rule. */
const IRREGULAR: Readonly<Record<string, string>> = {
  externalNodesList: 'ExternalNodesCIDRList',
  wireguardKeepAlive: 'WireguardPersistentKeepAlive',
  bpfConntrackMode: 'BPFConntrackCleanupMode',
  bpfMapSizePerCpuConntrack: 'BPFMapSizePerCPUConntrack',
};

/** The Go name of a JSON field; `declared` is what the kind's declaration says, where it does. */
export function goFieldName(key: string, declared?: string): string {
  if (declared !== undefined) return declared;
  const irregular = IRREGULAR[key];
  if (irregular !== undefined) return irregular;
  if (key.startsWith('nftables')) return `NFTables${key.slice('nftables'.length)}`;
  const word = /^(?:ipv[46]|[a-z]+)/.exec(key)?.[0] ?? '';
  const spelling = LEADING.get(word);
  if (spelling !== undefined) return spelling + key.slice(word.length);
  return key.charAt(0).toUpperCase() + key.slice(1);
}

/** Structs that are not called after the field they stand in. */
const STRUCTS: Readonly<Record<string, string>> = {
  Ingress: 'Rule',
  Egress: 'Rule',
  Source: 'EntityRule',
  Destination: 'EntityRule',
  HTTP: 'HTTPMatch',
  ICMP: 'ICMPFields',
  NotICMP: 'ICMPFields',
  Metadata: 'RuleMetadata',
  ServiceAccounts: 'ServiceAccountMatch',
  Services: 'ServiceMatch',
  Paths: 'HTTPPath',
  BGP: 'NodeBGPSpec',
  OrchRefs: 'OrchRef',
  Wireguard: 'NodeWireguardSpec',
  Addresses: 'NodeAddress',
  Ports: 'EndpointPort',
  IPNATs: 'IPNAT',
  ExportV4: 'BGPFilterRuleV4',
  ImportV4: 'BGPFilterRuleV4',
  ExportV6: 'BGPFilterRuleV6',
  ImportV6: 'BGPFilterRuleV6',
  Password: 'BGPPassword',
  Communities: 'Community',
  PrefixAdvertisements: 'PrefixAdvertisement',
  ServiceExternalIPs: 'ServiceExternalIPBlock',
  ServiceClusterIPs: 'ServiceClusterIPBlock',
  ServiceLoadBalancerIPs: 'ServiceLoadBalancerIPBlock',
  Controllers: 'ControllersConfig',
};

/** The Go type of the struct that a field holds, as messages show it. */
export function structName(fieldName: string): string {
  return `v3.${STRUCTS[fieldName] ?? fieldName}`;
}
