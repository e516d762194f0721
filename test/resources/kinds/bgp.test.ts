import { describe, expect, test } from 'bun:test';
import { API_VERSION, type Kind, type Resource } from '../../../src/resources/kind.ts';
import bgpConfiguration from '../../../src/resources/kinds/bgpconfiguration.ts';
import bgpFilter from '../../../src/resources/kinds/bgpfilter.ts';
import bgpPeer from '../../../src/resources/kinds/bgppeer.ts';
import node from '../../../src/resources/kinds/node.ts';
import { faultsOf } from './faults.ts';

type Spec = Readonly<Record<string, unknown>>;

const rule = (match: Spec, list = 'exportV4') => ({ [list]: [{ action: 'Accept', ...match }] });

const PEER: readonly [Spec, string, string][] = [
  [{ node: 'w1', nodeSelector: 'all()' }, 'spec.nodeSelector', 'together with node'],
  [{ peerIP: '192.0.2.1', peerSelector: 'all()' }, 'spec.peerSelector', 'together with peerIP'],
  [{ peerSelector: 'all()', asNumber: 64512 }, 'spec.asNumber', 'together with peerSelector'],
  [
    { localWorkloadSelector: 'all()', peerIP: '192.0.2.1', asNumber: 1 },
    'spec.peerIP',
    'localWorkloadSelector',
  ],
  [{ localWorkloadSelector: 'all()' }, 'spec.asNumber', 'is required with localWorkloadSelector'],
  [{ reachableBy: '192.0.2.9' }, 'spec.reachableBy', 'without peerIP'],
  [{ peerIP: '192.0.2.1:179', reachableBy: '2001:db8::1' }, 'spec.reachableBy', 'address family of peerIP'],
  [{ peerIP: '[2001:db8::1]:179', reachableBy: '192.0.2.9' }, 'spec.reachableBy', 'address family of peerIP'],
  [{ keepOriginalNextHop: true, nextHopMode: 'Keep' }, 'spec.keepOriginalNextHop', 'nextHopMode'],
  [{ peerIP: '192.0.2.999' }, 'spec.peerIP', 'is neither an IP address'],
  [{ asNumber: '65536.1' }, 'spec.asNumber', 'is not an AS number'],
  [{ asNumber: 1.1 }, 'spec.asNumber', 'is not an AS number'],
  [{ ttlSecurity: 256 }, 'spec.ttlSecurity', 'range 0 to 255'],
  [{ maxRestartTime: 'soon' }, 'spec.maxRestartTime', 'is not a duration'],
  [{ reachableBy: 'gw1', peerIP: '192.0.2.1' }, 'spec.reachableBy', 'is not an IP address'],
  [{ filters: ['Edge Routes'] }, 'spec.filters[0]', 'is not a name'],
  [{ reversePeering: 'Never' }, 'spec.reversePeering', 'use one of "Auto", "Manual"'],
  [{ peerSelector: 'rr == true' }, 'spec.peerSelector', 'is not a selector'],
];

const FILTER: readonly [Spec, string, string][] = [
  [rule({ cidr: '10.0.0.0/8' }), 'spec.exportV4[0].matchOperator', 'is required with cidr'],
  [rule({ matchOperator: 'In' }), 'spec.exportV4[0].cidr', 'is required with matchOperator'],
  [rule({ cidr: 'fd00::/8', matchOperator: 'In' }), 'spec.exportV4[0].cidr', 'is not an IPv4 network'],
  [
    rule({ cidr: '10.0.0.0/8', matchOperator: 'In' }, 'importV6'),
    'spec.importV6[0].cidr',
    'is not an IPv6 network',
  ],
  [rule({ cidr: '10.1.2.3/8', matchOperator: 'In' }, 'importV4'), 'spec.importV4[0].cidr', 'is 10.0.0.0/8'],
  [rule({ cidr: '10.1.2.3', matchOperator: 'In' }), 'spec.exportV4[0].cidr', 'is not a CIDR'],
  [rule({ prefixLength: { min: 8 } }), 'spec.exportV4[0].prefixLength', 'without cidr'],
  [
    rule({ action: 'Reject', operations: [{ setPriority: { value: 1 } }] }),
    'spec.exportV4[0].operations',
    'action Accept',
  ],
  [rule({ operations: [{}] }), 'spec.exportV4[0].operations[0]', 'has to have 1 field'],
  [rule({ action: undefined }), 'spec.exportV4[0].action', 'has to be given'],
  [rule({ action: 'accept' }), 'spec.exportV4[0].action', 'did you mean "Accept"'],
  [rule({ priority: 0 }), 'spec.exportV4[0].priority', 'less than the least value, 1'],
  [
    rule({ communities: { values: ['064512:1'] } }),
    'spec.exportV4[0].communities.values[0]',
    'is not a BGP community',
  ],
  [rule({ communities: {} }), 'spec.exportV4[0].communities.values', 'has to be given'],
  [rule({ asPathPrefix: [4294967296] }), 'spec.exportV4[0].asPathPrefix[0]', 'is not an AS number'],
];

