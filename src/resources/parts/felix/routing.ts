import { anyCase, duration, flag, integer, list, object, oneOf, text } from '../../schema.ts';
import { tableRangesValidations, tableRangeValidations } from './cel.ts';
import { ENABLED_DISABLED, FRACTIONAL_DURATION, WHOLE_DURATION } from './words.ts';

/** The part of FelixConfiguration about routes, WireGuard and the surroundings, in the order of writing. */
export const routingFields = {
  routeSource: anyCase(['WorkloadIPs', 'CalicoIPAM'], 'Where routes of VXLAN are taken from.'),
  routeTableRanges: list(
    object(
      {
        min: integer('Number of the first table.', { presence: 'always', required: true }),
        max: integer('Number of the last table.', { presence: 'always', required: true }),
      },
      '',
      { cel: tableRangesValidations },
    ),
    'Ranges of numbers of routing tables that Felix may use.',
    { presence: 'pointer' },
  ),
  routeTableRange: object(
    {
      min: integer('Number of the first table.', { presence: 'always', required: true }),
      max: integer('Number of the last table, 250 at most.', { presence: 'always', required: true }),
    },
    'Obsolete: use routeTableRanges.',
    { presence: 'pointer', cel: tableRangeValidations },
  ),
  routeSyncDisabled: flag('Do not program routes at all.', { presence: 'pointer' }),
  ipv4NormalRoutePriority: integer('Metric of IPv4 routes to workloads in the kernel; the least wins.', {
    presence: 'pointer',
    goName: 'IPv4NormalRoutePriority',
    assumed: '1024',
    minimum: 1,
    maximum: 2147483646,
    crd: { minimum: undefined, maximum: undefined },
  }),
  ipv4ElevatedRoutePriority: integer(
    'Metric of IPv4 routes that have to win during a live migration; the least wins.',
    {
      presence: 'pointer',
      goName: 'IPv4ElevatedRoutePriority',
      assumed: '512',
      minimum: 1,
      maximum: 2147483646,
      crd: { minimum: undefined, maximum: undefined },
    },
  ),
  ipv6NormalRoutePriority: integer('Metric of IPv6 routes to workloads in the kernel; the least wins.', {
    presence: 'pointer',
    goName: 'IPv6NormalRoutePriority',
    assumed: '1024',
    minimum: 1,
    maximum: 2147483646,
    crd: { minimum: undefined, maximum: undefined },
  }),
  ipv6ElevatedRoutePriority: integer(
    'Metric of IPv6 routes that have to win during a live migration; the least wins.',
    {
      presence: 'pointer',
      goName: 'IPv6ElevatedRoutePriority',
      assumed: '512',
      minimum: 1,
      maximum: 2147483646,
      crd: { minimum: undefined, maximum: undefined },
    },
  ),
  liveMigrationRouteConvergenceTime: duration(
    'How long routes keep the winning metric after a live migration.',
    { presence: 'pointer', assumed: '30s', pattern: FRACTIONAL_DURATION },
  ),
  wireguardEnabled: flag('Encrypt IPv4 traffic between nodes with WireGuard.', {
    presence: 'pointer',
    assumed: 'false',
  }),
  wireguardEnabledV6: flag('Encrypt IPv6 traffic between nodes with WireGuard.', {
    presence: 'pointer',
    assumed: 'false',
  }),
  wireguardThreadingEnabled: flag('Let WireGuard work on several CPUs.', {
    presence: 'pointer',
    assumed: 'false',
  }),
  wireguardListeningPort: integer('UDP port of WireGuard over IPv4.', {
    presence: 'pointer',
    assumed: '51820',
    maximum: 65535,
    minimum: 1,
    crd: { minimum: undefined, maximum: undefined },
  }),
  wireguardListeningPortV6: integer('UDP port of WireGuard over IPv6.', {
    presence: 'pointer',
    assumed: '51821',
    maximum: 65535,
    minimum: 1,
    crd: { minimum: undefined, maximum: undefined },
  }),
  wireguardRoutingRulePriority: integer('Priority of the routing rule for WireGuard; the least goes first.', {
    presence: 'pointer',
    assumed: '99',
    minimum: 1,
    maximum: 32765,
    crd: { minimum: undefined, maximum: undefined },
  }),
  wireguardInterfaceName: text('Name of the IPv4 WireGuard device.', {
    assumed: 'wireguard.cali',
    format: 'interface',
  }),
  wireguardInterfaceNameV6: text('Name of the IPv6 WireGuard device.', {
    assumed: 'wg-v6.cali',
    format: 'interface',
  }),
  wireguardMTU: integer('MTU of the IPv4 WireGuard device, in bytes.', {
    presence: 'pointer',
    assumed: '1440',
  }),
  wireguardMTUV6: integer('MTU of the IPv6 WireGuard device, in bytes.', {
    presence: 'pointer',
    assumed: '1420',
  }),
  wireguardHostEncryptionEnabled: flag('Encrypt traffic of the nodes themselves too.', {
    presence: 'pointer',
    assumed: 'false',
  }),
  wireguardKeepAlive: duration(
    'Time after which something is sent over an idle WireGuard link; 0 for never.',
    {
      presence: 'pointer',
      goName: 'WireguardPersistentKeepAlive',
      assumed: '0',
      pattern: WHOLE_DURATION,
    },
  ),
  awsSrcDstCheck: oneOf(
    ['DoNothing', 'Enable', 'Disable'],
    'What to do about the source and destination check of an AWS instance.',
    { presence: 'pointer', goName: 'AWSSrcDstCheck', assumed: 'DoNothing' },
  ),
  serviceLoopPrevention: anyCase(
    ['Drop', 'Reject', 'Disabled'],
    'How to stop packets to a service address that nobody serves.',
    { assumed: 'Drop' },
  ),
  workloadSourceSpoofing: anyCase(
    ['Disabled', 'Any'],
    'Whether workloads may ask to use other source addresses.',
  ),
  mtuIfacePattern: text('Interfaces whose MTU decides that of workloads, as a regular expression.', {
    goName: 'MTUIfacePattern',
    format: 'regexp',
  }),
  floatingIPs: oneOf(
    ENABLED_DISABLED,
    'Whether floating addresses of workloads are programmed; a client writes `Disabled` where absent.',
    { presence: 'pointer' },
  ),
  localSubnetL2Reachability: oneOf(
    ['Disabled', 'PodsAndLoadBalancers'],
    "Whose addresses in the node's own subnet are answered for by ARP and NDP.",
    { presence: 'pointer', assumed: 'Disabled' },
  ),
  localSubnetL2ReachabilityRefreshInterval: duration(
    'Time between two checks of the answers for localSubnetL2Reachability.',
    {
      presence: 'pointer',
      assumed: '120s',
    },
  ),
  windowsManageFirewallRules: oneOf(
    ENABLED_DISABLED,
    'Whether Felix opens its ports in the firewall of Windows.',
    { presence: 'pointer', assumed: 'Disabled' },
  ),
  goGCThreshold: integer(
    'How much garbage may grow before it is collected, in percent; -1 turns collection off.',
    { presence: 'pointer', assumed: '40', minimum: -1, crd: { minimum: undefined } },
  ),
  goMemoryLimitMB: integer('Memory that Felix tries to stay below, in MiB; -1 for no limit.', {
    presence: 'pointer',
    assumed: '-1',
    minimum: -1,
    crd: { minimum: undefined },
  }),
  goMaxProcs: integer("Number of CPUs that Felix uses at once; -1 for the run-time's choice.", {
    presence: 'pointer',
    assumed: '-1',
    minimum: -1,
    crd: { minimum: undefined },
  }),
  requireMTUFile: flag('Whether to wait until the MTU file has been written.', {
    presence: 'pointer',
    assumed: 'false',
  }),
  bpfMaglevMaxEndpointsPerService: integer(
    'Most back ends that a service with consistent hashing may have.',
    {
      presence: 'pointer',
      goName: 'BPFMaglevMaxEndpointsPerService',
      assumed: '100',
      maximum: 3000,
      minimum: 1,
      crd: { minimum: undefined, maximum: undefined },
    },
  ),
  bpfMaglevMaxServices: integer('Most services that may have consistent hashing.', {
    presence: 'pointer',
    goName: 'BPFMaglevMaxServices',
    assumed: '100',
    maximum: 3000,
    minimum: 1,
    crd: { minimum: undefined, maximum: undefined },
  }),
};
