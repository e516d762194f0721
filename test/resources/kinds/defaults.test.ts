import { describe, expect, test } from 'bun:test';
import { decodeDocument } from '../../../src/resources/document.ts';
import { API_VERSION, type Resource } from '../../../src/resources/kind.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import type { Manifest } from './faults.ts';

async function resource(kindName: string, { metadata, spec = {} }: Manifest): Promise<Resource> {
  const document = { apiVersion: API_VERSION, kind: kindName, metadata: { name: 'x', ...metadata }, spec };
  const decoded = decodeDocument(await kindOf(kindName), document);
  expect(decoded.problems).toEqual([]);
  return decoded.resource;
}

async function defaulted(kindName: string, manifest: Manifest): Promise<Resource> {
  const kind = await kindOf(kindName);
  return kind.defaults!(await resource(kindName, manifest));
}

async function cells(kindName: string, manifest: Manifest): Promise<Record<string, string>> {
  const kind = await kindOf(kindName);
  const shown = await resource(kindName, manifest);
  return Object.fromEntries(
    Object.entries(kind.columns).map(([heading, column]) => [
      heading,
      column(shown, { defaultAsNumber: '' }),
    ]),
  );
}

const rule = { action: 'Allow' };

describe('policies', () => {
  test.each([
    [{}, ['Ingress']],
    [{ ingress: [rule] }, ['Ingress']],
    [{ egress: [rule] }, ['Egress']],
    [{ ingress: [rule], egress: [rule] }, ['Ingress', 'Egress']],
    [{ egress: [], types: [] }, ['Ingress']],
    [{ egress: [rule], types: ['Ingress'] }, ['Ingress']],
    [{ stagedAction: 'Ignore' }, ['Ingress']],
  ])('directions of %j are %j', async (spec, types) => {
    expect((await defaulted('StagedNetworkPolicy', { spec })).spec).toEqual({ ...withoutEmpty(spec), types });
  });

  test('a staged deletion has no directions, even where they are given', async () => {
    const spec = { stagedAction: 'Delete', tier: 'a', types: ['Ingress'] };
    const policy = await defaulted('StagedGlobalNetworkPolicy', { spec });
    expect(policy.spec).toEqual({ stagedAction: 'Delete', tier: 'a' });
    expect(policy.metadata.labels).toEqual({ 'projectcalico.org/tier': 'a' });
  });

  test('the tier label follows the tier, among sorted labels in their place', async () => {
    const metadata = { annotations: { a: '1' }, labels: { z: '1', 'projectcalico.org/tier': 'old' } };
    const policy = await defaulted('NetworkPolicy', { metadata, spec: { tier: 'new' } });
    expect(JSON.stringify(policy.metadata.labels)).toBe('{"projectcalico.org/tier":"new","z":"1"}');
    const bare = await defaulted('NetworkPolicy', { metadata: { annotations: { a: '1' } } });
    expect(Object.keys(bare.metadata)).toEqual(['name', 'labels', 'annotations']);
    expect(bare.metadata.labels).toEqual({ 'projectcalico.org/tier': 'default' });
  });

  test('reading adds the label of the default tier only where there is none', async () => {
    const kind = await kindOf('GlobalNetworkPolicy');
    const stored = await resource(kind.kind, { spec: { tier: 'security' } });
    expect(kind.readDefaults!(stored).metadata.labels).toEqual({ 'projectcalico.org/tier': 'default' });
    const labelled = await defaulted(kind.kind, { spec: { tier: 'security' } });
    expect(kind.readDefaults!(labelled)).toBe(labelled);
  });

  test('selectors over several lines become one', async () => {
    const spec = {
      selector: "app == 'a' ||\n  app == 'b'\n",
      ingress: [{ ...rule, source: { serviceAccounts: { selector: 'has(a) &&\nhas(b)' } } }],
    };
    const policy = await defaulted('GlobalNetworkPolicy', { spec });
    expect(policy.spec).toEqual({
      selector: "app == 'a' || app == 'b'",
      ingress: [{ ...rule, source: { serviceAccounts: { selector: 'has(a) && has(b)' } } }],
      types: ['Ingress'],
    });
  });

  test('columns', async () => {
    const spec = { tier: 'a', order: 1e6, selector: 'all()' };
    const shown = { NAME: 'x', TIER: 'a', ORDER: '1e+06', SELECTOR: 'all()' };
    expect(await cells('GlobalNetworkPolicy', { spec })).toEqual(shown);
    const namespaced = await cells('StagedNetworkPolicy', { metadata: { namespace: 'shop' } });
    expect(namespaced).toEqual({ NAME: 'x', NAMESPACE: 'shop', TIER: '', ORDER: '<nil>', SELECTOR: '' });
  });
});

function withoutEmpty(spec: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => (value as unknown[]).length > 0));
}

