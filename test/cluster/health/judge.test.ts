import { describe, expect, test } from 'bun:test';
import { CAUSES } from '../../../src/cluster/health/catalogue.ts';
import { listed, worstFirst } from '../../../src/cluster/health/cause.ts';
import type { CalicoPod, Facts, KubeNode, Workload } from '../../../src/cluster/health/facts.ts';
import { healthOf, statusOf } from '../../../src/cluster/health/health.ts';
import { runningVersions, versionOf } from '../../../src/cluster/health/judge/versions.ts';
import { known, unseen } from '../../../src/cluster/health/seen.ts';
import { healthText } from '../../../src/cluster/status/text.ts';
import { CalicoctlError } from '../../../src/core/errors.ts';
import type { PoolUsage } from '../../../src/ipam/usage/usage.ts';
import type { Resource } from '../../../src/resources/kind.ts';
import { parseCidr } from '../../../src/resources/net/cidr.ts';

/** Judging from plain objects: what no small real cluster shows. */

const NOW = Date.parse('2026-01-01T12:00:00Z');

function node(name: string, more: Partial<KubeNode> = {}): KubeNode {
  const labels = { 'kubernetes.io/os': 'linux' };
  return { name, ready: true, reason: '', kubelet: 'v1.34.1', labels, ...more };
}

function agent(
  name: string,
  image = 'quay.example/calico/node:v3.32.0',
  more: Partial<CalicoPod> = {},
): CalicoPod {
  return {
    ...{ namespace: 'calico-system', name: `calico-node-${name}`, component: 'calico-node', node: name },
    ...{ ready: true, containers: [{ name: 'calico-node', image, restarts: 0 }] },
    ...more,
  };
}

const workload = (name: string, wanted: number, ready = wanted): Workload => ({
  ...{ kind: 'Deployment', namespace: 'calico-system', name, wanted, ready, nodeSelector: {} },
  nodeAffinity: [],
});

const CONTROLLERS = workload('calico-kube-controllers', 1);

function facts(more: Partial<Facts>): Facts {
  return {
    ...{ now: NOW, clientVersion: 'v3.32.0', datastore: 'kubernetes' },
    information: known({
      ...{ apiVersion: '', kind: 'ClusterInformation', metadata: { name: 'default' } },
      spec: { datastoreReady: true, calicoVersion: 'v3.32.0' },
    }),
    ...{ calicoNodes: known([]), statuses: known([]), definitions: known(undefined) },
    usage: known({ pools: [], orphans: [], corrupt: [] }),
    ...{ serverVersion: known('v1.34.1'), nodes: known([node('a')]), pods: known({ items: [agent('a')] }) },
    ...{ workloads: known([CONTROLLERS]), operator: known([]) },
    ...more,
  };
}

const codes = (more: Partial<Facts>) => healthOf(facts(more)).causes.map(({ code }) => code);

