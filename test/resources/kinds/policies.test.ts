import { describe, expect, test } from 'bun:test';
import { faultsOf } from './faults.ts';

type Spec = Readonly<Record<string, unknown>>;

const ingress = (...rules: Spec[]) => ({ ingress: rules.map((rule) => ({ action: 'Allow', ...rule })) });
const egress = (...rules: Spec[]) => ({ egress: rules.map((rule) => ({ action: 'Allow', ...rule })) });
const from = (source: Spec, rule: Spec = {}) => ingress({ ...rule, source });
const to = (destination: Spec, rule: Spec = {}) => ingress({ ...rule, destination });
const http = (match: Spec, rule: Spec = {}) => ingress({ ...rule, http: match });

/** Faults that every tiered policy has alike: the spec, where the fault is, part of what is said. */
const POLICY_FAULTS: readonly [Spec, string, string][] = [
  [{ tier: 'Net Sec' }, 'spec.tier', 'is not a name'],
  [{ order: '100' }, 'spec.order', 'is not a number'],
  [{ selector: 'app =' }, 'spec.selector', 'is not a selector'],
  [
    { selector: `has(${'a'.repeat(512)}) || has(${'b'.repeat(512)})` },
    'spec.selector',
    'is longer than 1024 characters',
  ],
  [{ selector: 'global()' }, 'spec.selector', 'uses global(), which is for namespaceSelector'],
  [{ serviceAccountSelector: 'a == "global("' }, 'spec.serviceAccountSelector', 'uses global()'],
  [{ types: ['Ingress', 'Ingress'] }, 'spec.types[1]', 'is named twice'],
  [{ types: ['ingress'] }, 'spec.types[0]', 'use one of "Ingress", "Egress"'],
  [{ performanceHints: ['Quick'] }, 'spec.performanceHints[0]', 'use one of "AssumeNeededOnEveryNode"'],
  [ingress({ action: 'allow' }), 'spec.ingress[0].action', 'did you mean "Allow"?'],
  [{ egress: [{ protocol: 'TCP' }] }, 'spec.egress[0].action', 'use one of "Allow"'],
  [ingress({ ipVersion: 5 }), 'spec.ingress[0].ipVersion', 'use one of "4", "6"'],
  [ingress({ protocol: 'tcp' }), 'spec.ingress[0].protocol', 'is not a protocol'],
  [ingress({ protocol: 0 }), 'spec.ingress[0].protocol', 'less than the least value, 1'],
  [ingress({ protocol: 256 }), 'spec.ingress[0].protocol', 'neither a protocol number'],
  [ingress({ notProtocol: 'AH' }), 'spec.ingress[0].notProtocol', 'is not a protocol'],
  [to({ ports: [80] }), 'spec.ingress[0].destination.ports', "set the rule's protocol to TCP, UDP or SCTP"],
  [to({ ports: ['http', '1:2'] }), 'spec.ingress[0].destination.ports', 'need a protocol'],
  [from({ notPorts: [80] }), 'spec.ingress[0].source.notPorts', 'need a protocol'],
  [
    to({ ports: ['http'] }, { protocol: 1 }),
    'spec.ingress[0].destination.ports',
    'cannot be used with protocol 1',
  ],
  [
    to({ ports: [0] }, { protocol: 6 }),
    'spec.ingress[0].destination.ports[0]',
    'less than the least value, 1',
  ],
  [to({ ports: ['0:80'] }, { protocol: 6 }), 'spec.ingress[0].destination.ports[0]', 'is not a port'],
  [to({ ports: ['9:8'] }, { protocol: 6 }), 'spec.ingress[0].destination.ports[0]', 'is not a port'],
  [to({ ports: ['80-90'] }, { protocol: 6 }), 'spec.ingress[0].destination.ports[0]', 'is not a port'],
  [to({ ports: Array(51).fill('http') }), 'spec.ingress[0].destination.ports', 'more than 50 items'],
  [from({ nets: ['10.1.2.3/8'] }), 'spec.ingress[0].source.nets[0]', 'the network is 10.0.0.0/8'],
  [from({ nets: ['192.0.2.7'] }), 'spec.ingress[0].source.nets[0]', 'write 192.0.2.7/32'],
  [from({ notNets: ['office'] }), 'spec.ingress[0].source.notNets[0]', 'is not a CIDR'],
  [
    from({ nets: ['10.0.0.0/8', 'fd00::/8'] }),
    'spec.ingress[0].source.nets[1]',
    'but 10.0.0.0/8 of the same rule is IPv4',
  ],
  [
    ingress({ source: { notNets: ['fd00::/8'] }, destination: { nets: ['10.0.0.0/8'] } }),
    'spec.ingress[0].destination.nets[0]',
    'one for IPv4 and one for IPv6',
  ],
  [from({ nets: ['10.0.0.0/8'] }, { ipVersion: 6 }), 'spec.ingress[0].source.nets[0]', 'ipVersion is 6'],
  [from({ notNets: ['0.0.0.0/0'] }), 'spec.ingress[0].source.notNets[0]', 'would match nothing'],
  [to({ notNets: ['::/0'] }), 'spec.ingress[0].destination.notNets[0]', 'would match nothing'],
  [from({ namespaceSelector: '!global()' }), 'spec.ingress[0].source.namespaceSelector', 'cannot be negated'],
  [from({ selector: 'global()' }), 'spec.ingress[0].source.selector', 'for namespaceSelector of rules only'],
  [from({ notSelector: 'a b' }), 'spec.ingress[0].source.notSelector', 'is not a selector'],
  [
    from({ serviceAccounts: { selector: '(' } }),
    'spec.ingress[0].source.serviceAccounts.selector',
    'is not a selector',
  ],
  [
    to({ services: { name: 'a', namespace: 'b' } }),
    'spec.ingress[0].destination.services',
    'only its source',
  ],
  [
    egress({ source: { services: { name: 'a', namespace: 'b' } } }),
    'spec.egress[0].source.services',
    'only its destination',
  ],
  [from({ services: { namespace: 'b' } }), 'spec.ingress[0].source.services.name', 'is required'],
  [
    from({ services: { name: 'The_API', namespace: 'b' } }),
    'spec.ingress[0].source.services.name',
    'is not a name',
  ],
  ...(
    [
      ['selector', 'all()'],
      ['notSelector', 'has(a)'],
      ['namespaceSelector', 'all()'],
      ['nets', ['10.0.0.0/8']],
      ['notNets', ['10.0.0.0/8']],
      ['serviceAccounts', {}],
    ] as const
  ).map(([field, value]): [Spec, string, string] => [
    from({ services: { name: 'a', namespace: 'b' }, [field]: value }),
    `spec.ingress[0].source.${field}`,
    'cannot be used together with services',
  ]),
  [
    egress({ protocol: 'TCP', destination: { services: { name: 'a', namespace: 'b' }, notPorts: [80] } }),
    'spec.egress[0].destination.notPorts',
    'cannot be used together with services',
  ],
  [egress({ http: {} }), 'spec.egress[0].http', 'not allowed in egress rules'],
  [http({ methods: ['GET'] }, { protocol: 17 }), 'spec.ingress[0].protocol', 'use TCP or leave it out'],
  [http({}, { action: 'Deny' }), 'spec.ingress[0].action', 'only Allow can'],
  [http({ methods: ['GET', 'GET'] }), 'spec.ingress[0].http.methods[1]', 'is named twice'],
  [
    http({ paths: [{ exact: '/a', prefix: '/b' }] }),
    'spec.ingress[0].http.paths[0]',
    'both "exact" and "prefix"',
  ],
  [http({ paths: [{}] }), 'spec.ingress[0].http.paths[0]', 'neither "exact" nor "prefix"'],
  [http({ paths: [{ prefix: '/a b' }] }), 'spec.ingress[0].http.paths[0].prefix', 'is not a path'],
  [http({ paths: [{ exact: 'a' }] }), 'spec.ingress[0].http.paths[0].exact', 'must begin with "/"'],
  [ingress({ icmp: {} }), 'spec.ingress[0].icmp', "set the rule's protocol to ICMP or ICMPv6"],
  [
    ingress({ protocol: 'ICMP', icmp: { type: 255 } }),
    'spec.ingress[0].icmp.type',
    'more than the greatest value, 254',
  ],
  [ingress({ protocol: 'ICMP', icmp: { code: 0 } }), 'spec.ingress[0].icmp.code', 'needs an ICMP type'],
  [ingress({ notICMP: { code: 0 } }), 'spec.ingress[0].notICMP.code', 'needs an ICMP type'],
  [ingress({ protocol: 1, ipVersion: 6 }), 'spec.ingress[0].protocol', 'requires ipVersion 4'],
  [ingress({ notProtocol: 'ICMPv6', ipVersion: 4 }), 'spec.ingress[0].notProtocol', 'requires ipVersion 6'],
  [
    ingress({ metadata: { annotations: { 'ticket number': 'a' } } }),
    'spec.ingress[0].metadata.annotations["ticket number"]',
    'is not a qualified name',
  ],
  [{ ...ingress({}), ...egress({}, { action: 'Drop' }) }, 'spec.egress[1].action', 'use one of'],
];

