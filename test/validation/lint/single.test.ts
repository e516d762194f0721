import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findings, rulesOfPolicy, told, yaml } from '../found.ts';

/** Lint rules about one resource: what they say, and where they keep silent. */

const root = resolve(import.meta.dirname, '../../..');
const allow = { ingress: [{ action: 'Allow' }] };

describe('CAL2001', () => {
  test.each([
    ['app == "web" && app == "api"', ['CAL2001 spec.selector']],
    ['app == "web" && tier == "api"', []],
    ['app in {"web"} || !has(app)', []],
    ['!all()', []],
    ['app == "web" && !( all() )', []],
  ])('%s', async (selector, expected) => {
    expect(await rulesOfPolicy({ selector, ...allow })).toEqual(expected);
  });

  test('a policy of a namespace selects nothing of another one', async () => {
    const selector = 'projectcalico.org/namespace == "ops"';
    const source = { selector };
    const inShop = { namespace: 'shop' };
    const spec = { selector, ingress: [{ action: 'Allow', source }] };
    expect(await rulesOfPolicy(spec, 'NetworkPolicy', inShop)).toEqual([
      'CAL2001 spec.selector',
      'CAL2001 spec.ingress.0.source.selector',
    ]);
    expect(await rulesOfPolicy(spec, 'NetworkPolicy', { namespace: 'ops' })).toEqual([]);
    expect(await rulesOfPolicy(spec)).toEqual([]);
    const elsewhere = { ...source, namespaceSelector: 'has(team)' };
    const other = { ingress: [{ action: 'Allow', source: elsewhere }] };
    expect(await rulesOfPolicy(other, 'NetworkPolicy', inShop)).toEqual([]);
  });

  test.each([
    ['IPPool', { cidr: '10.0.0.0/16', nodeSelector: 'has(a) && !has(a)' }, 'nodeSelector'],
    ['BGPPeer', { nodeSelector: 'a in {}', peerIP: '10.0.0.1', asNumber: 64512 }, 'nodeSelector'],
    ['FelixConfiguration', { nodeSelector: 'a == "x" && !has(a)' }, 'nodeSelector'],
  ])('%s', async (kind, spec, field) => {
    expect((await findings(yaml(kind, 'edge', spec))).map(({ rule, path }) => [rule, path])).toEqual([
      ['CAL2001', ['spec', field]],
    ]);
  });

  test('a selector over several lines is read as it is stored', async () => {
    const selector = 'app == "web" &&\n  app == "api"';
    expect(await rulesOfPolicy({ selector, ...allow })).toEqual(['CAL2001 spec.selector']);
  });
});

describe('CAL2003', () => {
  test.each([
    ['stage not in {"prod"}', ['CAL2003 spec.selector']],
    ['stage notin {"prod"}', ['CAL2003 spec.selector']],
    ['has(stage) && stage not in {"prod"}', []],
    ['stage starts with "p" && (app == "web" && stage not in {"prod"})', []],
    ['has(app) && stage not in {"prod"}', ['CAL2003 spec.selector']],
    ['!has(stage) || stage not in {"prod"}', []],
    ['app == "web" || stage not in {"prod"}', ['CAL2003 spec.selector']],
    ['!(stage not in {"prod"})', []],
    ['stage in {"dev"} && stage not in {"prod"}', []],
    ['projectcalico.org/namespace not in {"kube-system"}', ['CAL2003 spec.selector']],
    ['name == "not in"', []],
  ])('%s', async (selector, expected) => {
    expect(await rulesOfPolicy({ selector, ...allow })).toEqual(expected);
  });

  test('labels that are always there need no guard', async () => {
    const selector = 'projectcalico.org/namespace not in {"kube-system"}';
    expect(await rulesOfPolicy({ selector, ...allow }, 'NetworkPolicy')).toEqual([]);
    const pool = { cidr: '10.0.0.0/16', nodeSelector: 'kubernetes.io/os not in {"windows"}' };
    expect(await findings(yaml('IPPool', 'p', pool))).toEqual([]);
  });

  test('the message says what to write', async () => {
    const [text] = await told(yaml('GlobalNetworkPolicy', 'p', { selector: 'a not in {"x"}', ...allow }));
    expect(text).toContain('put has(a) && before it');
  });
});

