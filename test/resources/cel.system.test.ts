import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { customResourceDefinitions } from '../../src/resources/crd-definition.ts';
import { withSchemaDefaults } from '../../src/resources/document.ts';
import { API_VERSION, type Kind, type Resource } from '../../src/resources/kind.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { type ApiServer, startApiServer } from '../testbed/api-server.ts';

/** The CEL of the definitions on a real API server says what the kinds' own rules say of the same objects. */

type Spec = Readonly<Record<string, unknown>>;

/** A kind, the rule that is broken, a spec that breaks it, and the name where that counts. */
type Example = readonly [kind: string, rule: string, spec: Spec, name?: string];

const pool = (spec: Spec) => ({ cidr: '10.0.0.0/16', ...spec });
const lb = (spec: Spec) => pool({ allowedUses: ['LoadBalancer'], ...spec });
const rule = (spec: Spec) => ({ ingress: [{ action: 'Allow', ...spec }] });
const services = { name: 'web', namespace: 'shop' };
const bgpRule = (spec: Spec) => ({ importV4: [{ action: 'Accept', ...spec }] });

const POOLS: readonly Example[] = [
  ['IPPool', 'CAL1000', pool({ cidr: '10.0.0.1/16' })],
  ['IPPool', 'CAL1002', pool({ cidr: '169.254.0.0/24' })],
  ['IPPool', 'CAL1002', pool({ cidr: 'fe80::/64' })],
  ['IPPool', 'CAL1003', pool({ ipipMode: 'Always', vxlanMode: 'Always' })],
  ['IPPool', 'CAL1004', pool({ cidr: 'fd00::/64', ipipMode: 'Always' })],
  ['IPPool', 'CAL1005', pool({ blockSize: 19 })],
  ['IPPool', 'CAL1005', pool({ cidr: 'fd00::/64', blockSize: 64 })],
  ['IPPool', 'CAL1006', pool({ cidr: '10.0.0.0/28' })],
  ['IPPool', 'CAL1007', lb({ vxlanMode: 'Always' })],
  ['IPPool', 'CAL1008', pool({ allowedUses: ['LoadBalancer', 'Workload'] })],
  ['IPPool', 'CAL1009', lb({ disableBGPExport: true })],
  ['IPPool', 'CAL1010', lb({ nodeSelector: 'has(rack)' })],
  ['IPPool', 'CAL1011', pool({ allowedUses: ['Tunnel'], namespaceSelector: 'all()' })],
  ['IPPool', 'CAL1012', pool({ nodeSelector: 'global()' })],
  ['IPPool', 'CAL1012', pool({ namespaceSelector: 'global()' })],
];

const POLICY: readonly (readonly [string, Spec])[] = [
  ['CAL1132', rule({ source: { services: { name: '', namespace: 'shop' } } })],
  ['CAL1133', rule({ source: { services, namespaceSelector: 'all()' } })],
  ['CAL1133', rule({ source: { services, serviceAccounts: { names: ['a'] } } })],
  ['CAL1133', rule({ source: { services, notSelector: 'has(a)' } })],
  ['CAL1133', rule({ source: { services, nets: ['10.0.0.0/8'] } })],
  ['CAL1134', { egress: [{ action: 'Allow', protocol: 'TCP', destination: { services, ports: [80] } }] }],
  ['CAL1135', rule({ source: { selector: 'global()' } })],
  ['CAL1137', rule({ protocol: 'UDP', http: { methods: ['GET'] } })],
  ['CAL1138', rule({ action: 'Deny', http: { methods: ['GET'] } })],
  ['CAL1139', rule({ icmp: { type: 8 } })],
  ['CAL1140', rule({ protocol: 'ICMP', ipVersion: 6 })],
  ['CAL1140', rule({ protocol: 58, ipVersion: 4 })],
  ['CAL1140', rule({ notProtocol: 1, ipVersion: 6 })],
  ['CAL1140', rule({ notProtocol: 'ICMPv6', ipVersion: 4 })],
  ['CAL1141', rule({ protocol: 'ICMP', notICMP: { code: 1 } })],
  ['CAL1152', { selector: 'global()' }],
  ['CAL1152', { serviceAccountSelector: 'global()' }],
];

