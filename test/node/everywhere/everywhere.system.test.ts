import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { sessionsIn } from '../../../src/node/everywhere/report.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import {
  etcdStore,
  fileStore,
  kubernetesStore,
  namesOf,
  type OpenStore,
  put,
} from '../../operations/stores.ts';
import { fill, startAgent } from './agent.ts';
import { ADDRESSES, ask, fromMesh, MESH } from './mesh.ts';

/** Asking by CalicoNodeStatus objects of ours, over every datastore, with a writer that does as calico/node does. */

const BACKENDS = { etcdv3: etcdStore, file: fileStore, kubernetes: () => kubernetesStore('v1') };

describe.each(Object.entries(BACKENDS))('asking by CalicoNodeStatus over %s', (name, openStore) => {
  let open: OpenStore;
  let warnings: string[];

  beforeAll(async () => {
    open = await openStore();
    for (const [node, address] of Object.entries(ADDRESSES)) {
      if (name !== 'kubernetes') {
        await put(open.store, 'Node', node, { bgp: { ipv4Address: `${address}/24` } });
        continue;
      }
      const annotations = { 'projectcalico.org/IPv4Address': `${address}/24` };
      await open.post!('/api/v1/nodes', {
        ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: node, annotations } },
      });
    }
  });

  beforeEach(() => {
    warnings = [];
  });

  afterAll(() => open.stop());

  const statuses = () => namesOf(open.store, 'CalicoNodeStatus');

  test('every node is asked by an object of ours, which is removed', async () => {
    const agent = await startAgent(open, fromMesh);
    const { reports } = await ask(open, warnings);
    expect(reports.map(({ node, source, failure }) => [node, source, failure])).toEqual([
      ['worker-1', 'status', undefined],
      ['worker-2', 'status', undefined],
      ['worker-10', 'status', undefined],
    ]);
    expect(sessionsIn(reports[1]!)).toEqual([
      {
        ...{ name: 'Mesh_192_0_2_1', type: 'mesh', family: 'ipv4', peerAddress: '192.0.2.1', peerAs: 64512 },
        ...{ localAddress: '192.0.2.2', localAs: 64512, state: 'up', since: '10:11:12' },
        ...{ info: 'Established', established: true, routes: {} },
      },
      {
        ...{ name: 'Mesh_192_0_2_3', type: 'mesh', family: 'ipv4', peerAddress: '192.0.2.3', peerAs: 64512 },
        ...{ localAddress: '192.0.2.2', localAs: 64512, state: 'start', since: '10:11:12' },
        ...{ info: 'Active', established: false, routes: {} },
      },
    ]);
    expect(agent.answered).toHaveLength(3);
    expect(await statuses()).toEqual([]);
    expect(warnings).toEqual([]);
    await agent.stop();
  });

  test('a node that never answers is told of when the time is over', async () => {
    const agent = await startAgent(open, (status) =>
      status.spec['node'] === 'worker-10' ? undefined : fromMesh(status),
    );
    const { reports } = await ask(open, warnings, { waitMs: 1000 });
    expect(reports.map(({ failure }) => failure)).toEqual([
      undefined,
      undefined,
      'calico/node did not answer a CalicoNodeStatus within 1s',
    ]);
    expect(await statuses()).toEqual([]);
    await agent.stop();
  });

  test('an object that somebody deletes meanwhile is not waited for', async () => {
    const agent = await startAgent(open, async (status) => {
      if (status.spec['node'] !== 'worker-2') return fromMesh(status);
      const [name] = (await statuses()).filter((each) => each.endsWith(status.metadata.name));
      expect(name).toBeDefined();
      await open.store.delete({ kind: await kindOf('CalicoNodeStatus'), name: status.metadata.name });
      return undefined;
    });
    const started = performance.now();
    const { reports } = await ask(open, warnings, { waitMs: 30_000 });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(reports[1]!.failure).toBe('somebody deleted the CalicoNodeStatus that asked it');
    expect(await statuses()).toEqual([]);
    await agent.stop();
  });

  test('Ctrl-C takes the question back', async () => {
    const stop = new AbortController();
    const agent = await startAgent(open, (status) => {
      if (status.spec['node'] === 'worker-2') stop.abort();
      return undefined;
    });
    const error = await ask(open, warnings, { signal: stop.signal, waitMs: 60_000 }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ errorClass: 'cancelled' });
    expect(await statuses()).toEqual([]);
    await agent.stop();
  });

  test('an old status is asked for anew', async () => {
    const created = await put(open.store, 'CalicoNodeStatus', 'old', {
      ...{ node: 'worker-1', classes: ['BGP'], updatePeriodSeconds: 10 },
    });
    const before = new Date(Date.now() - 3 * 3_600_000).toISOString().replace(/\.\d+/, '');
    await fill(open, created, { ...MESH['worker-2'], lastUpdated: before });
    const agent = await startAgent(open, fromMesh);
    const { reports } = await ask(open, warnings);
    expect(reports[0]!.failure).toBeUndefined();
    expect(sessionsIn(reports[0]!).map(({ peerAddress }) => peerAddress)).toEqual(['192.0.2.2', '192.0.2.3']);
    expect(await statuses()).toEqual(['CalicoNodeStatus/old']);
    await open.store.delete({ kind: await kindOf('CalicoNodeStatus'), name: 'old' });
    await agent.stop();
  });
});
