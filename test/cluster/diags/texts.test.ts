import { describe, expect, test } from 'bun:test';
import { describePod } from '../../../src/cluster/diags/describe.ts';
import { shown } from '../../../src/cluster/diags/lists.ts';
import { columnsText, tableText } from '../../../src/cluster/diags/table.ts';
import { yamlText } from '../../../src/cluster/diags/yaml.ts';
import type { KubeObject } from '../../../src/datastore/cluster.ts';

const PAGE = {
  columns: [
    { name: 'Name', wide: false },
    { name: 'Age', wide: true },
  ],
  rows: [
    { namespace: 'ns-1', cells: ['a', 3] },
    { namespace: 'b', cells: ['long-name', null] },
  ],
};

describe('tables', () => {
  test('have all columns, the namespace first', () => {
    expect(tableText(PAGE, { withNamespace: true, isFirst: true })).toBe(
      'NAMESPACE   NAME        AGE\nns-1        a           3\nb           long-name   <none>\n',
    );
  });

  test('go on without headings, and say where there is nothing', () => {
    expect(tableText(PAGE, { withNamespace: false, isFirst: false })).toBe(
      'a           3\nlong-name   <none>\n',
    );
    expect(tableText({ ...PAGE, rows: [] }, { withNamespace: false, isFirst: true })).toBe(
      'No resources found\n',
    );
    expect(tableText({ ...PAGE, rows: [] }, { withNamespace: false, isFirst: false })).toBe('');
  });

  test('a cell of many lines stays in its line', () => {
    const rows = [{ cells: ['a\nb\u001b[31m', { x: 1 }] }];
    expect(tableText({ ...PAGE, rows }, { withNamespace: false, isFirst: false })).toBe(
      'a b [31m   {"x":1}\n',
    );
    expect(columnsText([])).toBe('');
  });
});

describe('YAML', () => {
  test('writes integers of any size, and leaves out what is undefined', () => {
    expect(yamlText({ a: 12345678901234567890n, b: undefined, c: [1, 'x: y'] })).toBe(
      "a: '12345678901234567890'\nc:\n  - 1\n  - 'x: y'\n",
    );
  });
});

const PODS = { group: '', version: 'v1', plural: 'pods', namespaced: true, kind: 'Pod', verbs: ['list'] };

describe('objects of a list', () => {
  test('say what they are, and nothing of who owns their fields or of what was applied', () => {
    const metadata = {
      name: 'p',
      managedFields: [{ manager: 'kubelet' }],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"spec":{"password":"hidden"}}' },
    };
    expect(shown(PODS, { metadata, spec: { a: 1 } } as unknown as KubeObject)).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { a: 1 },
    });
  });
});

describe('a pod in words', () => {
  const pod = {
    metadata: { name: 'p', namespace: 'n', uid: 'u-1', labels: { app: 'x' } },
    spec: {
      nodeName: 'worker',
      initContainers: [{ name: 'install', image: 'i:1' }],
      containers: [{ name: 'main', image: 'm:1', env: [{ name: 'SECRET', value: 'hidden' }] }],
    },
    status: {
      phase: 'Pending',
      reason: 'Evicted',
      initContainerStatuses: [
        {
          name: 'install',
          ready: false,
          restartCount: 4,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off\n5m' } },
        },
      ],
      conditions: [
        { type: 'Initialized', status: 'False', reason: 'ContainersNotInitialized', message: 'wait' },
      ],
    },
  } as unknown as KubeObject;

  test('says what is wrong with it, and no value of its environment', () => {
    const text = describePod(pod, []);
    expect(text).toMatch(/^Status: +Pending: Evicted$/m);
    expect(text).toMatch(/^ {2}install:\n {4}Image: +i:1$/m);
    expect(text).toMatch(/^ {4}State: +waiting \(CrashLoopBackOff, back-off 5m\)$/m);
    expect(text).toMatch(/^ {4}Restart Count: +4$/m);
    expect(text).toMatch(/^ {4}Environment: +SECRET$/m);
    expect(text).toMatch(/^ {2}Initialized +False +ContainersNotInitialized +wait$/m);
    expect(text).toEndWith('Events:\n  none\n');
    expect(text).not.toContain('hidden');
  });

  test('has the events of this very pod in their order, or why there are none', () => {
    const event = (uid: string, reason: string, lastTimestamp: string) => ({
      metadata: { name: reason },
      involvedObject: { kind: 'Pod', name: 'p', uid },
      ...{ reason, lastTimestamp, type: 'Warning', message: 'm' },
    });
    const events = [
      event('u-1', 'Later', '2026-02'),
      event('u-0', 'OfAnother', '2026-01'),
      event('u-1', 'First', '2026-01'),
    ];
    const text = describePod(pod, events as unknown as KubeObject[]);
    expect(text.match(/First|Later|OfAnother/g)).toEqual(['First', 'Later']);
    expect(describePod(pod, 'not allowed')).toEndWith('Events:\n  could not be read: not allowed\n');
  });

  test('that is hardly there', () => {
    expect(describePod({ metadata: { name: 'p' } } as KubeObject, [])).toContain('Node:           <none>');
  });
});