describe('judging', () => {
  test('finds nothing in a healthy cluster', () => {
    expect(codes({})).toEqual([]);
  });

  test('tells 500 nodes with the same trouble in one line', () => {
    const nodes = Array.from({ length: 500 }, (_, each) =>
      node(`n${String(each).padStart(3, '0')}`, {
        ready: each > 99,
        reason: each > 99 ? '' : 'KubeletNotReady',
      }),
    );
    const { causes } = healthOf(
      facts({
        nodes: known(nodes),
        pods: known({ items: nodes.map(({ name }) => agent(name)) }),
        workloads: known([CONTROLLERS, workload('calico-typha', 3)]),
      }),
    );
    expect(causes.map(({ message }) => message)).toEqual([
      '100 nodes are not ready: n000, n001, n002, n003, n004 and 95 more (KubeletNotReady)',
    ]);
    expect(causes[0]!.subjects).toHaveLength(100);
  });

  test('wants Typha where there are many nodes, and one for every 200', () => {
    const nodes = (count: number) => {
      const all = Array.from({ length: count }, (_, each) => node(`n${each}`));
      return { nodes: known(all), pods: known({ items: all.map(({ name }) => agent(name)) }) };
    };
    expect(codes(nodes(50))).toEqual([]);
    expect(codes(nodes(51))).toEqual(['typha-absent']);
    expect(codes({ ...nodes(51), datastore: 'etcdv3' })).toEqual(['node-unknown-to-calico']);
    const typha = { workloads: known([CONTROLLERS, workload('calico-typha', 2)]) };
    expect(codes({ ...nodes(400), ...typha })).toEqual([]);
    expect(codes({ ...nodes(401), ...typha })).toEqual(['typha-few']);
  });

  test('asks for calico-node neither on virtual nodes nor, without its own, on Windows', () => {
    const virtual = node('v', { labels: { type: 'virtual-kubelet' } });
    const windows = node('w', { labels: { 'kubernetes.io/os': 'windows' } });
    expect(codes({ nodes: known([node('a'), virtual, windows]) })).toEqual([]);
    const set: Workload = { ...workload('calico-node-windows', 1), kind: 'DaemonSet' };
    const workloads = known([CONTROLLERS, { ...set, nodeSelector: { 'kubernetes.io/os': 'windows' } }]);
    expect(codes({ nodes: known([node('a'), windows]), workloads })).toEqual(['node-without-agent']);
  });

  test('takes definitions of another release for granted', () => {
    const definitions = known({ group: 'g', missing: ['a.g'], other: [{ name: 'b.g', newer: true }] });
    expect(codes({ definitions })).toEqual(['definition-missing', 'definition-other']);
    const spec = { datastoreReady: true, calicoVersion: 'v3.31.0' };
    const information = known({ apiVersion: '', kind: '', metadata: { name: 'default' }, spec });
    expect(codes({ definitions, information })).toEqual(['version-recorded', 'version-client']);
  });

  test('knows kubelets that are too old', () => {
    const nodes = (kubelet: string) => ({ nodes: known([node('a', { kubelet })]) });
    expect([
      codes(nodes('v1.31.9')),
      codes(nodes('v1.30.2')),
      codes(nodes('v1.35.0')),
      codes(nodes('')),
    ]).toEqual([[], ['kubelet-skew'], ['kubelet-skew'], []]);
  });

  test('forgets restarts of long ago', () => {
    const ended = (at: string) => ({ reason: 'Error', exitCode: 1, at });
    const pods = (at: string) =>
      known({
        items: [
          agent('a', undefined, {
            containers: [{ name: 'calico-node', image: '', restarts: 9, ended: ended(at) }],
          }),
        ],
      });
    expect(codes({ pods: pods('2026-01-01T11:30:00Z') })).toEqual(['restarts']);
    expect(codes({ pods: pods('2026-01-01T10:30:00Z') })).toEqual([]);
  });
});

describe('a healthy cluster of another make', () => {
  const NOT_FARGATE = [[{ key: 'compute-type', operator: 'NotIn', values: ['fargate', 'hybrid'] }]];
  const set: Workload = { ...workload('calico-node', 1), kind: 'DaemonSet', nodeAffinity: NOT_FARGATE };

  test('has nodes that its DaemonSet does not want, which have no address either', () => {
    const address = (name: string, ...addresses: string[]) => ({ name, kubernetesNames: [], addresses });
    const more = {
      workloads: known([CONTROLLERS, set]),
      calicoNodes: known([address('a', '192.0.2.1'), address('f')]),
    };
    const other = (type: string) => known([node('a'), node('f', { labels: { 'compute-type': type } })]);
    expect(codes({ ...more, nodes: other('fargate') })).toEqual([]);
    expect(codes({ ...more, nodes: other('ec2') })).toEqual(['node-without-agent', 'node-without-address']);
  });

  test('is a folder that was never initialised', () => {
    const information = known(undefined);
    expect(codes({ information, datastore: 'file' })).toEqual([]);
    expect(codes({ information, datastore: 'etcdv3', nodes: known([]) })).toEqual(['datastore-empty']);
  });

  test('has no controllers where there is nothing to clean up', () => {
    expect(codes({ workloads: known([workload('calico-kube-controllers', 0)]) })).toEqual([]);
  });
});

