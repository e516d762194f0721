import { describe, expect, test } from 'bun:test';
import { faultsOf, type Manifest } from './faults.ts';

const wep = {
  metadata: { name: 'n--1-k8s-web-eth0', namespace: 'shop' },
  spec: { node: 'n-1', orchestrator: 'k8s', pod: 'web', endpoint: 'eth0', interfaceName: 'cali1' },
};

function endpoint(spec: Readonly<Record<string, unknown>>): Manifest {
  return { ...wep, spec: { ...wep.spec, ...spec } };
}

function hostEndpoint(spec: Readonly<Record<string, unknown>>): Manifest {
  return { spec: { node: 'n', interfaceName: 'eth0', ...spec } };
}

const port = { name: 'http', protocol: 'TCP', port: 80 };

type Case = readonly [kind: string, manifest: Manifest, path: string, said: string];

const FAULTS: readonly Case[] = [
  ['HostEndpoint', hostEndpoint({ node: '' }), 'spec.node', 'node must be specified'],
  ['HostEndpoint', hostEndpoint({ node: 'Worker' }), 'spec.node', 'is not a name'],
  [
    'HostEndpoint',
    hostEndpoint({ interfaceName: '', expectedIPs: [] }),
    'spec',
    'interfaceName or expectedIPs',
  ],
  ['HostEndpoint', hostEndpoint({ interfaceName: 'eth*' }), 'spec.interfaceName', 'is not an interface name'],
  [
    'HostEndpoint',
    hostEndpoint({ expectedIPs: ['192.0.2.1/32'] }),
    'spec.expectedIPs[0]',
    'is not an IP address',
  ],
  ['HostEndpoint', hostEndpoint({ profiles: ['Allow All'] }), 'spec.profiles[0]', 'is not a name'],
  [
    'HostEndpoint',
    hostEndpoint({ ports: [{ ...port, name: 'HTTP' }] }),
    'spec.ports[0].name',
    'is not a port name',
  ],
  [
    'HostEndpoint',
    hostEndpoint({ ports: [{ ...port, port: 0 }] }),
    'spec.ports[0].port',
    'less than the least value, 1',
  ],
  [
    'HostEndpoint',
    hostEndpoint({ ports: [{ ...port, port: 65536 }] }),
    'spec.ports[0].port',
    'not in the range',
  ],
  [
    'HostEndpoint',
    hostEndpoint({ ports: [{ ...port, protocol: 'ICMP' }] }),
    'spec.ports[0].protocol',
    'use TCP, UDP or SCTP',
  ],

  ['WorkloadEndpoint', { ...wep, metadata: { name: 'web' } }, 'metadata.name', 'expected n--1-k8s-web-eth0'],
  ['WorkloadEndpoint', endpoint({ pod: '' }), 'spec.pod', 'the name of the endpoint is made of it'],
  ['WorkloadEndpoint', endpoint({ interfaceName: '' }), 'spec.interfaceName', 'is required'],
  ['WorkloadEndpoint', endpoint({ ipNetworks: ['10.0.0.0/24'] }), 'spec.ipNetworks[0]', 'many addresses'],
  ['WorkloadEndpoint', endpoint({ ipNetworks: [''] }), 'spec.ipNetworks[0]', 'an address is needed'],
  ['WorkloadEndpoint', endpoint({ ipNetworks: ['ten'] }), 'spec.ipNetworks[0]', 'is not a network'],
  ['WorkloadEndpoint', endpoint({ ipv4Gateway: 'fe80::1' }), 'spec.ipv4Gateway', 'is not an IPv4 address'],
  ['WorkloadEndpoint', endpoint({ ipv6Gateway: '10.0.0.1' }), 'spec.ipv6Gateway', 'is not an IPv6 address'],
  ['WorkloadEndpoint', endpoint({ mac: 'ca:fe' }), 'spec.mac', 'is not a MAC address'],
  [
    'WorkloadEndpoint',
    endpoint({ ipNetworks: ['10.0.0.5'], ipNATs: [{ internalIP: '10.0.0.6', externalIP: '192.0.2.6' }] }),
    'spec.ipNATs[0].internalIP',
    'is not an address of the endpoint',
  ],
  [
    'WorkloadEndpoint',
    endpoint({ ipNetworks: ['10.0.0.5'], ipNATs: [{ internalIP: '10.0.0.5', externalIP: 'fd00::6' }] }),
    'spec.ipNATs[0].externalIP',
    'not of the same IP version',
  ],
  [
    'WorkloadEndpoint',
    endpoint({ ipNetworks: ['10.0.0.5'], ipNATs: [{ internalIP: '10.0.0.5' }] }),
    'spec.ipNATs[0].externalIP',
    'is not an IP address',
  ],
  [
    'WorkloadEndpoint',
    endpoint({ ports: [{ ...port, name: '' }] }),
    'spec.ports[0].name',
    'unless there is a hostPort',
  ],
  [
    'WorkloadEndpoint',
    endpoint({ ports: [{ ...port, name: 'Web' }] }),
    'spec.ports[0].name',
    'is not a port name',
  ],
  [
    'WorkloadEndpoint',
    endpoint({ ports: [{ ...port, port: 0 }] }),
    'spec.ports[0].port',
    'less than the least value, 1',
  ],
  [
    'WorkloadEndpoint',
    endpoint({ ports: [{ ...port, hostIP: 'here' }] }),
    'spec.ports[0].hostIP',
    'is not a network',
  ],
  ['WorkloadEndpoint', endpoint({ qosControls: { dscp: 'XX' } }), 'spec.qosControls.dscp', 'DSCP'],
];

const ACCEPTED: readonly (readonly [string, Manifest])[] = [
  ['HostEndpoint', hostEndpoint({ interfaceName: '*', ports: [{ ...port, protocol: 132 }] })],
  ['HostEndpoint', hostEndpoint({ interfaceName: '', expectedIPs: ['::ffff:192.0.2.1'] })],
  ['WorkloadEndpoint', endpoint({ ports: [{ protocol: 'UDP', port: 53, hostPort: 53 }] })],
];

describe('faults', () => {
  for (const [kind, manifest, path, said] of FAULTS)
    test(`${kind} ${path} ${said}`, async () => {
      const found = await faultsOf(kind, manifest);
      expect(found).toHaveLength(1);
      expect(found[0]).toStartWith(`${path}: `);
      expect(found[0]).toContain(said);
    });
});

describe('accepted', () => {
  for (const [kind, manifest] of ACCEPTED)
    test(`${kind} ${JSON.stringify(manifest.spec)}`, async () => {
      expect(await faultsOf(kind, manifest)).toEqual([]);
    });
});

test('validate does not ask for the name that a workload endpoint must have', async () => {
  expect(await faultsOf('WorkloadEndpoint', { ...wep, metadata: { name: 'web' } }, 'validate')).toEqual([]);
});
