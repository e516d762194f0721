import {
  anyCase,
  dscp,
  duration,
  flag,
  integer,
  list,
  map,
  object,
  oneOf,
  port,
  text,
} from '../../schema.ts';
import { ENABLED_DISABLED, timeout, WHOLE_DURATION } from './words.ts';

/** The part of FelixConfiguration about the eBPF dataplane and flow logs, in the order of writing. */
export const ebpfFields = {
  bpfEnabled: flag('Use the eBPF dataplane.', {
    presence: 'pointer',
    goName: 'BPFEnabled',
    assumed: 'false',
  }),
  bpfOverlayHostSourceIP: oneOf(
    ['TunnelAddress', 'HostAddress'],
    'Source address for packets of the node itself into the overlay.',
    { presence: 'pointer', goName: 'BPFOverlayHostSourceIP', assumed: 'TunnelAddress' },
  ),
  bpfDisableUnprivileged: flag('Keep unprivileged users from using BPF.', {
    presence: 'pointer',
    goName: 'BPFDisableUnprivileged',
    assumed: 'true',
  }),
  bpfJITHardening: oneOf(['Auto', 'Strict'], "Whether to loosen the kernel's hardening of compiled BPF.", {
    presence: 'pointer',
    goName: 'BPFJITHardening',
    assumed: 'Auto',
  }),
  bpfLogLevel: anyCase(['Off', 'Info', 'Debug'], "How much BPF programs write to the kernel's trace pipe.", {
    presence: 'always',
    goName: 'BPFLogLevel',
    assumed: 'Off',
  }),
  bpfConntrackLogLevel: oneOf(['Off', 'Debug'], 'How much the cleaner of the connection table writes.', {
    goName: 'BPFConntrackLogLevel',
    assumed: 'Off',
  }),
  bpfConntrackMode: oneOf(
    ['Auto', 'Userspace', 'BPFProgram'],
    'How old entries leave the connection table.',
    { presence: 'pointer', goName: 'BPFConntrackCleanupMode', assumed: 'Userspace' },
  ),
  bpfConntrackTimeouts: object(
    {
      creationGracePeriod: timeout('How long every new entry is kept at least.', {
        presence: 'pointer',
        assumed: '10s',
      }),
      tcpSynSent: timeout('How long TCP connections are kept that have no answer yet.', {
        presence: 'pointer',
        assumed: '20s',
        goName: 'TCPSynSent',
      }),
      tcpEstablished: timeout('How long idle TCP connections are kept.', {
        presence: 'pointer',
        assumed: '1h',
        goName: 'TCPEstablished',
      }),
      tcpFinsSeen: timeout('How long TCP connections are kept that both ends have closed.', {
        presence: 'pointer',
        assumed: 'Auto',
        goName: 'TCPFinsSeen',
      }),
      tcpResetSeen: timeout('How long TCP connections are kept after a reset.', {
        presence: 'pointer',
        assumed: '40s',
        goName: 'TCPResetSeen',
      }),
      udpTimeout: timeout('How long idle exchanges over UDP are kept.', {
        presence: 'pointer',
        assumed: '60s',
        goName: 'UDPTimeout',
      }),
      genericTimeout: timeout('How long idle exchanges over other protocols are kept.', {
        presence: 'pointer',
        assumed: '10m',
      }),
      icmpTimeout: timeout('How long idle exchanges over ICMP are kept.', {
        presence: 'pointer',
        assumed: '5s',
        goName: 'ICMPTimeout',
      }),
    },
    'How long connections are kept in the connection table; `Auto` takes the time of the kernel.',
    { presence: 'pointer', goName: 'BPFConntrackTimeouts' },
  ),
  bpfIPFragTimeout: duration('How long fragments wait for the rest of their packet.', {
    presence: 'pointer',
    goName: 'BPFIPFragTimeout',
    assumed: 'kernel ipfrag_time',
    pattern: WHOLE_DURATION,
  }),
  bpfLogFilters: map(
    text('A pcap expression.'),
    'Which packets are logged, as pcap expressions by interface; `all` stands for every interface.',
    { presence: 'pointer', goName: 'BPFLogFilters', assumed: 'unset' },
  ),
  bpfCTLBLogFilter: text('Which connections the connect-time load balancer logs.', {
    goName: 'BPFCTLBLogFilter',
    assumed: 'unset',
  }),
  bpfDataIfacePattern: text(
    'Interfaces that carry traffic in and out of the node, as a regular expression.',
    { goName: 'BPFDataIfacePattern', format: 'regexp' },
  ),
  bpfL3IfacePattern: text(
    'Further interfaces without Ethernet headers, such as tunnels, as a regular expression.',
    { goName: 'BPFL3IfacePattern', format: 'regexp' },
  ),
  bpfConnectTimeLoadBalancingEnabled: flag(
    'Obsolete: use bpfConnectTimeLoadBalancing, which this overrides.',
    { presence: 'pointer', goName: 'BPFConnectTimeLoadBalancingEnabled', assumed: 'true' },
  ),
  bpfConnectTimeLoadBalancing: oneOf(
    ['TCP', 'Enabled', 'Disabled'],
    'For which traffic services are resolved when a socket connects.',
    { presence: 'pointer', goName: 'BPFConnectTimeLoadBalancing', assumed: 'TCP' },
  ),
  bpfHostNetworkedNATWithoutCTLB: oneOf(
    ENABLED_DISABLED,
    'Whether services are resolved packet by packet for what connects from the node itself.',
    { presence: 'pointer', goName: 'BPFHostNetworkedNATWithoutCTLB', assumed: 'Enabled' },
  ),
  bpfExternalServiceMode: anyCase(
    ['Tunnel', 'DSR'],
    'How outside traffic to a service reaches a back end on another node.',
    { goName: 'BPFExternalServiceMode', assumed: 'Tunnel' },
  ),
  bpfDSROptoutCIDRs: list(
    text('A range or an address.', { format: 'cidrOrIp' }),
    'Clients that get no direct return.',
    { presence: 'pointer', goName: 'BPFDSROptoutCIDRs' },
  ),
  bpfExtToServiceConnmark: integer('Mark of 32 bits on connections from outside to a service; 0 for none.', {
    presence: 'pointer',
    goName: 'BPFExtToServiceConnmark',
    assumed: '0',
    minimum: 0,
    maximum: 4294967295,
    crd: { minimum: undefined, maximum: undefined },
  }),
  bpfKubeProxyIptablesCleanupEnabled: flag('Remove what kube-proxy has left in iptables.', {
    presence: 'pointer',
    goName: 'BPFKubeProxyIptablesCleanupEnabled',
    assumed: 'true',
  }),
  bpfKubeProxyMinSyncPeriod: duration('Least time between two updates of services in the dataplane.', {
    presence: 'pointer',
    goName: 'BPFKubeProxyMinSyncPeriod',
    assumed: '1s',
    pattern: WHOLE_DURATION,
  }),
  bpfKubeProxyHealthzPort: integer('Port for the health checks that kube-proxy would answer; 0 for none.', {
    presence: 'pointer',
    goName: 'BPFKubeProxyHealthzPort',
    assumed: '10256',
    minimum: 0,
    maximum: 65535,
    crd: { minimum: undefined, maximum: undefined },
  }),
  bpfPSNATPorts: port('Source ports for packets whose own port collides.', {
    presence: 'pointer',
    goName: 'BPFPSNATPorts',
    assumed: '20000:29999',
  }),
  bpfMapSizeNATFrontend: integer('Size of the map of services, in entries.', {
    presence: 'pointer',
    goName: 'BPFMapSizeNATFrontend',
  }),
  bpfMapSizeNATBackend: integer('Size of the map of back ends, in entries.', {
    presence: 'pointer',
    goName: 'BPFMapSizeNATBackend',
  }),
  bpfMapSizeNATAffinity: integer('Size of the map of session affinities, in entries.', {
    presence: 'pointer',
    goName: 'BPFMapSizeNATAffinity',
  }),
  bpfMapSizeRoute: integer('Size of the map of routes, in entries.', {
    presence: 'pointer',
    goName: 'BPFMapSizeRoute',
  }),
  bpfMapSizeConntrack: integer('Size of the connection table, in entries.', {
    presence: 'pointer',
    goName: 'BPFMapSizeConntrack',
  }),
  bpfMapSizePerCpuConntrack: integer(
    'Size of the connection table in entries per CPU, instead of a fixed size.',
    {
      presence: 'pointer',
      goName: 'BPFMapSizePerCPUConntrack',
    },
  ),
  bpfMapSizeConntrackScaling: anyCase(
    ['Disabled', 'DoubleIfFull'],
    'What happens when the connection table is full.',
    { goName: 'BPFMapSizeConntrackScaling', assumed: 'DoubleIfFull' },
  ),
  bpfMapSizeConntrackCleanupQueue: integer('Size of the queue of connections about to go, in entries.', {
    presence: 'pointer',
    goName: 'BPFMapSizeConntrackCleanupQueue',
    minimum: 1,
  }),
  bpfMapSizeIPSets: integer('Size of the map of IP sets, in entries.', {
    presence: 'pointer',
    goName: 'BPFMapSizeIPSets',
  }),
  bpfMapSizeIfState: integer('Size of the map of interfaces, in entries.', {
    presence: 'pointer',
    goName: 'BPFMapSizeIfState',
  }),
  bpfHostConntrackBypass: flag("Keep workload traffic out of the kernel's connection tracking.", {
    presence: 'pointer',
    goName: 'BPFHostConntrackBypass',
    assumed: 'true',
  }),
  bpfIPFragmentReassemblyEnabled: flag('Handle packets that come in fragments.', {
    presence: 'pointer',
    goName: 'BPFIPFragmentReassemblyEnabled',
    assumed: 'true',
  }),
  bpfEnforceRPF: anyCase(
    ['Disabled', 'Strict', 'Loose'],
    'How strictly source addresses are checked against routes.',
    { goName: 'BPFEnforceRPF', assumed: 'Loose' },
  ),
  bpfPolicyDebugEnabled: flag('Keep what is needed to show policy programs to people.', {
    presence: 'pointer',
    goName: 'BPFPolicyDebugEnabled',
  }),
  bpfForceTrackPacketsFromIfaces: list(
    text('An interface; `+` at the end stands for any rest.', { format: 'ifaceFilter' }),
    "Interfaces whose packets go through the kernel's connection tracking.",
    { presence: 'pointer', goName: 'BPFForceTrackPacketsFromIfaces', assumed: 'docker+' },
  ),
  bpfDisableGROForIfaces: text(
    'Interfaces on which receive offload is turned off, as a regular expression.',
    { goName: 'BPFDisableGROForIfaces', format: 'regexp' },
  ),
  bpfExcludeCIDRsFromNAT: list(
    text('A range or an address.', { format: 'cidrOrIp' }),
    'Service addresses that are left to something else to resolve.',
    { presence: 'pointer', goName: 'BPFExcludeCIDRsFromNAT' },
  ),
  bpfExportBufferSizeMB: integer('Size of the buffer for events from the kernel, in MiB.', {
    presence: 'pointer',
    goName: 'BPFExportBufferSizeMB',
    assumed: '1',
  }),
  istioAmbientMode: oneOf(ENABLED_DISABLED, "Whether Calico works with Istio's ambient mode.", {
    presence: 'pointer',
    assumed: 'Disabled',
  }),
  istioDSCPMark: dscp("DSCP mark on packets of Istio's ambient mode.", {
    presence: 'pointer',
    assumed: '23',
  }),
  cgroupV2Path: text('Where cgroup v2 is mounted, unless at the usual place.'),
  flowLogsPolicyEvaluationMode: oneOf(
    ['None', 'Continuous'],
    'Whether connections that live on are judged anew when policy changes, for flow logs.',
    { presence: 'pointer', assumed: 'Continuous' },
  ),
  bpfRedirectToPeer: oneOf(
    ENABLED_DISABLED,
    "Whether packets jump straight into the workload's network namespace.",
    { goName: 'BPFRedirectToPeer', assumed: 'Enabled' },
  ),
  bpfAttachType: oneOf(['TC', 'TCX', 'Netkit'], 'How BPF programs are attached to interfaces.', {
    presence: 'pointer',
    goName: 'BPFAttachType',
    assumed: 'Netkit',
  }),
  flowLogsFlushInterval: duration('Time between two sendings of flow logs.', {
    presence: 'pointer',
    pattern: WHOLE_DURATION,
  }),
  flowLogsCollectorDebugTrace: flag('Log every update that the flow collector sees.', {
    presence: 'pointer',
  }),
  flowLogsGoldmaneServer: text('Address of the Goldmane server that takes flow logs.', {
    presence: 'pointer',
  }),
  flowLogsLocalReporter: oneOf(['Disabled', 'Enabled'], 'Whether flow logs go to a socket on the node too.', {
    presence: 'pointer',
    assumed: 'Disabled',
  }),
  bpfProfiling: oneOf(ENABLED_DISABLED, 'Whether BPF programs measure their own run time.', {
    goName: 'BPFProfiling',
    assumed: 'Disabled',
  }),
};