const GLOBAL_FAULTS: readonly [Spec, string, string][] = [
  [{ doNotTrack: true, preDNAT: true, applyOnForward: true }, 'spec.preDNAT', 'exclude each other'],
  [{ doNotTrack: true }, 'spec.applyOnForward', 'must be true where doNotTrack is true'],
  [{ preDNAT: true, applyOnForward: true, ...egress({}) }, 'spec.egress', 'ingress rules only'],
  [{ preDNAT: true, applyOnForward: true, types: ['Egress'] }, 'spec.types[0]', 'not allowed where preDNAT'],
  [{ namespaceSelector: 'global()' }, 'spec.namespaceSelector', 'uses global()'],
  [
    from({ services: { name: 'a' } }),
    'spec.ingress[0].source.services.namespace',
    'is required in a global policy',
  ],
];

const NAMESPACED_FAULTS: readonly [Spec, string, string][] = [
  [{ preDNAT: true }, 'spec.preDNAT', 'is not a known field here'],
  [{ namespaceSelector: 'all()' }, 'spec.namespaceSelector', 'is not a known field here'],
];

const STAGED_FAULTS: readonly [Spec, string, string][] = [
  [{ stagedAction: 'Postpone' }, 'spec.stagedAction', 'use one of "Set", "Delete", "Learn", "Ignore"'],
  [{ stagedAction: 'Delete', order: 0 }, 'spec.order', 'a deletion has no other fields'],
  [{ stagedAction: 'Delete', ...ingress({}) }, 'spec.ingress', 'where stagedAction is Delete'],
];

