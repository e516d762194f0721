import {
  ATOMIC_LIST,
  anyCase,
  duration,
  flag,
  integer,
  list,
  object,
  oneOf,
  port,
  text,
} from '../../schema.ts';
import {
  ENABLED_DISABLED,
  FEATURE_GATES,
  FEATURE_OVERRIDES,
  INT64,
  LOG_PREFIX,
  RATE,
  SEVERITIES,
  WHOLE_DURATION,
} from './words.ts';

/** The part of FelixConfiguration about the node, iptables, nftables, logs, health and metrics, in the order of writing. */
export const hostFields = {
  nodeSelector: text('Which nodes this configuration applies to; not for `default` nor `node.*`.', {
    presence: 'pointer',
    maxLength: 1024,
  }),
  useInternalDataplaneDriver: flag('Use the dataplane built into Felix instead of a separate driver.', {
    presence: 'pointer',
  }),
  dataplaneDriver: text('File name of the external dataplane driver.'),
  dataplaneWatchdogTimeout: duration(
    'How long the dataplane may be silent before Felix counts as unhealthy.',
    { presence: 'pointer' },
  ),
  ipv6Support: flag('Program IPv6 as well as IPv4.', { presence: 'pointer', goName: 'IPv6Support' }),
  routeRefreshInterval: duration(
    'Time between two checks in which routes are read back and repaired; 0 turns them off.',
    {
      presence: 'pointer',
      assumed: '90s',
      pattern: WHOLE_DURATION,
    },
  ),
  interfaceRefreshInterval: duration(
    'Time between two readings of the list of interfaces; 0 turns them off.',
    {
      presence: 'pointer',
      pattern: WHOLE_DURATION,
    },
  ),
  iptablesRefreshInterval: duration(
    'Time between two checks in which iptables is read back and repaired; 0 turns them off.',
    {
      presence: 'pointer',
      assumed: '10s',
      pattern: WHOLE_DURATION,
    },
  ),
  iptablesPostWriteCheckInterval: duration(
    "Time between a write to iptables and the check for a rival's changes to it.",
    { presence: 'pointer', assumed: '1s', pattern: WHOLE_DURATION },
  ),
  iptablesLockProbeInterval: duration('Time between two tries to get the iptables lock.', {
    presence: 'pointer',
    assumed: '50ms',
    pattern: WHOLE_DURATION,
  }),
  featureDetectOverride: text('Kernel features to take as present or absent, e.g. `SNATFullyRandom=true`.', {
    pattern: FEATURE_OVERRIDES,
    format: 'keyValueList',
  }),
  featureGates: text('Switches for features under trial, e.g. `Name=enabled`.', {
    pattern: FEATURE_GATES,
    format: 'keyValueList',
  }),
  ipsetsRefreshInterval: duration(
    'Time between two checks in which IP sets are read back and repaired; 0 turns them off.',
    {
      presence: 'pointer',
      assumed: '90s',
      pattern: WHOLE_DURATION,
    },
  ),
  maxIpsetSize: integer('Most entries that an IP set may hold.', { presence: 'pointer' }),
  iptablesBackend: oneOf(['Legacy', 'NFT', 'Auto'], 'Which flavour of iptables to write.', {
    presence: 'pointer',
    crd: { pattern: '^(?i)(Auto|Legacy|NFT)?$' },
  }),
  xdpRefreshInterval: duration(
    'Time between two checks in which XDP programs are read back and repaired; 0 turns them off.',
    {
      presence: 'pointer',
      goName: 'XDPRefreshInterval',
      assumed: '90s',
      pattern: WHOLE_DURATION,
    },
  ),
  netlinkTimeout: duration('How long to wait for an answer of the kernel on netlink.', {
    presence: 'pointer',
    assumed: '10s',
    pattern: WHOLE_DURATION,
  }),
  metadataAddr: text('Address or name of the OpenStack metadata server; `none` for none.', {
    assumed: '127.0.0.1',
  }),
  metadataPort: integer('Port of the OpenStack metadata server.', { presence: 'pointer', assumed: '8775' }),
  openstackRegion: text(
    'Region of this cluster where OpenStack has several: a DNS label of at most 46 characters; empty for none.',
    { assumed: 'empty' },
  ),
  interfacePrefix: text('Beginnings of the names of workload interfaces, separated by commas.', {
    assumed: 'cali',
  }),
  interfaceExclude: text('Interfaces to leave alone: names or /regular expressions/, separated by commas.', {
    assumed: 'kube-ipvs0',
  }),
  chainInsertMode: anyCase(
    ['Insert', 'Append'],
    'Whether Felix puts its rules before or after those of others in the top chains.',
    { assumed: 'insert' },
  ),
  defaultEndpointToHostAction: anyCase(
    ['Drop', 'Accept', 'Return'],
    'What happens to traffic from a workload to its own node after policy.',
    { assumed: 'Drop' },
  ),
  iptablesFilterAllowAction: anyCase(
    ['Accept', 'Return'],
    'What becomes of allowed packets in the filter table.',
  ),
  iptablesMangleAllowAction: anyCase(
    ['Accept', 'Return'],
    'What becomes of allowed packets in the mangle table.',
  ),
  iptablesFilterDenyAction: anyCase(['Drop', 'Reject'], 'What becomes of denied packets.'),
  logPrefix: text('Beginning of the lines that Log rules write.', {
    assumed: 'calico-packet',
    pattern: LOG_PREFIX,
  }),
  logActionRateLimit: text(
    'Most lines that Log rules write per second, minute, hour or day, e.g. `100/minute`.',
    {
      presence: 'pointer',
      pattern: RATE,
    },
  ),
  logActionRateLimitBurst: integer(
    'Number of lines that Log rules may write at once before logActionRateLimit holds.',
    {
      presence: 'pointer',
      minimum: 0,
      maximum: 9999,
    },
  ),
  logFilePath: text("File for Felix's log; `none` for none.", { assumed: '/var/log/calico/felix.log' }),
  logSeverityFile: anyCase(SEVERITIES, 'Least severity that goes to the log file.', { assumed: 'Info' }),
  logSeverityScreen: anyCase(SEVERITIES, 'Least severity that goes to standard output.', { assumed: 'Info' }),
  logSeveritySys: anyCase(SEVERITIES, 'Least severity that goes to syslog.', { assumed: 'Info' }),
  logDebugFilenameRegex: text('Source files of Felix whose debug lines are kept, as a regular expression.', {
    format: 'regexp',
  }),
  ipipEnabled: flag('Whether to set up the IP-in-IP device; the pools decide when unset.', {
    presence: 'pointer',
    goName: 'IPIPEnabled',
    assumed: 'unset',
  }),
  ipipMTU: integer('MTU of the IP-in-IP device, in bytes; 0 to detect it.', {
    presence: 'pointer',
    goName: 'IPIPMTU',
    assumed: '0 (auto-detect)',
  }),
  vxlanEnabled: flag('Whether to set up the VXLAN device; the pools decide when unset.', {
    presence: 'pointer',
    goName: 'VXLANEnabled',
    assumed: 'unset',
  }),
  vxlanMTU: integer('MTU of the IPv4 VXLAN device, in bytes; 0 to detect it.', {
    presence: 'pointer',
    goName: 'VXLANMTU',
    assumed: '0 (auto-detect)',
  }),
  vxlanMTUV6: integer('MTU of the IPv6 VXLAN device, in bytes; 0 to detect it.', {
    presence: 'pointer',
    goName: 'VXLANMTUV6',
    assumed: '0 (auto-detect)',
  }),
  vxlanPort: integer('UDP port of VXLAN.', { presence: 'pointer', goName: 'VXLANPort', assumed: '4789' }),
  vxlanVNI: integer("Network identifier (VNI) of Calico's VXLAN.", {
    presence: 'pointer',
    goName: 'VXLANVNI',
    assumed: '4096',
  }),
  allowVXLANPacketsFromWorkloads: flag('Let workloads send VXLAN packets of their own.', {
    presence: 'pointer',
    assumed: 'false',
  }),
  allowIPIPPacketsFromWorkloads: flag('Let workloads send IP-in-IP packets of their own.', {
    presence: 'pointer',
    assumed: 'false',
  }),
  reportingInterval: duration('Time between two reports of Felix on its own state; 0 turns them off.', {
    presence: 'pointer',
    assumed: '30s',
    pattern: WHOLE_DURATION,
  }),
  reportingTTL: duration('How long a report of Felix counts before Felix is taken for dead.', {
    presence: 'pointer',
    assumed: '90s',
    pattern: WHOLE_DURATION,
  }),
  endpointReportingEnabled: flag('Report the state of endpoints to the datastore.', {
    presence: 'pointer',
    assumed: 'false',
  }),
  endpointReportingDelay: duration('How long to gather endpoint changes before reporting them.', {
    presence: 'pointer',
    assumed: '1s',
    pattern: WHOLE_DURATION,
  }),
  endpointStatusPathPrefix: text('Folder for files that tell the state of endpoints.', {
    assumed: '/var/run/calico',
  }),
  iptablesMarkMask: integer('Bits of the packet mark that Felix may use with iptables.', {
    presence: 'pointer',
    assumed: '0xffff0000',
    minimum: 0,
    maximum: 4294967295,
    crd: INT64,
  }),
  disableConntrackInvalidCheck: flag('Pass packets that connection tracking calls invalid on to policy.', {
    presence: 'pointer',
  }),
  healthEnabled: flag('Answer health checks over HTTP.', { presence: 'pointer', assumed: 'false' }),
  healthHost: text('Address on which health checks are answered.', {
    presence: 'pointer',
    assumed: 'localhost',
  }),
  healthPort: integer('Port on which health checks are answered.', { presence: 'pointer', assumed: '9099' }),
  healthTimeoutOverrides: list(
    object({
      name: text("Name of the part, as Felix's log has it.", { presence: 'always', required: true }),
      timeout: duration('Its time limit; 0 turns its check off.', { presence: 'always', required: true }),
    }),
    'Other time limits for parts of Felix in health checks.',
    { crd: ATOMIC_LIST },
  ),
  prometheusMetricsEnabled: flag('Serve metrics for Prometheus.', { presence: 'pointer', assumed: 'false' }),
  prometheusMetricsHost: text(
    'Address or name on which metrics are served; empty for every address of the node.',
    {
      assumed: 'empty',
      format: 'prometheusHost',
    },
  ),
  prometheusMetricsPort: integer('Port on which metrics are served.', {
    presence: 'pointer',
    assumed: '9091',
  }),
  prometheusGoMetricsEnabled: flag('Include metrics of the Go run-time.', {
    presence: 'pointer',
    assumed: 'true',
  }),
  prometheusProcessMetricsEnabled: flag('Include metrics of the process.', {
    presence: 'pointer',
    assumed: 'true',
  }),
  prometheusWireGuardMetricsEnabled: flag('Include metrics of WireGuard.', {
    presence: 'pointer',
    assumed: 'true',
  }),
  prometheusMetricsCAFile: text("File with the authorities that sign clients' certificates for metrics.", {
    presence: 'pointer',
  }),
  prometheusMetricsCertFile: text('File with the certificate for serving metrics over TLS.', {
    presence: 'pointer',
  }),
  prometheusMetricsKeyFile: text('File with the key of that certificate.', { presence: 'pointer' }),
  prometheusMetricsClientAuth: oneOf(
    ['RequireAndVerifyClientCert', 'RequireAnyClientCert', 'VerifyClientCertIfGiven', 'NoClientCert'],
    "What is asked of a client's certificate for metrics.",
    { presence: 'pointer' },
  ),
  failsafeInboundHostPorts: list(
    object({
      protocol: text('Protocol, `tcp` unless given.'),
      port: integer('Number of the port.', { presence: 'always', required: true, form: 'uint16' }),
      net: text('Only from this range.'),
    }),
    'Ports of the node that stay open whatever policy says.',
    {
      presence: 'pointer',
      assumed: 'tcp:22, udp:68, tcp:179, tcp:2379, tcp:2380, tcp:5473, tcp:6443, tcp:6666, tcp:6667',
    },
  ),
  failsafeOutboundHostPorts: list(
    object({
      protocol: text('Protocol, `tcp` unless given.'),
      port: integer('Number of the port.', { presence: 'always', required: true, form: 'uint16' }),
      net: text('Only to this range.'),
    }),
    'Ports that the node may always reach whatever policy says.',
    {
      presence: 'pointer',
      assumed: 'udp:53, udp:67, tcp:179, tcp:2379, tcp:2380, tcp:5473, tcp:6443, tcp:6666, tcp:6667',
    },
  ),
  kubeNodePortRanges: list(
    port('A port or a range.'),
    'Ports that Kubernetes uses for node ports: numbers or ranges, seven at most.',
    { presence: 'pointer', assumed: '30000:32767', maxItems: 7 },
  ),
  policySyncPathPrefix: text('Folder for the sockets by which policy goes to proxies on the node.', {
    assumed: 'empty',
  }),
  usageReportingEnabled: flag('Send anonymous figures about the cluster to the project.', {
    presence: 'pointer',
    assumed: 'true',
  }),
  usageReportingInitialDelay: duration('Time between the start of Felix and the first figures it sends.', {
    presence: 'pointer',
    assumed: '300s',
    pattern: WHOLE_DURATION,
  }),
  usageReportingInterval: duration('Time between two sendings of figures.', {
    presence: 'pointer',
    assumed: '86400s',
    pattern: WHOLE_DURATION,
  }),
  natPortRange: port('Source ports to use for outgoing NAT.', {
    presence: 'pointer',
    goName: 'NATPortRange',
  }),
  natOutgoingAddress: text("Source address for outgoing NAT instead of the interface's own; IPv4.", {
    goName: 'NATOutgoingAddress',
    maxLength: 45,
  }),
  natOutgoingExclusions: oneOf(
    ['IPPoolsOnly', 'IPPoolsAndHostIPs'],
    'Which destinations outgoing NAT leaves alone.',
    { presence: 'pointer', goName: 'NATOutgoingExclusions', assumed: 'IPPoolsOnly' },
  ),
  deviceRouteSourceAddress: text('Source address for routes to workloads; IPv4.', { maxLength: 45 }),
  deviceRouteSourceAddressIPv6: text('Source address for routes to workloads; IPv6.', { maxLength: 45 }),
  deviceRouteProtocol: integer(
    "Number of the routing protocol by which Felix's routes are known in the kernel.",
    { presence: 'pointer' },
  ),
  removeExternalRoutes: flag("Remove routes to workload interfaces that are not Felix's.", {
    presence: 'pointer',
  }),
  programClusterRoutes: oneOf(
    ['Enabled', 'Disabled', 'EnabledIPIPOnly', 'EnabledNoEncapOnly'],
    "Which routes to other nodes' workloads Felix itself programs.",
    { presence: 'pointer', assumed: 'EnabledIPIPOnly' },
  ),
  ipForwarding: oneOf(ENABLED_DISABLED, 'Whether Felix turns IP forwarding on.', {
    goName: 'IPForwarding',
    assumed: 'Enabled',
  }),
  externalNodesList: list(
    text('A range or an address.'),
    'Ranges outside the cluster that may send IP-in-IP or VXLAN; IPv4 only.',
    { presence: 'pointer', goName: 'ExternalNodesCIDRList' },
  ),
  debugMemoryProfilePath: text('File for a memory profile.'),
  debugDisableLogDropping: flag('Write every log line even where that slows Felix down.', {
    presence: 'pointer',
    assumed: 'false',
  }),
  debugSimulateCalcGraphHangAfter: duration('For tests: time after which Felix stops calculating.', {
    presence: 'pointer',
    pattern: WHOLE_DURATION,
  }),
  debugSimulateDataplaneHangAfter: duration('For tests: time after which Felix stops programming.', {
    presence: 'pointer',
    pattern: WHOLE_DURATION,
  }),
  debugSimulateDataplaneApplyDelay: duration('For tests: time to wait before each change.', {
    presence: 'pointer',
    pattern: WHOLE_DURATION,
  }),
  debugHost: text("Address of Felix's debug server.", { presence: 'pointer', assumed: 'localhost' }),
  debugPort: integer("Port of Felix's debug server; none unless given.", {
    presence: 'pointer',
    minimum: 0,
    maximum: 65535,
    crd: { minimum: undefined, maximum: undefined },
  }),
  iptablesNATOutgoingInterfaceFilter: text(
    'Only do outgoing NAT on this interface; `+` at the end stands for any rest.',
    { format: 'ifaceFilter' },
  ),
  sidecarAccelerationEnabled: flag('Shortcut between a workload and its sidecar proxy (experimental).', {
    presence: 'pointer',
    assumed: 'false',
  }),
  xdpEnabled: flag('Drop denied packets early with XDP where policy allows it.', {
    presence: 'pointer',
    goName: 'XDPEnabled',
    assumed: 'true',
  }),
  genericXDPEnabled: flag('Use XDP even where the driver does not support it; for tests.', {
    presence: 'pointer',
    assumed: 'false',
  }),
  nftablesMode: oneOf(['Disabled', 'Enabled', 'Auto'], 'Whether to write nftables rather than iptables.', {
    presence: 'pointer',
    goName: 'NFTablesMode',
    default: 'Auto',
  }),
  nftablesFlowTableOffload: oneOf(
    ['All', 'Disabled'],
    'Which established connections go by the flow table of nftables.',
    { presence: 'pointer', goName: 'NFTablesFlowTableOffload', default: 'Disabled' },
  ),
  nftablesFlowTableDataIfacePattern: text(
    'Interfaces for the flow table, as a regular expression; empty for those that Felix finds.',
    {
      goName: 'NFTablesFlowTableDataIfacePattern',
      assumed: 'empty',
      format: 'regexp',
    },
  ),
  nftablesRefreshInterval: duration(
    'Time between two checks in which nftables is read back and repaired; 0 turns them off.',
    {
      presence: 'pointer',
      goName: 'NFTablesRefreshInterval',
      assumed: '90s',
    },
  ),
  nftablesFilterAllowAction: anyCase(
    ['Accept', 'Return'],
    'What becomes of allowed packets in the filter hooks.',
    { goName: 'NFTablesFilterAllowAction' },
  ),
  nftablesMangleAllowAction: anyCase(
    ['Accept', 'Return'],
    'What becomes of allowed packets in the mangle hooks.',
    { goName: 'NFTablesMangleAllowAction' },
  ),
  nftablesFilterDenyAction: anyCase(['Drop', 'Reject'], 'What becomes of denied packets.', {
    goName: 'NFTablesFilterDenyAction',
  }),
  nftablesMarkMask: integer('Bits of the packet mark that Felix may use with nftables.', {
    presence: 'pointer',
    goName: 'NFTablesMarkMask',
    assumed: '0xffff0000',
    minimum: 0,
    maximum: 4294967295,
    crd: INT64,
  }),
};
