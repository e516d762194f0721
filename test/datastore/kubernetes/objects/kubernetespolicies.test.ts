import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { CalicoctlError } from '../../../../src/core/errors.ts';
import { kubernetesPolicies } from '../../../../src/datastore/kubernetes/objects/kubernetespolicies.ts';
import {
  type LabelSelector,
  namespaceSelector,
  podSelector,
} from '../../../../src/datastore/kubernetes/objects/labelselector.ts';
import { simplifyPorts } from '../../../../src/datastore/kubernetes/objects/policyports.ts';
import { check } from '../../../../src/resources/check.ts';
import type { Resource } from '../../../../src/resources/kind.ts';
import type { Port } from '../../../../src/resources/net/port.ts';
import { kindOf } from '../../../../src/resources/registry.ts';
import { matchesSelector, parseSelector } from '../../../../src/resources/selector/index.ts';
import { all, kubeObject, memoryApi } from './kube.ts';

const KNP = await kindOf('KubernetesNetworkPolicy');
const KCNP = await kindOf('KubernetesClusterNetworkPolicy');
const NetworkPolicy = await kindOf('NetworkPolicy');
const PODS = "projectcalico.org/orchestrator == 'k8s'";

async function policy(spec: object): Promise<Resource> {
  const object = kubeObject({ name: 'web', namespace: 'shop' }, { spec });
  const store = kubernetesPolicies(memoryApi({ networkpolicies: [object] }), KNP);
  return store.get({ kind: KNP, name: 'web', namespace: 'shop' });
}

async function clusterPolicy(spec: object): Promise<Resource> {
  const object = kubeObject({ name: 'web' }, { spec });
  const store = kubernetesPolicies(memoryApi({ clusternetworkpolicies: [object] }), KCNP);
  return store.get({ kind: KCNP, name: 'web' });
}

const rulesOf = async (rule: object) => (await policy({ ingress: [rule] })).spec['ingress'];

describe('a NetworkPolicy of Kubernetes', () => {
  test('that says nothing denies all ingress', async () => {
    expect(await policy({ podSelector: {} })).toEqual({
      kind: 'KubernetesNetworkPolicy',
      apiVersion: 'projectcalico.org/v3',
      metadata: {
        name: 'web',
        namespace: 'shop',
        uid: '24c845aa-b9e2-42e7-8fec-d00e5f3ee114',
        resourceVersion: '7',
        creationTimestamp: '2026-01-31T12:00:00Z',
      },
      spec: { tier: 'default', order: 1000, selector: PODS, types: ['Ingress'] },
    });
  });

  test('selects pods', async () => {
    const podSelector = {
      matchLabels: { b: '2', a: '1' },
      matchExpressions: [
        { key: 'c', operator: 'In', values: ['x', 'y'] },
        { key: 'd', operator: 'NotIn', values: ['z'] },
        { key: 'e', operator: 'Exists' },
        { key: 'f', operator: 'DoesNotExist' },
      ],
    };
    expect((await policy({ podSelector })).spec['selector']).toBe(
      `${PODS} && a == '1' && b == '2' && c in { 'x', 'y' } && d not in { 'z' } && has(e) && ! has(f)`,
    );
  });

  test('both ways', async () => {
    const { spec } = await policy({
      policyTypes: ['Egress', 'Ingress'],
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'gw' } } }, { namespaceSelector: {} }] }],
      egress: [
        {
          to: [{ ipBlock: { cidr: '10.1.2.3/8', except: ['10.6.0.0/16'] } }],
          ports: [{ protocol: 'UDP', port: 53 }],
        },
      ],
    });
    expect<unknown>(spec).toEqual({
      tier: 'default',
      order: 1000,
      ingress: [
        { action: 'Allow', source: { selector: `${PODS} && app == 'gw'` } },
        { action: 'Allow', source: { selector: PODS, namespaceSelector: 'all()' } },
      ],
      egress: [
        {
          action: 'Allow',
          protocol: 'UDP',
          destination: { nets: ['10.0.0.0/8'], ports: [53], notNets: ['10.6.0.0/16'] },
        },
      ],
      selector: PODS,
      types: ['Ingress', 'Egress'],
    });
  });

  test('has a rule for each protocol, with its ports', async () => {
    const ports = [
      { port: 82 },
      { protocol: 'UDP', port: 'dns' },
      { protocol: 'TCP', port: 80 },
      { port: 'http' },
      { port: 8000, endPort: 8010 },
      { port: 81 },
      { protocol: 'SCTP' },
      { protocol: 'SCTP', port: 5 },
    ];
    expect<unknown>(await rulesOf({ ports })).toEqual([
      { action: 'Allow', protocol: 'SCTP' },
      { action: 'Allow', protocol: 'TCP', destination: { ports: ['http', '80:82', '8000:8010'] } },
      { action: 'Allow', protocol: 'UDP', destination: { ports: ['dns'] } },
    ]);
  });

  test('has a rule for each protocol and peer', async () => {
    const from = [{ ipBlock: { cidr: '10.0.0.0/8' } }, { ipBlock: { cidr: 'fd00::/8' } }];
    const rules = (await rulesOf({
      from,
      ports: [{ port: 1 }, { protocol: 'UDP' }],
    })) as unknown as Resource[];
    expect<unknown>(
      rules.map((rule) => [Reflect.get(rule, 'protocol'), Reflect.get(rule, 'source')]),
    ).toEqual([
      ['TCP', { nets: ['10.0.0.0/8'] }],
      ['TCP', { nets: ['fd00::/8'] }],
      ['UDP', { nets: ['10.0.0.0/8'] }],
      ['UDP', { nets: ['fd00::/8'] }],
    ]);
  });

  test.each([
    [{}, [{ action: 'Allow' }]],
    [{ ports: [], from: [] }, [{ action: 'Allow' }]],
    [{ ports: [{}] }, [{ action: 'Allow', protocol: 'TCP' }]],
    [{ ports: [{ port: 70_000 }] }, undefined],
    [{ from: [{ ipBlock: { cidr: '10.0.0' } }] }, undefined],
  ])('with the rule %j', async (rule, rules) => {
    expect<unknown>(await rulesOf(rule)).toEqual(rules);
  });

  test('is found by the name that Calico gives it, too', async () => {
    const object = kubeObject({ name: 'web', namespace: 'shop' }, { spec: {} });
    const store = kubernetesPolicies(memoryApi({ networkpolicies: [object] }), KNP);
    const found = await store.get({ kind: KNP, name: 'knp.default.web', namespace: 'shop' });
    expect([found.kind, found.metadata.name]).toEqual(['KubernetesNetworkPolicy', 'knp.default.web']);
  });
});

