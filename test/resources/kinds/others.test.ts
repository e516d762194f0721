import { describe, expect, test } from 'bun:test';
import { allKinds, kindOf } from '../../../src/resources/registry.ts';
import { faultsOf, type Manifest } from './faults.ts';

function named(name: string): Manifest {
  return { metadata: { name } };
}

type Case = readonly [kind: string, manifest: Manifest, path: string, said: string];

const FAULTS: readonly Case[] = [
  [
    'Profile',
    { spec: { labelsToApply: { tier: 'a/b' } } },
    'spec.labelsToApply.tier',
    'is not a label value',
  ],
  [
    'Profile',
    { spec: { labelsToApply: { 'my tier': '' } } },
    'spec.labelsToApply["my tier"]',
    'is not a qualified name',
  ],
  [
    'Profile',
    { spec: { ingress: [{ destination: { ports: [80] } }] } },
    'spec.ingress[0].destination.ports',
    'need a protocol',
  ],
  [
    'Profile',
    { spec: { egress: [{ source: { nets: ['10.0.0.1'] } }] } },
    'spec.egress[0].source.nets[0]',
    'write 10.0.0.1/32',
  ],
  [
    'Profile',
    { spec: { egress: [{ source: { selector: 'a b' } }] } },
    'spec.egress[0].source.selector',
    'is not a selector',
  ],
  [
    'Profile',
    { spec: { ingress: [{ icmp: { type: 255 } }] } },
    'spec.ingress[0].icmp.type',
    'more than the greatest value, 254',
  ],
  ['Profile', { spec: { ingress: [{ http: { paths: [{}] } }] } }, 'spec.ingress[0].http.paths[0]', 'neither'],

  ['Tier', { spec: { defaultAction: 'Allow' } }, 'spec.defaultAction', 'use one of "Pass", "Deny"'],
  [
    'Tier',
    { ...named('default'), spec: { order: 500 } },
    'spec.order',
    "must be 1000000 in the built-in tier 'default'",
  ],
  [
    'Tier',
    { ...named('default'), spec: { order: 1e6, defaultAction: 'Pass' } },
    'spec.defaultAction',
    "must be 'Deny'",
  ],
  ['Tier', { ...named('kube-admin'), spec: { order: 1000 } }, 'spec.defaultAction', "must be 'Pass'"],
  [
    'Tier',
    { ...named('kube-baseline'), spec: { order: 1, defaultAction: 'Pass' } },
    'spec.order',
    'must be 10000000',
  ],
  ['Tier', named('net.sec'), 'metadata.name', 'no dots'],
  ['Tier', named('a'.repeat(64)), 'metadata.name', 'at most 63'],

  ['GlobalNetworkSet', { spec: { nets: ['10.0.0.0/40'] } }, 'spec.nets[0]', 'neither a CIDR'],
  ['NetworkSet', { spec: { nets: ['10.0.0.0/8', 'example.com'] } }, 'spec.nets[1]', 'neither a CIDR'],
  [
    'NetworkSet',
    { metadata: { labels: { 'projectcalico.org/namespace': 'shop' } } },
    'metadata.labels["projectcalico.org/namespace"]',
    'may not have',
  ],

  [
    'StagedKubernetesNetworkPolicy',
    { spec: { stagedAction: 'Delete', policyTypes: ['Ingress'] } },
    'spec.policyTypes',
    'a deletion has no other fields',
  ],
  [
    'StagedKubernetesNetworkPolicy',
    { spec: { policyTypes: ['Ingress', 'Egress', 'Egress'] } },
    'spec.policyTypes',
    'more than 2 items',
  ],
  [
    'StagedKubernetesNetworkPolicy',
    { spec: { ingress: [{ ports: [{ port: 1.5 }] }] } },
    'spec.ingress[0].ports[0].port',
    'is not a whole number',
  ],

  ['GlobalNetworkPolicy', named('a.b.c'), 'metadata.name', 'no further dots'],
  ['GlobalNetworkPolicy', named('knp.default.web'), 'metadata.name', 'no further dots'],
  ['StagedGlobalNetworkPolicy', named('a.b.c'), 'metadata.name', 'no further dots'],
  ['NetworkPolicy', named('a.b.c'), 'metadata.name', 'no further dots'],
  ['NetworkPolicy', named('Web'), 'metadata.name', 'use lower-case letters'],
  ['NetworkPolicy', named(''), 'metadata.name', 'is required'],
  ['NetworkPolicy', named(`a.${'b'.repeat(252)}`), 'metadata.name', 'longer than 253'],
  ['NetworkPolicy', { metadata: { labels: { 'a/b/c': '' } } }, 'metadata.labels["a/b/c"]', 'one prefix'],
  ['NetworkPolicy', { metadata: { labels: { 'A.b/c': '' } } }, 'metadata.labels["A.b/c"]', 'not a DNS name'],
  ['NetworkPolicy', { metadata: { labels: { a: '-' } } }, 'metadata.labels.a', 'is not a label value'],
  [
    'NetworkPolicy',
    { metadata: { annotations: { 'a b': '' } } },
    'metadata.annotations["a b"]',
    'is not a qualified name',
  ],
  [
    'NetworkPolicy',
    { metadata: { annotations: { a: 'é'.repeat(131072) } } },
    'metadata.annotations',
    'are 262145 bytes',
  ],
];

const ACCEPTED: readonly (readonly [string, Manifest])[] = [
  ['Profile', { spec: { ingress: [{ action: 'Permit', ipVersion: 5, icmp: { type: 8 } }, {}] } }],
  ['Profile', { spec: { egress: [{ source: { services: { name: 'a' }, selector: 'all()' }, http: {} }] } }],
  ['Tier', { spec: {} }],
  ['Tier', { ...named('default'), spec: { order: 1e6 } }],
  ['NetworkSet', { spec: { nets: ['10.1.2.3/8', 'fd00::1', '', '10.1.2.3/8'] } }],
  [
    'StagedKubernetesNetworkPolicy',
    { ...named('a.b.c'), spec: { stagedAction: 'Delete', podSelector: {}, ingress: [] } },
  ],
  [
    'StagedKubernetesNetworkPolicy',
    { spec: { ingress: [{ from: [{ ipBlock: { cidr: 'x' } }] }], policyTypes: ['Up'] } },
  ],
  ['NetworkPolicy', named('knp.default.web.v1')],
  ['StagedNetworkPolicy', named('ossg.default.a.b')],
  ['GlobalNetworkPolicy', named('knp.default')],
  ['GlobalNetworkPolicy', { metadata: { labels: { 'a.b/C_d': '' }, annotations: { 'A.B/c': ' ' } } }],
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
    test(`${kind} ${JSON.stringify(manifest)}`, async () =>
      expect(await faultsOf(kind, manifest)).toEqual([]));
});

test('every rule of every kind has an identifier of its own', async () => {
  const kinds = await Promise.all(allKinds().map(({ kind }) => kindOf(kind)));
  const rules = new Set(kinds.flatMap((kind) => kind.rules));
  const identifiers = [...rules].map(({ id }) => id);
  expect(identifiers.filter((id, index) => identifiers.indexOf(id) !== index)).toEqual([]);
  for (const id of identifiers) expect(id).toMatch(/^CAL\d{4}$/);
});