const GLOBAL: readonly (readonly [string, Spec])[] = [
  ...POLICY,
  ['CAL1152', { namespaceSelector: 'global()' }],
  ['CAL1160', { doNotTrack: true, preDNAT: true, applyOnForward: true }],
  ['CAL1161', { doNotTrack: true }],
  ['CAL1161', { preDNAT: true }],
  ['CAL1162', { preDNAT: true, applyOnForward: true, egress: [{ action: 'Allow' }] }],
  ['CAL1163', { preDNAT: true, applyOnForward: true, types: ['Egress'] }],
];

const policies = (
  kinds: readonly string[],
  examples: readonly (readonly [string, Spec])[],
): readonly Example[] => kinds.flatMap((kind) => examples.map(([id, spec]) => [kind, id, spec] as const));

const BGP: readonly Example[] = [
  ['BGPConfiguration', 'CAL1444', { nodeToNodeMeshEnabled: false, nodeMeshMaxRestartTime: '10s' }],
  [
    'BGPConfiguration',
    'CAL1444',
    { nodeToNodeMeshEnabled: false, nodeMeshPassword: { secretKeyRef: { name: 'a', key: 'b' } } },
  ],
  ['BGPConfiguration', 'CAL1445', { communities: [{ name: 'a', value: '1:2' }] }],
  ['BGPFilter', 'CAL1481', bgpRule({ cidr: '10.0.0.0/8' })],
  ['BGPFilter', 'CAL1481', bgpRule({ matchOperator: 'In' })],
  ['BGPFilter', 'CAL1482', bgpRule({ prefixLength: { min: 8 } })],
  ['BGPFilter', 'CAL1483', bgpRule({ action: 'Reject', operations: [{ setPriority: { value: 5 } }] })],
  ['BGPPeer', 'CAL1400', { node: 'a', nodeSelector: 'all()' }],
  ['BGPPeer', 'CAL1401', { peerIP: '10.0.0.1', peerSelector: 'all()' }],
  ['BGPPeer', 'CAL1402', { peerSelector: 'all()', asNumber: 64512 }],
  ['BGPPeer', 'CAL1403', { localWorkloadSelector: 'all()', asNumber: 64512, peerIP: '10.0.0.1' }],
  ['BGPPeer', 'CAL1404', { localWorkloadSelector: 'all()', peerSelector: 'all()' }],
  ['BGPPeer', 'CAL1405', { localWorkloadSelector: 'all()' }],
  ['BGPPeer', 'CAL1406', { reachableBy: '10.0.0.1' }],
  ['BGPPeer', 'CAL1408', { keepOriginalNextHop: true, nextHopMode: 'Keep' }],
];

const ORDERS = { default: 1_000_000, 'kube-admin': 1000, 'kube-baseline': 10_000_000 } as const;

const OTHERS: readonly Example[] = [
  ['HostEndpoint', 'CAL1360', { interfaceName: 'eth0' }],
  ['HostEndpoint', 'CAL1361', { node: 'a' }],
  ['FelixConfiguration', 'CAL1520', { nodeSelector: 'all()' }, 'default'],
  ['FelixConfiguration', 'CAL1520', { nodeSelector: 'all()' }, 'node.a'],
  ['FelixConfiguration', 'CAL1524', { natOutgoingAddress: 'fd00::1' }],
  ['FelixConfiguration', 'CAL1524', { deviceRouteSourceAddress: 'here' }],
  ['FelixConfiguration', 'CAL1524', { deviceRouteSourceAddressIPv6: '10.0.0.1' }],
  ['FelixConfiguration', 'CAL1525', { routeTableRange: { min: 1, max: 300 } }],
  ['FelixConfiguration', 'CAL1525', { routeTableRanges: [{ min: 0, max: 1 }] }],
  ['FelixConfiguration', 'CAL1525', { routeTableRanges: [{ min: 2, max: 1 }] }],
  [
    'FelixConfiguration',
    'CAL1526',
    { routeTableRange: { min: 1, max: 2 }, routeTableRanges: [{ min: 1, max: 2 }] },
  ],
  ...(['default', 'kube-admin', 'kube-baseline'] as const).flatMap((tier): Example[] => [
    ['Tier', 'CAL1320', { order: 7, defaultAction: tier === 'default' ? 'Deny' : 'Pass' }, tier],
    ['Tier', 'CAL1320', { defaultAction: tier === 'default' ? 'Pass' : 'Deny', order: ORDERS[tier] }, tier],
  ]),
];