const SUBJECT = { namespaces: {} };
const ALL = { namespaces: {} };
const clusterRules = async (rule: object) => {
  const { spec } = await clusterPolicy({ tier: 'Admin', subject: SUBJECT, egress: [rule] });
  return spec['egress'];
};

describe('a ClusterNetworkPolicy', () => {
  test('of the admins', async () => {
    const { spec } = await clusterPolicy({
      tier: 'Admin',
      priority: 0,
      subject: { pods: { podSelector: { matchLabels: { app: 'db' } } } },
      ingress: [
        {
          name: 'from web',
          action: 'Accept',
          from: [
            { pods: { namespaceSelector: { matchLabels: { team: 'a' } }, podSelector: {} } },
            { namespaces: { matchLabels: { team: 'b' } } },
          ],
          protocols: [
            { tcp: { destinationPort: { number: 5432 } } },
            { tcp: { destinationPort: { range: { start: 5433, end: 5440 } } } },
            { udp: {} },
          ],
        },
      ],
    });
    const metadata = { annotations: { name: 'from web' } };
    const [a, b] = [
      { selector: PODS, namespaceSelector: "team == 'a'" },
      { namespaceSelector: "team == 'b'" },
    ];
    const tcp = { action: 'Allow', protocol: 'TCP', destination: { ports: ['5432:5440'] }, metadata };
    const udp = { action: 'Allow', protocol: 'UDP', metadata };
    expect<unknown>(spec).toEqual({
      tier: 'kube-admin',
      order: 0,
      ingress: [
        { ...tcp, source: a },
        { ...tcp, source: b },
        { ...udp, source: a },
        { ...udp, source: b },
      ],
      selector: `${PODS} && app == 'db'`,
      types: ['Ingress'],
      namespaceSelector: 'all()',
    });
  });

  test('as a baseline, without rules', async () => {
    const { spec } = await clusterPolicy({
      tier: 'Baseline',
      priority: 7,
      subject: { namespaces: { matchLabels: { a: 'b' } } },
    });
    expect<unknown>(spec).toEqual({
      tier: 'kube-baseline',
      order: 7,
      selector: PODS,
      namespaceSelector: "a == 'b'",
    });
  });

  test('to networks', async () => {
    expect<unknown>(
      await clusterRules({ action: 'Pass', to: [{ networks: ['10.1.2.3/8', 'fd00::/8'] }] }),
    ).toEqual([{ action: 'Pass', destination: { nets: ['10.0.0.0/8', 'fd00::/8'] } }]);
  });

  test.each([
    ['Deny', { to: [ALL], protocols: [{ destinationNamedPort: 'http' }] }],
    ['Pass', { to: [{ nodes: {} }] }],
    ['Deny', { to: [{ networks: ['10.0.0'] }] }],
    ['Accept', { to: [{ domainNames: ['example.com'] }] }],
    ['Shrug', { to: [ALL] }],
  ])('denies all rather than less than it says: %s %j', async (action, rule) => {
    const closed = action === 'Deny' || action === 'Pass' ? [{ action: 'Deny' }] : undefined;
    expect<unknown>(await clusterRules({ action, ...rule })).toEqual(closed);
  });

  test.each([
    ['its tier is "Other", neither Admin nor Baseline', { tier: 'Other', subject: SUBJECT }],
    ['it has no subject, neither namespaces nor pods', { tier: 'Admin', subject: {} }],
  ])('%s', async (reason, spec) => {
    await expect(clusterPolicy(spec)).rejects.toMatchObject({
      errorClass: 'corrupt',
      message: `KubernetesClusterNetworkPolicy(web) is not enforced by Calico: ${reason}`,
    });
    const api = memoryApi({ clusternetworkpolicies: [kubeObject({ name: 'web' }, { spec })] });
    const [page] = await all(kubernetesPolicies(api, KCNP).list({ kind: KCNP }));
    expect(page).toEqual({
      items: [],
      version: '100',
      corrupt: [{ entry: 'clusternetworkpolicies/web', reason: `Calico does not enforce it: ${reason}` }],
    });
  });
});