describe('tiers', () => {
  test('order and action have defaults, on writing and on reading', async () => {
    const kind = await kindOf('Tier');
    const tier = await resource('Tier', {});
    expect(kind.defaults!(tier).spec).toEqual({ order: 1000000, defaultAction: 'Deny' });
    expect(kind.readDefaults!(tier).spec).toEqual({ order: 1000000, defaultAction: 'Deny' });
    const other = await defaulted('Tier', { spec: { order: 0, defaultAction: 'Pass' } });
    expect(other.spec).toEqual({ order: 0, defaultAction: 'Pass' });
  });

  test('are listed by order', async () => {
    const tiers = await Promise.all(
      [{ order: 1e7 }, {}, { order: -1 }].map((spec) => resource('Tier', { spec })),
    );
    const { sort } = await kindOf('Tier');
    expect(tiers.sort(sort).map((tier) => tier.spec['order'])).toEqual([-1, undefined, 1e7]);
  });

  test('columns', async () => {
    expect(await cells('Tier', { spec: { order: 10.5 } })).toEqual({ NAME: 'x', ORDER: '10.5' });
  });
});

describe('workload endpoints', () => {
  const metadata = {
    name: '',
    namespace: 'shop',
    labels: { app: 'web', 'projectcalico.org/namespace': 'other' },
  };

  test.each([
    [{ orchestrator: 'k8s', node: 'n-1', pod: 'web-0', endpoint: 'eth0' }, 'n--1-k8s-web--0-eth0'],
    [{ orchestrator: 'cni', node: 'n', containerID: 'c1', endpoint: 'eth0' }, 'n-cni-c1-eth0'],
    [{ orchestrator: 'libnetwork', node: 'n', endpoint: 'e-1' }, 'n-libnetwork-libnetwork-e--1'],
    [
      { orchestrator: 'openstack', node: 'n', workload: 'vm-1', endpoint: 'port-a' },
      'n-openstack-vm--1-port--a',
    ],
    [{ orchestrator: 'k8s', node: 'n', endpoint: 'eth0' }, ''],
    [{ orchestrator: 'k8s', node: 'n', pod: '-web', endpoint: 'eth0' }, ''],
  ])('%j is named "%s"', async (spec, name) => {
    const endpoint = await defaulted('WorkloadEndpoint', { metadata, spec });
    expect(endpoint.metadata.name).toBe(name);
    expect(endpoint.metadata.labels).toEqual({
      app: 'web',
      'projectcalico.org/namespace': 'shop',
      'projectcalico.org/orchestrator': spec.orchestrator,
    });
  });

  test('columns', async () => {
    const spec = {
      pod: 'web',
      ipNetworks: ['10.0.0.1/32', 'fd00::1/128'],
      profiles: ['a', 'b'],
      ipNATs: [
        { internalIP: '10.0.0.1', externalIP: '192.0.2.1' },
        { internalIP: '10.0.0.1', externalIP: '192.0.2.2' },
      ],
    };
    expect(await cells('WorkloadEndpoint', { metadata: { namespace: 'shop' }, spec })).toEqual({
      NAME: 'x',
      NAMESPACE: 'shop',
      WORKLOAD: 'web',
      NODE: '',
      NETWORKS: '10.0.0.1/32,fd00::1/128',
      INTERFACE: '',
      PROFILES: 'a,b',
      NATS: '{10.0.0.1 192.0.2.1},{10.0.0.1 192.0.2.2}',
      ORCHESTRATOR: '',
    });
  });
});

describe('other columns', () => {
  test.each([
    ['Profile', { labelsToApply: { b: '2', a: '1' } }, { LABELS: 'a=1,b=2' }],
    [
      'NetworkSet',
      { nets: Array(8).fill('10.10.10.0/24') },
      { NETS: `${'10.10.10.0/24,'.repeat(5)}10.10.1...` },
    ],
    ['HostEndpoint', { node: 'n', expectedIPs: ['a', 'b'] }, { NODE: 'n', IPS: 'a,b', PROFILES: '' }],
    [
      'StagedKubernetesNetworkPolicy',
      {
        podSelector: {
          matchLabels: { b: '2', a: '1' },
          matchExpressions: [
            { key: 'k', operator: 'In', values: ['x', 'y'] },
            { key: 'l', operator: 'Exists' },
          ],
        },
      },
      {
        PODSELECTOR:
          '&LabelSelector{MatchLabels:map[string]string{a: 1,b: 2,},MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:k,Operator:In,Values:[x y],},LabelSelectorRequirement{Key:l,Operator:Exists,Values:[],},},}',
      },
    ],
    [
      'StagedKubernetesNetworkPolicy',
      {},
      {
        PODSELECTOR:
          '&LabelSelector{MatchLabels:map[string]string{},MatchExpressions:[]LabelSelectorRequirement{},}',
      },
    ],
  ])('%s %j', async (kind, spec, shown) => {
    expect(await cells(kind, { spec })).toMatchObject(shown);
  });
});