/** Specs that are fine in every tiered policy. */
const ACCEPTED: readonly Spec[] = [
  {},
  { order: -1.5, tier: 'platform', types: [], selector: '' },
  { types: ['Ingress'], ...egress({}) },
  to({ ports: ['http', '80http'] }),
  to({ ports: [1, 65535, '8000:8999', '80:80', '8080'] }, { protocol: '6' }),
  from({ nets: ['10.0.0.0/8', '10.0.0.0/8'], notNets: ['0.0.0.0/1'], selector: 'a == "b"' }),
  from({ namespaceSelector: ' global( ) ', notSelector: 'global()' }),
  from({ services: { name: 'a', namespace: 'b' }, ports: [80] }, { protocol: 'TCP' }),
  http({ methods: ['BREW', '*'], paths: [{ prefix: '/' }] }, { protocol: 6 }),
  ingress({ notICMP: { type: 8 } }, { protocol: 58, icmp: { type: 128, code: 0 } }),
  ingress({ metadata: { annotations: { 'Example.com/Ticket': 'a b' } } }),
  from({ serviceAccounts: { names: ['a'], selector: `has(${'a'.repeat(512)}) || has(${'b'.repeat(512)})` } }),
];

const FAULTS_BY_KIND = {
  NetworkPolicy: [...POLICY_FAULTS, ...NAMESPACED_FAULTS],
  GlobalNetworkPolicy: [...POLICY_FAULTS, ...GLOBAL_FAULTS],
  StagedNetworkPolicy: [...POLICY_FAULTS, ...NAMESPACED_FAULTS, ...STAGED_FAULTS],
  StagedGlobalNetworkPolicy: [...POLICY_FAULTS, ...GLOBAL_FAULTS, ...STAGED_FAULTS],
};

for (const [kind, faults] of Object.entries(FAULTS_BY_KIND)) {
  describe(kind, () => {
    for (const [spec, path, said] of faults) {
      test(`${path} ${said}`, async () => {
        const found = await faultsOf(kind, { spec });
        expect(found).toHaveLength(1);
        expect(found[0]).toStartWith(`${path}: `);
        expect(found[0]).toContain(said);
      });
    }
    test('accepts what is allowed', async () => {
      for (const spec of ACCEPTED) expect(await faultsOf(kind, { spec })).toEqual([]);
    });
  });
}
