import { expect, test } from 'bun:test';
import { faultsOf } from './faults.ts';

type Spec = Readonly<Record<string, unknown>>;

const template = (...templates: Spec[]) => ({ controllers: { node: { hostEndpoint: { templates } } } });
const TEMPLATES = 'spec.controllers.node.hostEndpoint.templates';

const FAULTS: readonly [string, Spec, string, string][] = [
  ['FelixConfiguration', { nodeSelector: 'all()' }, 'spec.nodeSelector', 'cannot be set in default'],
  ['FelixConfiguration', { openstackRegion: 'EU' }, 'spec.openstackRegion', 'DNS label'],
  ['FelixConfiguration', { openstackRegion: 'r'.repeat(47) }, 'spec.openstackRegion', 'longer than 46'],
  ['FelixConfiguration', { kubeNodePortRanges: ['http'] }, 'spec.kubeNodePortRanges[0]', 'is a name'],
  ['FelixConfiguration', { kubeNodePortRanges: [0] }, 'spec.kubeNodePortRanges[0]', 'least value, 1'],
  [
    'FelixConfiguration',
    { kubeNodePortRanges: [1, 2, 3, 4, 5, 6, 7, 8] },
    'spec.kubeNodePortRanges',
    'more than 7',
  ],
  ['FelixConfiguration', { externalNodesList: ['fd00::/8'] }, 'spec.externalNodesList[0]', 'IPv4 range'],
  ['FelixConfiguration', { natOutgoingAddress: 'fd00::1' }, 'spec.natOutgoingAddress', 'IPv4 address'],
  [
    'FelixConfiguration',
    { natOutgoingAddress: '::ffff:10.0.0.1' },
    'spec.natOutgoingAddress',
    'IPv4 address',
  ],
  [
    'FelixConfiguration',
    { deviceRouteSourceAddressIPv6: '10.0.0.1' },
    'spec.deviceRouteSourceAddressIPv6',
    'IPv6',
  ],
  ['FelixConfiguration', { routeTableRange: { min: 0, max: 9 } }, 'spec.routeTableRange.min', 'less than 1'],
  [
    'FelixConfiguration',
    { routeTableRange: { min: 1, max: 251 } },
    'spec.routeTableRange.max',
    'more than 250',
  ],
  [
    'FelixConfiguration',
    { routeTableRanges: [{ min: 9, max: 8 }] },
    'spec.routeTableRanges[0].max',
    'less than min, 9',
  ],
  [
    'FelixConfiguration',
    { routeTableRanges: [{ min: 1, max: 65536 }] },
    'spec.routeTableRanges',
    'have 65536 tables',
  ],
  [
    'FelixConfiguration',
    { routeTableRange: { min: 1, max: 9 }, routeTableRanges: [{ min: 1, max: 9 }] },
    'spec.routeTableRange',
    'together with routeTableRanges',
  ],
  [
    'FelixConfiguration',
    { healthTimeoutOverrides: [{ timeout: '5s' }] },
    'spec.healthTimeoutOverrides[0].name',
    'part of Felix',
  ],
  [
    'FelixConfiguration',
    { healthTimeoutOverrides: [{ name: 'a', timeout: '-1s' }] },
    'spec.healthTimeoutOverrides[0].timeout',
    'negative',
  ],
  ['FelixConfiguration', { bpfLogFilters: { '*': 'tcp' } }, 'spec.bpfLogFilters["*"]', 'interface name'],
  ['FelixConfiguration', { serviceLoopPrevention: 'reject' }, 'spec.serviceLoopPrevention', 'write "Reject"'],
  ['FelixConfiguration', { workloadSourceSpoofing: 'any' }, 'spec.workloadSourceSpoofing', 'write "Any"'],
  ['FelixConfiguration', { iptablesBackend: 'nft' }, 'spec.iptablesBackend', 'did you mean "NFT"'],
  ['FelixConfiguration', { iptablesBackend: '' }, 'spec.iptablesBackend', 'is not supported'],
  ['FelixConfiguration', { reportingInterval: '1500ms' }, 'spec.reportingInterval', 'in whole hours'],
  [
    'FelixConfiguration',
    { liveMigrationRouteConvergenceTime: '-1s' },
    'spec.liveMigrationRouteConvergenceTime',
    'or "1.5s"',
  ],
  [
    'FelixConfiguration',
    { bpfConntrackTimeouts: { tcpSynSent: 'soon' } },
    'spec.bpfConntrackTimeouts.tcpSynSent',
    '"Auto"',
  ],
  ['FelixConfiguration', { bpfMaglevMaxServices: 3001 }, 'spec.bpfMaglevMaxServices', 'greatest value, 3000'],
  [
    'FelixConfiguration',
    { wireguardRoutingRulePriority: 32766 },
    'spec.wireguardRoutingRulePriority',
    '32765',
  ],
  ['FelixConfiguration', { goGCThreshold: -2 }, 'spec.goGCThreshold', 'least value, -1'],
  ['FelixConfiguration', { logActionRateLimit: '100/week' }, 'spec.logActionRateLimit', '100/minute'],
  ['FelixConfiguration', { natPortRange: '9:8' }, 'spec.natPortRange', 'is not a port'],
  ['FelixConfiguration', { istioDSCPMark: 256 }, 'spec.istioDSCPMark', 'neither a DSCP value'],
  [
    'KubeControllersConfiguration',
    template({ interfacePattern: 'a' }),
    `${TEMPLATES}[0].generateName`,
    'is required',
  ],
  ['KubeControllersConfiguration', template({ generateName: 'a' }), `${TEMPLATES}[0]`, 'interfaceCIDRs'],
  [
    'KubeControllersConfiguration',
    template({ generateName: 'a', interfacePattern: 'a' }, { generateName: 'a', interfacePattern: 'b' }),
    `${TEMPLATES}[1].generateName`,
    'not unique',
  ],
  [
    'KubeControllersConfiguration',
    template({ generateName: 'a', interfacePattern: 'a', labels: { 'a b': '' } }),
    `${TEMPLATES}[0].labels["a b"]`,
    'is not a qualified name',
  ],
  ['KubeControllersConfiguration', { prometheusMetricsPort: 65536 }, 'spec.prometheusMetricsPort', '65535'],
  [
    'KubeControllersConfiguration',
    { controllers: { node: { reconcilerPeriod: 5 } } },
    'spec.controllers.node.reconcilerPeriod',
    'is not a duration',
  ],
  [
    'KubeControllersConfiguration',
    { logSeverityScreen: 'info' },
    'spec.logSeverityScreen',
    'did you mean "Info"',
  ],
  ['IPAMConfiguration', { maxBlocksPerHost: 1000001 }, 'spec.maxBlocksPerHost', 'greatest value, 1000000'],
  ['IPAMConfiguration', { ipCooldownSeconds: -1 }, 'spec.ipCooldownSeconds', 'least value, 0'],
  [
    'IPAMConfiguration',
    { kubeVirtVMAddressPersistence: 'Maybe' },
    'spec.kubeVirtVMAddressPersistence',
    '"Enabled"',
  ],
  ['IPReservation', { reservedCIDRs: ['192.0.2.1'] }, 'spec.reservedCIDRs[0]', 'is not a CIDR'],
  ['IPReservation', { reservedCIDRs: [''] }, 'spec.reservedCIDRs[0]', 'is not a CIDR'],
  ['CalicoNodeStatus', { classes: ['BGP'], updatePeriodSeconds: 0 }, 'spec.node', 'is required'],
  ['CalicoNodeStatus', { node: 'a', updatePeriodSeconds: 0 }, 'spec.classes', 'is required'],
  ['CalicoNodeStatus', { node: 'a', classes: ['BGP'] }, 'spec.updatePeriodSeconds', 'is required'],
  [
    'CalicoNodeStatus',
    { node: 'a', classes: ['BGP', 'BGP'], updatePeriodSeconds: 0 },
    'spec.classes[1]',
    'is there already',
  ],
  [
    'CalicoNodeStatus',
    { node: 'a', classes: ['BGP'], updatePeriodSeconds: 86401 },
    'spec.updatePeriodSeconds',
    '86400',
  ],
];