const advert = (communities: readonly string[], named: readonly Spec[] = []) => ({
  communities: named,
  prefixAdvertisements: [{ cidr: '10.0.0.0/8', communities }],
});

const CONFIGURATION: readonly [Spec, string, string][] = [
  [advert(['65536:1']), 'spec.prefixAdvertisements[0].communities[0]', 'go up to 65535'],
  [advert(['4294967296:0:0']), 'spec.prefixAdvertisements[0].communities[0]', 'go up to 4294967295'],
  [advert(['transit']), 'spec.prefixAdvertisements[0].communities[0]', 'nor the name of one'],
  [advert([]), 'spec.prefixAdvertisements[0].communities', 'is required'],
  [advert(['1:2'], [{ value: '1:2' }]), 'spec.communities[0].name', 'is required'],
  [advert(['1:2'], [{ name: 'a' }]), 'spec.communities[0].value', 'is required'],
  [advert(['1:2'], [{ name: 'a', value: '1' }]), 'spec.communities[0].value', 'is not a BGP community'],
  [advert(['1:2'], [{ name: 'a', value: '1:65536' }]), 'spec.communities[0].value', 'go up to 65535'],
  [{ communities: [{ name: 'a', value: '1:2' }] }, 'spec.communities', 'prefixAdvertisements'],
  [{ prefixAdvertisements: [{ communities: ['1:2'] }] }, 'spec.prefixAdvertisements[0].cidr', 'is required'],
  [{ serviceClusterIPs: [{ cidr: '10.96.0.1/12' }] }, 'spec.serviceClusterIPs[0].cidr', 'is 10.96.0.0/12'],
  [{ serviceExternalIPs: [{ cidr: '192.0.2.1' }] }, 'spec.serviceExternalIPs[0].cidr', 'is not a CIDR'],
  [
    { nodeToNodeMeshEnabled: false, nodeMeshMaxRestartTime: '1s' },
    'spec.nodeMeshMaxRestartTime',
    'enable the mesh',
  ],
  [{ nodeToNodeMeshEnabled: false, nodeMeshPassword: {} }, 'spec.nodeMeshPassword', 'enable the mesh'],
  [{ listenPort: 65536 }, 'spec.listenPort', 'range 0 to 65535'],
  [{ ignoredInterfaces: ['*'] }, 'spec.ignoredInterfaces[0]', 'is not an interface name'],
  [{ logSeverityScreen: 'Chatty' }, 'spec.logSeverityScreen', 'use one of "Trace"'],
];

const NODE: readonly [Spec, string, string][] = [
  [{ bgp: {} }, 'spec.bgp', 'is empty'],
  [{ bgp: { ipv4Address: '2001:db8::1/64' } }, 'spec.bgp.ipv4Address', 'is not an IPv4 address'],
  [{ bgp: { asNumber: 4294967296 } }, 'spec.bgp.asNumber', 'is not an AS number'],
  [{ vxlanTunnelMACAddr: '66:00' }, 'spec.vxlanTunnelMACAddr', 'is not a MAC address'],
  [{ ipv6VXLANTunnelAddr: '10.0.0.1' }, 'spec.ipv6VXLANTunnelAddr', 'is not an IPv6 address'],
];