describe('pools', () => {
  const usage = (name: string, third: number, free: bigint, more: object = {}): PoolUsage =>
    ({
      pool: {
        ...{
          name,
          range: parsed(`192.0.${third}.0/24`),
          blockSize: 26,
          disabled: false,
          nodeSelector: 'all()',
        },
        ...more,
      },
      ...{ blocks: [], free, inUse: 256n - free },
    }) as unknown as PoolUsage;
  const parsed = (text: string) => parseCidr(text)!;
  const found = (...pools: readonly PoolUsage[]) =>
    healthOf(
      facts({
        usage: known({ pools, orphans: [], corrupt: [] }),
        nodes: known(['a', 'b'].map((name) => node(name, { labels: { rack: name } }))),
        pods: known({ items: [agent('a'), agent('b')] }),
      }),
    ).causes.map(({ code, message }) => `${code}: ${message}`);

  test('for services alone may be used up', () => {
    expect(found(usage('lb', 2, 0n, { allowedUses: ['LoadBalancer'] }))).toEqual([
      'pool-nearly-full: pool lb (192.0.2.0/24) has 0 of 256 addresses left',
    ]);
  });

  test('stand in for each other on the nodes that both are for', () => {
    const spare = usage('spare', 3, 200n, { nodeSelector: 'rack == "a"' });
    expect(found(usage('pods', 2, 0n, { nodeSelector: 'rack == "a"' }), spare)).toEqual([
      'pool-nearly-full: pool pods (192.0.2.0/24) has 0 of 256 addresses left; spare has room',
    ]);
    expect(found(usage('pods', 2, 0n), spare)).toEqual([
      'pool-full: pool pods (192.0.2.0/24) has no free address of 256, and no other pool can stand in on 1 node: new pods there get none',
    ]);
  });
});

describe('what is told once', () => {
  const OLD = '2026-01-01T10:00:00Z';
  const down = (...containers: CalicoPod['containers'][number][]) =>
    codes({
      nodes: known([node('a'), node('b')]),
      pods: known({ items: [agent('b'), agent('a', undefined, { ready: false, since: OLD, containers })] }),
    });
  const waiting = (name: string, reason: string) => ({
    ...{ name, image: '', restarts: 1, waiting: { reason, message: '' } },
  });

  test('is a pod that does not start, though all of its containers wait', () => {
    expect(
      down(waiting('install-cni', 'CrashLoopBackOff'), waiting('calico-node', 'PodInitializing')),
    ).toEqual(['crash-loop']);
    expect(down(waiting('calico-node', 'PodInitializing'))).toEqual(['pod-pending']);
    expect(down(waiting('calico-node', 'CreateContainerConfigError'))).toEqual(['pod-pending']);
  });

  test('is what the operator says of a part and of the whole, but every part that says nothing', () => {
    const state = (kind: string, name: string, message: string) => ({
      ...{ kind, name, conditions: [{ type: 'Degraded', status: 'True', reason: '', message }] },
    });
    const operator = known([
      state('Installation', 'default', 'no certificate'),
      ...['calico', 'apiserver'].map((name) => state('TigeraStatus', name, '')),
      state('TigeraStatus', 'ippools', 'no certificate'),
    ]);
    const { causes } = healthOf(facts({ operator }));
    expect(causes.map(({ subjects: [each] }) => each!.name)).toEqual(['calico', 'apiserver', 'ippools']);
  });
});

