import { describe, expect, test } from 'bun:test';
import { formatError } from '../../../src/core/errors.ts';
import type { SequenceResult } from '../../../src/core/result.ts';
import { asTable, asWideTable, notEstablished, silenceOf } from '../../../src/node/everywhere/view.ts';
import { everywhereOf, join, meshOf, nodeOf, sceneOf } from '../topology/scenes.ts';

const rowsOf = (result: unknown) =>
  ((result as SequenceResult).results[0] as { readonly rows: readonly (readonly string[])[] }).rows;

describe('tables of all nodes', () => {
  test('many sessions that are well share a row, the others stand by themselves', () => {
    const found = everywhereOf(meshOf(7, (first, second) => [true, first !== 0 || second !== 3]));
    const rows = rowsOf(asTable(found));
    expect(rows.slice(3, 5)).toEqual([
      ['worker-3', '10.0.0.0', 'worker-0', 'node-to-node mesh', 'start', '10:11:12', 'Active'],
      ['worker-3', '5 IPv4 peers', '-', 'node-to-node mesh', 'up', '-', 'Established'],
    ]);
    expect(rows).toHaveLength(8);
    expect(asWideTable(found).rows).toHaveLength(42);
  });

  test('a node without sessions, and one without an answer, have a row each', () => {
    const scene = sceneOf([nodeOf(1), nodeOf(2)]);
    scene.failures.set('worker-2', 'no calico-node pod is there');
    const found = everywhereOf(scene);
    expect(rowsOf(asTable(found))).toEqual([
      ['worker-1', '-', '-', '-', '-', '-', 'no BGP sessions'],
      ['worker-2', '-', '-', '-', 'unknown', '-', 'no calico-node pod is there'],
    ]);
    expect(asWideTable(found).rows.map((row) => row.at(-1))).toEqual([
      'no BGP sessions',
      'no calico-node pod is there',
    ]);
  });
});

describe('what is wrong', () => {
  test('nodes are told by reason, and not all of them', () => {
    const scene = sceneOf(Array.from({ length: 40 }, (_, index) => nodeOf(index)));
    for (const { name } of scene.nodes) scene.failures.set(name, 'BIRD is not running there');
    expect(formatError(silenceOf(everywhereOf(scene).reports))).toBe(
      '40 of 40 nodes show no current BGP state:\n' +
        '  worker-0, worker-1, worker-2, worker-3, worker-4, worker-5, worker-6, worker-7 … (40 nodes): BIRD is not running there\n' +
        '  No node runs BIRD: Calico needs none where it uses VXLAN and has no BGP peers.',
    );
    scene.failures.clear();
    expect(silenceOf(everywhereOf(scene).reports)).toBeUndefined();
  });

  test('sessions that are not established, but for those that are switched off', () => {
    const scene = sceneOf([nodeOf(1), nodeOf(2)]);
    expect(notEstablished(everywhereOf(scene))!.message).toBe(
      'no BGP session is configured that could be established',
    );
    join(scene, scene.nodes[0]!, scene.nodes[1]!, [true, false]);
    expect(notEstablished(everywhereOf(scene))!.message).toBe(
      '1 of 2 BGP sessions is not established:\n  worker-2 with 10.0.0.1 (worker-1): Active, since 10:11:12',
    );
    const off = sceneOf([nodeOf(1), nodeOf(2), nodeOf(3)]);
    join(off, off.nodes[0]!, off.nodes[1]!);
    join(off, off.nodes[0]!, off.nodes[2]!, [false, false], { state: 'down', info: 'Down' });
    expect(notEstablished(everywhereOf(off))).toBeUndefined();
  });
});