const VALID: readonly [string, Spec][] = [
  ['BGPPeer', {}],
  ['BGPPeer', { asNumber: 4294967295 }],
  ['BGPPeer', { keepOriginalNextHop: false, nextHopMode: 'Keep' }],
  ['BGPPeer', { localWorkloadSelector: 'all()', asNumber: '1.10' }],
  ['BGPPeer', { password: { secretKeyRef: { name: 'a' } } }],
  ['BGPFilter', { exportV4: [] }],
  ['BGPFilter', rule({ operations: [] })],
  ['BGPFilter', rule({ cidr: 'fd00::/8', matchOperator: 'NotIn', prefixLength: { max: 128 } }, 'exportV6')],
  ['BGPConfiguration', advert(['a', '65535:65535', '4294967295:0:1'], [{ name: 'a', value: '1:2' }])],
  ['BGPConfiguration', { serviceClusterIPs: [{}], listenPort: 0, logSeverityScreen: 'dEbUg' }],
  ['BGPConfiguration', { asNumber: 4200000000, nodeToNodeMeshEnabled: false }],
  ['Node', {}],
  ['Node', { bgp: { asNumber: '1.1' } }],
  ['Node', { bgp: { ipv4Address: '192.0.2.10' } }],
  ['Node', { addresses: [{ address: 'any', type: 'Public' }], interfaces: [{ name: 'A B' }] }],
];

describe.each([
  ['BGPPeer', PEER],
  ['BGPFilter', FILTER],
  ['BGPConfiguration', CONFIGURATION],
  ['Node', NODE],
] as const)('%s', (kind, faults) => {
  test.each([...faults])('%j: %s', async (spec, path, said) => {
    const found = await faultsOf(kind, { metadata: { name: 'default' }, spec });
    expect(found).toHaveLength(1);
    expect(found[0]).toStartWith(`${path}: `);
    expect(found[0]).toContain(said);
  });
});

test.each([...VALID])('%s %j is valid', async (kind, spec) => {
  expect(await faultsOf(kind, { metadata: { name: 'default' }, spec })).toEqual([]);
});

test('settings of the whole cluster are refused elsewhere when written, not when validated', async () => {
  const spec = {
    asNumber: 64512,
    nodeToNodeMeshEnabled: true,
    serviceClusterIPs: [{ cidr: '10.96.0.0/12' }],
  };
  const found = await faultsOf('BGPConfiguration', { metadata: { name: 'node.w1' }, spec });
  expect(found.map((fault) => fault.split(':')[0])).toEqual([
    'spec.nodeToNodeMeshEnabled',
    'spec.asNumber',
    'spec.serviceClusterIPs',
  ]);
  expect(await faultsOf('BGPConfiguration', { metadata: { name: 'node.w1' }, spec }, 'validate')).toEqual([]);
});

function cells(kind: Kind, spec: Spec): string[] {
  const resource = {
    apiVersion: API_VERSION,
    kind: kind.kind,
    metadata: { name: 'x' },
    spec,
  } as unknown as Resource;
  return kind.wide.map((heading) => kind.columns[heading]!(resource, { defaultAsNumber: '64512' }));
}

describe('columns', () => {
  test('of peers', () => {
    expect(cells(bgpPeer, {})).toEqual(['x', '', '(global)', '0']);
    expect(cells(bgpPeer, { nodeSelector: 'has(a)', peerIP: '192.0.2.1', asNumber: 1 })).toEqual([
      'x',
      '192.0.2.1',
      'has(a)',
      '1',
    ]);
    expect(cells(bgpPeer, { node: 'w1' })).toEqual(['x', '', 'w1', '0']);
  });

  test('of filters', () => {
    expect(cells(bgpFilter, { exportV4: [{}, {}], importV6: [{}] })).toEqual(['x', '2', '0', '0', '1']);
  });

  test('of configurations', () => {
    expect(cells(bgpConfiguration, {})).toEqual(['x', '', '-', '-']);
    expect(
      cells(bgpConfiguration, { logSeverityScreen: 'Info', nodeToNodeMeshEnabled: false, asNumber: 63400 }),
    ).toEqual(['x', 'Info', 'false', '63400']);
  });

  test('of nodes', () => {
    expect(cells(node, {})).toEqual(['x', '', '', '']);
    expect(cells(node, { bgp: { ipv4Address: '10.0.0.1/24' } })).toEqual(['x', '(64512)', '10.0.0.1/24', '']);
    expect(cells(node, { bgp: { asNumber: 65000, ipv6Address: 'fd00::1' } })).toEqual([
      'x',
      '65000',
      '',
      'fd00::1',
    ]);
  });
});