describe('policies of Kubernetes', () => {
  test('are listed by namespace and beginning of the name', async () => {
    const named = (namespace: string, name: string) => kubeObject({ name, namespace }, { spec: {} });
    const api = memoryApi({ networkpolicies: [named('dev', 'a'), named('shop', 'b'), named('shop', 'ba')] });
    const store = kubernetesPolicies(api, KNP);
    const names = async (query: object) =>
      (await all(store.list({ kind: KNP, ...query }))).flatMap(({ items }) =>
        items.map(({ metadata }) => metadata.name),
      );
    expect(await names({})).toEqual(['a', 'b', 'ba']);
    expect(await names({ namespace: 'shop' })).toEqual(['b', 'ba']);
    expect(await names({ namePrefix: 'b' })).toEqual(['b', 'ba']);
  });

  test('are watched', async () => {
    const api = memoryApi();
    const object = kubeObject({ name: 'a' }, { spec: { tier: 'Admin', subject: SUBJECT } }, '9');
    api.events.push({ type: 'ADDED', object }, { type: 'MODIFIED', object: { ...object, spec: {} } });
    const changes = await all(kubernetesPolicies(api, KCNP).watch({ kind: KCNP }, '1'));
    expect(changes.map(({ type, version, resource }) => [type, version, resource.spec['tier']])).toEqual([
      ['added', '9', 'kube-admin'],
    ]);
  });

  test('are not there where the cluster does not know them', async () => {
    const api = memoryApi();
    const unknown = new CalicoctlError('not-supported', 'not served');
    const get = () => Promise.reject(unknown);
    // biome-ignore lint/correctness/useYield: it fails before there is anything to yield.
    const list = async function* () {
      throw unknown;
    };
    const store = kubernetesPolicies({ ...api, list, get }, KCNP);
    const message =
      'the cluster has no clusternetworkpolicies: policy.networking.k8s.io/v1alpha2 is not installed in it';
    await expect(all(store.list({ kind: KCNP }))).rejects.toMatchObject({
      errorClass: 'not-supported',
      message,
    });
    await expect(store.get({ kind: KCNP, name: 'a' })).rejects.toMatchObject({ message });
  });

  test('are not written', async () => {
    const store = kubernetesPolicies(memoryApi(), KCNP);
    const resource = await clusterPolicy({ tier: 'Admin', subject: SUBJECT });
    const ref = { kind: KCNP, name: 'web' };
    for (const attempt of [
      () => store.create(ref, resource),
      () => store.update(ref, resource),
      () => store.delete(ref),
    ])
      await expect(attempt()).rejects.toMatchObject({ errorClass: 'not-supported' });
  });
});

