import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { findMore } from '../../../src/ipam/check/find.ts';
import { explainNamed } from '../../../src/ipam/explain/explain.ts';
import { readSurvey } from '../../../src/ipam/survey/read.ts';
import { etcdStore, fileStore, kubernetesStore, type OpenStore } from '../../operations/stores.ts';
import { run } from '../repair/runs.ts';
import { addAffinity, addBlock, addHandle, addPool, type Scene, scene, write } from './scene.ts';

/** Faults of all kinds in one datastore; the nodes are made by itself, since Kubernetes has its own. */
function faults(): Scene {
  const cluster = scene();
  addPool(cluster, 'pods', '10.0.0.0/24');
  addPool(cluster, 'pods6', 'fd00::/116');
  addBlock(cluster, { cidr: '10.0.0.0/29', owner: 'host:worker-1', taken: { 1: { handle: 'net.one' } } });
  addBlock(cluster, { cidr: 'fd00::/125', owner: 'host:worker-1', taken: { 0: { handle: 'net.six' } } });
  cluster.change('IPAMHandle', 'net.one', { block: { '10.0.0.0/29': 3 } });
  addBlock(cluster, { cidr: '10.0.0.4/30', owner: 'host:worker-2' });
  addBlock(cluster, { cidr: '10.0.0.16/29' });
  addBlock(cluster, { cidr: '10.0.0.24/29', owner: 'host:gone', taken: { 0: { handle: 'net.left' } } });
  addBlock(cluster, { cidr: '10.5.0.0/29', owner: 'host:worker-2' });
  addBlock(cluster, { cidr: 'fd00::40/125', owner: 'host:worker-2' });
  cluster.remove('BlockAffinity', 'host/worker-2/fd00::40/125');
  addAffinity(cluster, { name: 'worker-1', cidr: 'fd00::80/125' });
  addAffinity(cluster, { name: 'worker-2', cidr: '10.0.0.0/29' });
  addAffinity(cluster, { name: 'worker-2', cidr: '10.0.0.32/29', state: 'pendingDeletion' });
  addHandle(cluster, 'net.two', '10.0.0.0/29');
  return cluster;
}

const FOUND = [
  ['CAL3008', '10.0.0.4/30'],
  ['CAL3010', '10.5.0.0/29'],
  ['CAL3011', '10.0.0.4/30'],
  ['CAL3012', '10.0.0.16/29'],
  ['CAL3013', 'host/worker-1/fd00::80/125'],
  ['CAL3014', 'host/worker-2/10.0.0.32/29'],
  ['CAL3015', 'host/worker-2/10.0.0.0/29'],
  ['CAL3016', 'fd00::40/125'],
  ['CAL3017', 'host/gone/10.0.0.24/29'],
  ['CAL3018', 'gone'],
  ['CAL3019', 'net.one'],
];

/** What no write mends. */
const LEFT = ['CAL3008', 'CAL3011', 'CAL3016', 'CAL3018'];

for (const [name, open] of Object.entries({
  etcd: etcdStore,
  file: fileStore,
  kubernetes: kubernetesStore,
})) {
  describe(`findings on ${name}`, () => {
    let place: OpenStore;
    beforeAll(async () => {
      place = await open();
      await write(place.store, faults());
      await place.node('worker-1');
      await place.node('worker-2');
    }, 60_000);
    afterAll(() => place.stop(), 60_000);

    const more = async () => Array.fromAsync(findMore(place.store, await readSurvey(place.store)));

    test('are found as they are in memory', async () => {
      const found = (await more()).map(({ code, subject }) => [code, subject.name]);
      expect(found.sort()).toEqual(FOUND);
    });

    test('tell why a node gets an address', async () => {
      const { node } = await explainNamed(place.store, {}, 'worker-1');
      expect(node!.walks.map(({ outcome }) => outcome)).toEqual([
        { from: 'own-block', block: '10.0.0.0/29' },
        { from: 'own-block', block: 'fd00::/125' },
      ]);
    });

    test('are mended by their fixes', async () => {
      const fixes = (await more()).flatMap(({ fix }) => (fix === undefined ? [] : [fix]));
      await run(place.store, fixes, { minAge: 0 });
      expect((await more()).map(({ code }) => code).sort()).toEqual(LEFT);
    }, 30_000);
  });
}