describe('what policies do', () => {
  const log = { action: 'Log' };
  const deny = { action: 'Deny' };
  test.each([
    ['only logs', { ingress: [log] }, ['CAL2004 spec.ingress']],
    ['only logs what leaves', { egress: [log, log] }, ['CAL2004 spec.egress']],
    ['only logs in a tier that passes on', { tier: 'kube-admin', ingress: [log] }, []],
    ['logs and denies', { ingress: [log, deny] }, []],
    ['logs what comes and allows what leaves', { ingress: [log], egress: [deny] }, []],
    ['has no rules', { types: ['Ingress'] }, []],
    ['has rules of another direction', { types: ['Ingress'], egress: [deny] }, ['CAL2005 spec.egress']],
    ['has an empty list of another direction', { types: ['Ingress'], egress: [] }, []],
    [
      'is for hosts and asks for namespaces',
      { doNotTrack: true, applyOnForward: true, namespaceSelector: 'all()', ...allow },
      ['CAL2006 spec.namespaceSelector'],
    ],
    [
      'is for hosts and asks for accounts',
      { preDNAT: true, applyOnForward: true, serviceAccountSelector: 'has(a)', ...allow },
      ['CAL2006 spec.serviceAccountSelector'],
    ],
    [
      'is for hosts and only keeps workloads out',
      { preDNAT: true, applyOnForward: true, namespaceSelector: '!has(a)', ...allow },
      [],
    ],
  ])('%s', async (_what, spec, expected) => {
    expect(await rulesOfPolicy(spec)).toEqual(expected);
  });
});

describe('other kinds', () => {
  test.each([
    ['IPPool', { cidr: '224.1.0.0/16' }, ['CAL2008 spec.cidr']],
    ['IPPool', { cidr: '224.0.0.0/4', disabled: true }, []],
    ['IPPool', { cidr: '0.0.0.0/1' }, ['CAL2008 spec.cidr']],
    ['IPPool', { cidr: '2001:db8::/64' }, ['CAL2008 spec.cidr']],
    ['IPPool', { cidr: '192.168.0.0/16' }, []],
    ['IPPool', { cidr: '100.64.0.0/16' }, []],
    [
      'BGPPeer',
      { peerIP: '10.0.0.1', asNumber: 1, keepOriginalNextHop: true },
      ['CAL2009 spec.keepOriginalNextHop'],
    ],
    ['FelixConfiguration', { routeTableRange: { min: 1, max: 9 } }, ['CAL2009 spec.routeTableRange']],
    [
      'FelixConfiguration',
      { bpfConnectTimeLoadBalancingEnabled: true },
      ['CAL2009 spec.bpfConnectTimeLoadBalancingEnabled'],
    ],
    ['GlobalNetworkSet', { nets: ['10.0.0.0/8', '10.0.0.0/8'] }, ['CAL2010 spec.nets.1']],
    ['HostEndpoint', { node: 'n', expectedIPs: ['10.0.0.1', '10.0.0.1'] }, ['CAL2010 spec.expectedIPs.1']],
    ['Profile', { ingress: [{ action: 'Allow', source: { nets: ['10.0.0.0/8', '10.0.0.0/8'] } }] }, []],
  ])('%s %j', async (kind, spec, expected) => {
    const found = await findings(yaml(kind, 'x', spec));
    expect(found.map(({ rule, path }) => `${rule} ${path.join('.')}`)).toEqual(expected);
  });

  test('what a rule of the kind says is not said twice', async () => {
    const types = await rulesOfPolicy({ types: ['Ingress', 'Ingress'], ...allow });
    expect(types.filter((text) => text.startsWith('CAL2'))).toEqual([]);
  });
});

/** The fixtures have every field once, so some of what they hold contradicts itself; nothing beyond this does. */
const IN_FIXTURES: Readonly<Record<string, readonly string[]>> = {
  'felixconfiguration.yaml': ['CAL2009'],
  'globalnetworkpolicy.yaml': ['CAL1802', 'CAL2002', 'CAL2006'],
  'networkpolicy.yaml': ['CAL1802', 'CAL2002'],
  'profile.yaml': ['CAL2002'],
  'stagedglobalnetworkpolicy.yaml': ['CAL1802', 'CAL2002', 'CAL2006'],
  'stagednetworkpolicy.yaml': ['CAL1802', 'CAL2002'],
};

test('the fixtures earn no other warnings', async () => {
  const folder = join(root, 'test/fixtures');
  const warned: Record<string, readonly string[]> = {};
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    const found = await findings(readFileSync(join(folder, file), 'utf8'));
    const rules = found.filter(({ severity }) => severity === 'warning').map(({ rule }) => rule);
    if (rules.length > 0) warned[file] = [...new Set(rules)].sort();
  }
  expect(warned).toEqual(IN_FIXTURES);
});

test('manifests in the stored form of objects are told what to write', async () => {
  const text = yaml('IPPool', 'p', { cidr: '10.0.0.0/16' }).replace(
    'projectcalico.org/v3',
    'crd.projectcalico.org/v1',
  );
  const [found] = await findings(text);
  expect(found).toMatchObject({
    rule: 'CAL0005',
    severity: 'error',
    path: ['apiVersion'],
    fix: { value: 'projectcalico.org/v3' },
    place: { line: 1, column: 13 },
  });
  expect(found!.message).toContain('crd.projectcalico.org/v1 is the form in which Kubernetes keeps objects');
});