const EXAMPLES: readonly Example[] = [
  ...POOLS,
  ...policies(['GlobalNetworkPolicy', 'StagedGlobalNetworkPolicy'], GLOBAL),
  ...policies(['NetworkPolicy', 'StagedNetworkPolicy'], POLICY),
  ...BGP,
  ...OTHERS,
];

let kube: ApiServer;
beforeAll(async () => {
  kube = await startApiServer({ mode: 'v3' });
}, 120_000);
afterAll(() => kube?.stop());

interface Answer {
  readonly status: number;
  /** What is said of each field. */
  readonly causes: readonly string[];
  /** Of what was created. */
  readonly version: string | undefined;
}

async function send(method: string, kind: Kind, resource: Resource, query = ''): Promise<Answer> {
  const { name, namespace } = resource.metadata;
  const place = namespace === undefined ? '' : `namespaces/${namespace}/`;
  const path = `/apis/${API_VERSION}/${place}${kind.plural}${method === 'PUT' ? `/${name}` : ''}${query}`;
  const answer = await fetch(`${kube.url}${path}`, {
    method,
    tls: { ca: readFileSync(kube.ca, 'utf8') },
    headers: { authorization: `Bearer ${kube.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(resource),
  });
  const body = (await answer.json()) as {
    details?: { causes?: readonly { message: string }[] };
    metadata?: { resourceVersion?: string };
  };
  const causes = body.details?.causes?.map(({ message }) => message) ?? [];
  return { status: answer.status, causes, version: body.metadata?.resourceVersion };
}

function resourceOf(kind: Kind, spec: Spec, name = 'x'): Resource {
  const namespace = kind.scope === 'namespaced' ? { namespace: 'default' } : {};
  const given = { apiVersion: API_VERSION, kind: kind.kind, metadata: { name, ...namespace } };
  return { ...given, spec: withSchemaDefaults(kind.spec, spec as Resource['spec']) };
}

describe('what a kind refuses, an API server refuses with the same words', () => {
  for (const [word, id, spec, name] of EXAMPLES) {
    test(`${word} ${name ?? ''} ${JSON.stringify(spec)} by ${id}`, async () => {
      const kind = await kindOf(word);
      const resource = resourceOf(kind, spec, name);
      const own = kind.rules.find((candidate) => candidate.id === id)!;
      expect([...own.check(resource)]).not.toEqual([]);
      const { status, causes } = await send('POST', kind, resource, '?dryRun=All');
      expect(status).toBe(422);
      const sentence = own.doc.replace(/\.$/, '');
      expect(causes.filter((cause) => cause.includes(sentence))).not.toEqual([]);
    });
  }

  test('also that range and block size of a pool never change', async () => {
    const kind = await kindOf('IPPool');
    const created = resourceOf(kind, pool({ blockSize: 26 }), 'fixed');
    const { status, version } = await send('POST', kind, created);
    expect(status).toBe(201);
    const metadata = { ...created.metadata, resourceVersion: version! };
    for (const change of [{ cidr: '10.1.0.0/16' }, { blockSize: 27 }]) {
      const changed = { ...created, metadata, spec: { ...created.spec, ...change } };
      expect((await send('PUT', kind, changed)).causes).toEqual([
        expect.stringContaining('cannot be changed: make a new pool and move to it'),
      ]);
    }
  });
});

test('every rule that definitions have is tried', async () => {
  const tried = new Set<string>();
  for (const [word, id] of EXAMPLES)
    tried.add((await kindOf(word)).rules.find((own) => own.id === id)!.doc.replace(/\.$/, ''));
  const messages = JSON.stringify(await customResourceDefinitions('projectcalico.org')).matchAll(
    /"message":"([^"]*)","(?:reason|rule)"/g,
  );
  const untried = new Set([...messages].map(([, message]) => message!)).difference(tried);
  expect([...untried]).toEqual(['cannot be changed: make a new pool and move to it']);
});
