import { describe, expect, test } from 'bun:test';
import { CAUSES } from '../../../src/cluster/health/catalogue.ts';
import { listed, worstFirst } from '../../../src/cluster/health/cause.ts';
import type { CalicoPod, Facts, KubeNode, Workload } from '../../../src/cluster/health/facts.ts';
import { healthOf, statusOf } from '../../../src/cluster/health/health.ts';
import { runningVersions, versionOf } from '../../../src/cluster/health/judge/versions.ts';
import { known } from '../../../src/cluster/health/seen.ts';
import { healthText } from '../../../src/cluster/status/text.ts';

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
    ...{ phase: 'Running', ready: true, containers: [{ name: 'calico-node', image, restarts: 0 }] },
    ...more,
  };
}

const workload = (name: string, wanted: number, ready = wanted): Workload => ({
  ...{ kind: 'Deployment', namespace: 'calico-system', name, wanted, ready, nodeSelector: {} },
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

describe('what is not known', () => {
  test('is told once a reason, and makes the command fail unless nobody expects it', () => {
    const seen = (reason: 'forbidden' | 'not-configured', why: string) =>
      ({ known: false, reason, why }) as const;
    const forbidden = healthOf(
      facts({ nodes: seen('forbidden', 'no nodes'), pods: seen('forbidden', 'no pods') }),
    );
    expect(forbidden.unknown).toEqual([
      { what: ['nodes of Kubernetes', "Calico's pods"], reason: 'forbidden', why: 'no nodes; no pods' },
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