describe('what is not known', () => {
  test('are sessions of nodes that are asked and silent', () => {
    const asked = (name: string, lastUpdated: string): Resource => ({
      ...{ apiVersion: '', kind: 'CalicoNodeStatus', metadata: { name } },
      spec: { node: name, classes: ['BGP'], updatePeriodSeconds: 10 },
      status: { lastUpdated, bgp: {} },
    });
    const spec = { datastoreReady: true, clusterType: 'k8s,bgp' };
    const { unknown } = healthOf(
      facts({
        information: known({ apiVersion: '', kind: '', metadata: { name: 'default' }, spec }),
        calicoNodes: known(['a', 'b', 'c'].map((name) => ({ name, kubernetesNames: [], addresses: [] }))),
        statuses: known([asked('a', '2026-01-01T11:59:00Z'), asked('b', '2026-01-01T08:00:00Z')]),
      }),
    );
    expect(unknown.map(({ why }) => why)).toEqual([
      'only 1 of 3 nodes report them by a CalicoNodeStatus; asked, and silent for long: b',
    ]);
  });

  test('comes with what the server says of who is not known, but not with a whole role', () => {
    const advice = (hint?: string) =>
      unseen(new CalicoctlError('unauthorized', 'x', hint === undefined ? {} : { hint })).advice;
    expect(advice('The credentials may have expired.')).toBe('The credentials may have expired.');
    expect([advice('apply:\nkind: ClusterRole'), advice()]).toEqual([
      ...['`calicoctl doctor` tells which rights are missing, or whether the credentials are wrong.'],
      ...['`calicoctl doctor` tells which rights are missing, or whether the credentials are wrong.'],
    ]);
  });

  test('is told once a reason, and makes the command fail unless nobody expects it', () => {
    const seen = (reason: 'forbidden' | 'not-configured', why: string) =>
      ({ known: false, reason, why, advice: 'ask' }) as const;
    const forbidden = healthOf(
      facts({ nodes: seen('forbidden', 'no nodes'), pods: seen('forbidden', 'no pods') }),
    );
    expect(forbidden.unknown).toEqual([
      {
        what: ['nodes of Kubernetes', "Calico's pods"],
        ...{ reason: 'forbidden', why: 'no nodes; no pods', advice: 'ask' },
      },
    ]);
    expect([
      statusOf(forbidden, 'error'),
      statusOf(healthOf(facts({ operator: seen('not-configured', 'x') })), 'warning'),
    ]).toEqual([1, 0]);
    expect(healthText(forbidden)).toStartWith('Not known to be healthy: nothing wrong was seen, ');
  });
});

describe('words', () => {
  test('name five at most', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c', 'd', 'e', 'f', 'g']].map(listed)).toEqual([
      ...['', 'a', 'a and b', 'a, b, c, d, e and 2 more'],
    ]);
  });

  test('put the worst first', () => {
    const of = (code: keyof typeof CAUSES) => ({
      code,
      ...CAUSES[code],
      subjects: [],
      message: code,
      evidence: {},
      advice: '',
    });
    const sorted = worstFirst([
      of('version-mixed'),
      of('pool-full'),
      of('datastore-locked'),
      of('crash-loop'),
    ]);
    expect(sorted.map(({ code }) => code)).toEqual([
      'datastore-locked',
      'pool-full',
      'crash-loop',
      'version-mixed',
    ]);
  });
});

describe('versions', () => {
  test('are read from tags of images', () => {
    const images = [
      'quay.io/calico/node:v3.32.0',
      'registry:5000/calico/node:v3.31.4-amd64',
      'calico/node:3.30.1@sha256:abc',
      'calico/node:latest',
      'calico/node@sha256:abc',
      'registry:5000/calico/node',
    ];
    expect(images.map(versionOf)).toEqual(['v3.32.0', 'v3.31.4', 'v3.30.1', undefined, undefined, undefined]);
  });

  test('are those of calico-node, whatever its pods are called', () => {
    const canal = agent('a', 'calico/node:v3.31.0', { component: 'canal' });
    const found = runningVersions([canal, agent('b')]);
    expect([...found.keys()]).toEqual(['calico-node']);
    expect([...found.get('calico-node')!.keys()]).toEqual(['v3.31.0', 'v3.32.0']);
  });
});