const key = fc.stringMatching(/^([a-z]{1,5}\.[a-z]{1,3}\/)?[A-Za-z]([A-Za-z0-9_.-]{0,6}[A-Za-z0-9])?$/);
const value = fc.stringMatching(/^([A-Za-z0-9]([A-Za-z0-9_.-]{0,6}[A-Za-z0-9])?)?$/);
const expression = fc.oneof(
  fc.record({
    key,
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.array(value, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const labelSelector: fc.Arbitrary<LabelSelector> = fc.record(
  {
    matchLabels: fc.dictionary(key, value, { maxKeys: 3 }),
    matchExpressions: fc.array(expression, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

/** By the words of Kubernetes' API reference. */
function matches(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Record<string, string>,
): boolean {
  const has = (name: string) => Object.hasOwn(labels, name);
  return (
    Object.entries(matchLabels).every(([name, text]) => has(name) && labels[name] === text) &&
    matchExpressions.every(({ key: name, operator, values = [] }) => {
      if (operator === 'In') return has(name) && values.includes(labels[name]!);
      if (operator === 'NotIn') return !has(name) || !values.includes(labels[name]!);
      return has(name) === (operator === 'Exists');
    })
  );
}

describe('selectors', () => {
  test('select the same as Calico parses them', () => {
    const labels = fc.dictionary(key, value, { maxKeys: 4 });
    fc.assert(
      fc.property(labelSelector, labels, fc.boolean(), (selector, others, some) => {
        const subject = some ? { ...others, ...selector.matchLabels } : others;
        const kube = { ...subject, 'projectcalico.org/orchestrator': 'k8s' };
        for (const [text, of] of [
          [podSelector(selector), kube],
          [namespaceSelector(selector), subject],
        ] as const) {
          const parsed = parseSelector(text);
          expect(parsed.ok && matchesSelector(parsed.selector, of)).toBe(matches(selector, of));
        }
      }),
    );
  });

  test('select no host endpoints', () => {
    const parsed = parseSelector(podSelector({}));
    expect(parsed.ok && matchesSelector(parsed.selector, {})).toBe(false);
    expect(namespaceSelector(undefined)).toBe('');
  });
});

describe('ports', () => {
  const number = fc.integer({ min: 1, max: 40 });
  const port: fc.Arbitrary<Port> = fc.oneof(
    number.map((first) => ({ first, last: first })),
    fc.tuple(number, number).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) })),
    fc.constantFrom({ name: 'http' }, { name: 'dns' }),
  );
  const numbersOf = (ports: readonly Port[]) =>
    new Set(
      ports.flatMap((one) =>
        'name' in one ? [] : Array.from({ length: one.last - one.first + 1 }, (_, at) => one.first + at),
      ),
    );
  const namesOf = (ports: readonly Port[]) => ports.flatMap((one) => ('name' in one ? [one.name] : []));

  test('are the same ones in fewest ranges, in order', () => {
    fc.assert(
      fc.property(fc.array(port, { maxLength: 8 }), (ports) => {
        const simple = simplifyPorts(ports);
        expect(numbersOf(simple)).toEqual(numbersOf(ports));
        expect(namesOf(simple)).toEqual(namesOf(ports));
        const ranges = simple.filter((one) => !('name' in one)) as { first: number; last: number }[];
        for (const [index, { first }] of ranges.slice(1).entries())
          expect(first).toBeGreaterThan(ranges[index]!.last + 1);
      }),
    );
  });
});

test('what is shown is a policy that Calico accepts', async () => {
  const ports = fc.array(
    fc.record(
      {
        protocol: fc.constantFrom('TCP', 'UDP', 'SCTP'),
        port: fc.oneof(fc.integer({ min: 1, max: 65535 }), fc.constant('http')),
      },
      { requiredKeys: [] },
    ),
    { maxLength: 5 },
  );
  const peer = fc.oneof(
    fc.record({ podSelector: labelSelector, namespaceSelector: labelSelector }, { requiredKeys: [] }),
    fc.constant({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }),
  );
  const rule = fc.record({ ports, from: fc.array(peer, { maxLength: 3 }) }, { requiredKeys: [] });
  await fc.assert(
    fc.asyncProperty(labelSelector, fc.array(rule, { maxLength: 3 }), async (podSelector, ingress) => {
      const { kind: _, ...resource } = await policy({ podSelector, ingress });
      expect(check(NetworkPolicy, { ...resource, kind: 'NetworkPolicy' })).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
