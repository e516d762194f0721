import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { EverywhereOptions } from '../../../src/node/everywhere/everywhere.ts';
import { sessionsIn } from '../../../src/node/everywhere/report.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import { fileStore, namesOf, type OpenStore, put } from '../../operations/stores.ts';
import { fill, now } from './agent.ts';
import { ADDRESSES, ask as askStore, MESH } from './mesh.ts';

let open: OpenStore;
let warnings: string[];

beforeEach(async () => {
  open = await fileStore();
  warnings = [];
  for (const [name, address] of Object.entries(ADDRESSES))
    await put(open.store, 'Node', name, { bgp: { ipv4Address: `${address}/24` } });
});

afterEach(() => open.stop());

const ask = (options: Partial<EverywhereOptions> = {}) => askStore(open, warnings, options);

async function statusOf(node: string, spec: object = {}): Promise<void> {
  const created = await put(open.store, 'CalicoNodeStatus', `of-${node}`, {
    ...{ node, classes: ['BGP', 'Agent'], updatePeriodSeconds: 10 },
    ...spec,
  });
  await fill(open, created, MESH[node]!);
}

const statuses = () => namesOf(open.store, 'CalicoNodeStatus');

describe('CalicoNodeStatus that is there', () => {
  test('what is there and fresh is used, and nobody is asked to agree', async () => {
    for (const node of Object.keys(MESH)) await statusOf(node);
    const { reports } = await ask({
      consent: async () => {
        throw new Error('asked');
      },
    });
    expect(reports.map((report) => sessionsIn(report).length)).toEqual([2, 2, 2]);
    expect((await statuses()).length).toBe(3);
  });

  test('without consent nothing is written, and the nodes without a status are named', async () => {
    await statusOf('worker-2');
    let question = '';
    const { reports } = await ask({
      consent: async (text) => {
        question = text;
        return false;
      },
    });
    expect(question).toBe(
      '2 of 3 nodes have no fresh CalicoNodeStatus. Make one for each of them, wait up to 5s for its answer, and remove it again?',
    );
    const why = 'it has no CalicoNodeStatus that tells of BGP: --yes makes one for the question';
    expect(reports.map(({ failure }) => failure)).toEqual([why, undefined, why]);
    expect(await statuses()).toEqual(['CalicoNodeStatus/of-worker-2']);
  });

  test('an old status is shown as what it is', async () => {
    const created = await put(open.store, 'CalicoNodeStatus', 'old', {
      ...{ node: 'worker-1', classes: ['BGP'], updatePeriodSeconds: 10 },
    });
    const before = new Date(Date.now() - 3 * 3_600_000).toISOString();
    await fill(open, created, { ...MESH['worker-1'], lastUpdated: before });
    const { reports } = await ask({ consent: async () => false });
    expect(reports[0]).toMatchObject({
      source: 'status',
      reported: before,
      failure:
        'CalicoNodeStatus(old) was last changed 3h ago, which a node at peace and a dead one have in common',
    });
    expect(sessionsIn(reports[0]!)).toHaveLength(2);
  });

  test('three periods are fresh, and a status that is about routes is none', async () => {
    const created = await put(open.store, 'CalicoNodeStatus', 'slow', {
      ...{ node: 'worker-1', classes: ['BGP'], updatePeriodSeconds: 100 },
    });
    const before = new Date(Date.now() - 299_000).toISOString();
    await fill(open, created, { ...MESH['worker-1'], lastUpdated: before });
    await statusOf('worker-2', { classes: ['Routes'] });
    const { reports } = await ask({ consent: async () => false });
    expect(reports.map(({ failure }) => failure === undefined)).toEqual([true, false, false]);
  });

  test('what a killed run left is removed with consent, and only that', async () => {
    const made = (name: string, expires: string) => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'CalicoNodeStatus',
      metadata: {
        name,
        labels: { 'calicoctl.projectcalico.org/node-status': 'abc' },
        annotations: { 'calicoctl.projectcalico.org/expires': expires },
      },
      spec: { node: 'gone', classes: ['BGP'], updatePeriodSeconds: 5 },
    });
    const kind = await kindOf('CalicoNodeStatus');
    const old = new Date(Date.now() - 600_000).toISOString();
    for (const [name, expires] of [
      ['calicoctl-node-status-abc-0', old],
      ['calicoctl-node-status-abc-1', now()],
      ['of-somebody', old],
    ] as const)
      await open.store.create({ kind, name }, made(name, expires));
    for (const node of Object.keys(MESH)) await statusOf(node);
    await ask({ consent: async () => false });
    expect(warnings).toEqual([
      '1 CalicoNodeStatus are left of runs that were killed; with --yes they are removed.',
    ]);
    await ask();
    expect(warnings.slice(1)).toEqual(['Removed 1 CalicoNodeStatus that a killed run had left behind.']);
    expect(await statuses()).toEqual(
      ['calicoctl-node-status-abc-1', 'of-somebody', 'of-worker-1', 'of-worker-10', 'of-worker-2'].map(
        (name) => `CalicoNodeStatus/${name}`,
      ),
    );
  });
});
