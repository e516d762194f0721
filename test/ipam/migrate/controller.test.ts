import { describe, expect, test } from 'bun:test';
import { controllerOf, restartCommands } from '../../../src/ipam/migrate/controller.ts';
import type { Holder } from '../../../src/ipam/migrate/occupants.ts';
import { API_VERSION } from '../../../src/resources/kind.ts';

function made(pod: string, labels: Record<string, string>, generateName?: string) {
  const metadata = { name: pod, namespace: 'shop', labels, ...(generateName && { generateName }) };
  return controllerOf({ apiVersion: API_VERSION, kind: 'WorkloadEndpoint', metadata, spec: {} }, pod);
}

describe('who makes a pod anew', () => {
  test.each([
    ['web-5d9-x1', { 'pod-template-hash': '5d9' }, 'web-5d9-', { kind: 'deployment', name: 'web' }],
    ['web-5d9-x1', { 'pod-template-hash': '5d9' }, undefined, { kind: 'deployment', name: 'web' }],
    ['other', { 'pod-template-hash': '5d9' }, undefined, undefined],
    ['db-12', { 'statefulset.kubernetes.io/pod-name': 'db-12' }, 'db-', { kind: 'statefulset', name: 'db' }],
    [
      'agent-x1',
      { 'pod-template-generation': '2', 'controller-revision-hash': 'abc' },
      'agent-',
      { kind: 'daemonset', name: 'agent' },
    ],
    ['sum-x1', { 'job-name': 'sum' }, 'sum-', { kind: 'job', name: 'sum' }],
    ['alone', { app: 'alone' }, undefined, undefined],
  ] as const)('%s %p', (pod, labels, generateName, expected) => {
    expect(made(pod, labels, generateName)).toEqual(expected as never);
  });
});

describe('the commands that move pods', () => {
  const holder = (name: string, more: Partial<Holder> = {}): Holder => ({
    ...{ address: '10.0.0.1', what: 'pod', node: 'w1', namespace: 'shop', name },
    ...{ allocated: true, confirmed: true, ...more },
  });

  test('name each controller once, and pods of none themselves', () => {
    const controller = { kind: 'deployment', name: 'web' } as const;
    const pods = [holder('web-1', { controller }), holder('web-2', { controller }), holder('lone')];
    const others = [holder('gone', { confirmed: false }), holder('vxlan', { what: 'tunnel' })];
    expect(restartCommands([...pods, ...others])).toEqual([
      'kubectl delete pod -n shop lone',
      'kubectl rollout restart -n shop deployment/web',
    ]);
  });

  test('name twenty pods in a line', () => {
    const lines = restartCommands(Array.from({ length: 45 }, (_, index) => holder(`p${index}`)));
    expect(lines.map((line) => line.split(' ').length - 5)).toEqual([20, 20, 5]);
  });
});