test.each([...FAULTS])('%s %j: %s', async (kind, spec, path, said) => {
  const found = await faultsOf(kind, { metadata: { name: 'default' }, spec });
  expect(found).toHaveLength(1);
  expect(found[0]).toStartWith(`${path}: `);
  expect(found[0]).toContain(said);
});

test('numbers that only BigInt holds are out of range, too', async () => {
  const spec = { routeTableRanges: [{ min: 2n ** 62n, max: 9 }] };
  expect(await faultsOf('FelixConfiguration', { metadata: { name: 'default' }, spec })).toContain(
    'spec.routeTableRanges[0].max: is less than min, 4611686018427387904',
  );
});

const VALID: readonly [string, Spec][] = [
  ['FelixConfiguration', {}],
  [
    'FelixConfiguration',
    { logSeverityScreen: 'dEbUg', routeSource: 'workloadips', chainInsertMode: 'APPEND' },
  ],
  ['FelixConfiguration', { failsafeInboundHostPorts: [{ protocol: 'any', port: 0, net: 'x' }] }],
  ['FelixConfiguration', { istioDSCPMark: 'whatever', nftablesRefreshInterval: '1.5s' }],
  ['FelixConfiguration', { kubeNodePortRanges: ['30000:32767', 8080], bpfExtToServiceConnmark: 4294967295 }],
  ['FelixConfiguration', { healthTimeoutOverrides: [{ name: 'calc' }] }],
  ['FelixConfiguration', { routeTableRanges: [{ min: 4294967295, max: 4294967295 }] }],
  ['KubeControllersConfiguration', {}],
  ['KubeControllersConfiguration', { prometheusMetricsPort: 0, logSeverityScreen: 'Panic' }],
  ['IPAMConfiguration', { strictAffinity: true }],
  ['IPReservation', { reservedCIDRs: ['10.0.0.7/28', 'fd00::/124'] }],
  ['CalicoNodeStatus', { node: 'a', classes: ['BGP'], updatePeriodSeconds: 86400 }],
];

test.each([...VALID])('%s %j is valid', async (kind, spec) => {
  expect(await faultsOf(kind, { metadata: { name: 'default' }, spec })).toEqual([]);
});

test('nodes are selected by configurations of other names', async () => {
  const spec = { nodeSelector: 'not even a selector' };
  expect(await faultsOf('FelixConfiguration', { metadata: { name: 'edge' }, spec })).toEqual([]);
  expect(await faultsOf('FelixConfiguration', { metadata: { name: 'node.a' }, spec })).toHaveLength(1);
});

test('templates are checked when written, not when validated', async () => {
  expect(await faultsOf('KubeControllersConfiguration', { spec: template({}) }, 'validate')).toEqual([]);
});
