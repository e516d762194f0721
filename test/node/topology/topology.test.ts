import { describe, expect, test } from 'bun:test';
import { drawingOf, fareOf } from '../../../src/node/topology/drawing.ts';
import { type Topology, topologyOf } from '../../../src/node/topology/topology.ts';
import { everywhereOf, join, meshOf, nodeOf, reflected, type Scene, sceneOf, session } from './scenes.ts';

const told = (scene: Scene): Topology => topologyOf(everywhereOf(scene), new Date('2026-01-02T03:04:05Z'));

const states = ({ points, links }: Topology) =>
  links.map(
    ({ points: [a, b], family, state }) => `${points[a]!.name} ${points[b]!.name} ${family} ${state}`,
  );

describe('sessions seen from both ends', () => {
  test.each([
    [[true, true], 'up'],
    [[true, false], 'disputed'],
    [[false, false], 'down'],
  ] as const)('%j is %s', (seen, state) => {
    const scene = sceneOf([nodeOf(1), nodeOf(2)]);
    join(scene, scene.nodes[0]!, scene.nodes[1]!, seen);
    expect(states(told(scene))).toEqual([`worker-1 worker-2 ipv4 ${state}`]);
  });

  test('one that the other end does not know is disputed, unless that could not be asked', () => {
    const scene = sceneOf([nodeOf(1), nodeOf(2)]);
    scene.sessions.get('worker-1')!.push(session('10.0.0.2'));
    expect(states(told(scene))).toEqual(['worker-1 worker-2 ipv4 disputed']);
    scene.failures.set('worker-2', 'gone');
    expect(states(told(scene))).toEqual(['worker-1 worker-2 ipv4 up']);
  });

  test('one that is switched off at both ends is no fault', () => {
    const scene = sceneOf([nodeOf(1), nodeOf(2)]);
    join(scene, scene.nodes[0]!, scene.nodes[1]!, [false, false], { state: 'down', info: 'Down' });
    expect(states(told(scene))).toEqual(['worker-1 worker-2 ipv4 disabled']);
  });

  test('families, and ports, are links of their own', () => {
    const nodes = [1, 2].map((index) =>
      nodeOf(index, { addresses: { ipv4: `10.0.0.${index}`, ipv6: `2001:db8::${index}` } }),
    );
    const scene = sceneOf(nodes);
    join(scene, nodes[0]!, nodes[1]!);
    scene.sessions.get('worker-1')!.push(session('2001:db8::2'));
    scene.sessions.get('worker-2')!.push(session('2001:db8::1'));
    scene.sessions.get('worker-1')!.push(session('198.51.100.1', { peerAs: 65001 }));
    scene.sessions.get('worker-1')!.push(session('198.51.100.1', { peerAs: 65001, peerPort: 1790 }));
    const topology = told(scene);
    expect(states(topology)).toEqual([
      'worker-1 worker-2 ipv4 up',
      'worker-1 198.51.100.1 ipv4 up',
      'worker-1 198.51.100.1 port 1790 ipv4 up',
      'worker-1 worker-2 ipv6 up',
    ]);
    expect(topology.points.map(({ role }) => role)).toEqual(['node', 'node', 'external', 'external']);
  });

  test('a peer outside has every AS number that it is thought to have', () => {
    const scene = sceneOf([nodeOf(1), nodeOf(2)]);
    scene.sessions.get('worker-1')!.push(session('198.51.100.1', { peerAs: 65002 }));
    scene.sessions.get('worker-2')!.push(session('198.51.100.1', { peerAs: 65001 }));
    expect(told(scene).points[2]!.as).toEqual([65001, 65002]);
  });

  test('what the mesh asks for and nobody has is missing', () => {
    const scene = meshOf(4, (first, second) => (first === 1 && second === 3 ? undefined : [true, true]));
    expect(states(told(scene)).filter((line) => !line.endsWith('up'))).toEqual([
      'worker-1 worker-3 ipv4 missing',
    ]);
    scene.failures.set('worker-3', 'gone');
    expect(states(told(scene)).filter((line) => !line.endsWith('up'))).toEqual([]);
    scene.failures.clear();
    scene.mesh = false;
    expect(states(told(scene)).filter((line) => !line.endsWith('up'))).toEqual([]);
  });

  test('reflectors take no part in the mesh', () => {
    const scene = reflected(6);
    scene.mesh = true;
    const missing = told(scene).links.filter(({ state }) => state === 'missing');
    // All pairs of the five clients that answered.
    expect(missing).toHaveLength(10);
  });
});

describe('what is drawn', () => {
  test('a small mesh in full', () => {
    const drawing = drawingOf(told(meshOf(10)));
    expect([drawing.links.length, drawing.mesh]).toEqual([45, undefined]);
  });

  test('of a large one what is not well', () => {
    const topology = told(
      meshOf(100, (first, second) => (first === 3 && second === 7 ? [false, false] : [true, true])),
    );
    const drawing = drawingOf(topology);
    expect(drawing.links.map(({ points }) => points)).toEqual([[3, 7]]);
    expect(drawing.mesh).toMatchObject({ up: 4949, total: 4950 });
    expect(drawing.mesh!.members).toHaveLength(100);
  });

  test('a node that is lost to all is one fan, and nobody else is blamed', () => {
    const topology = told(
      meshOf(100, (first, second) => (first === 3 || second === 3 ? [false, false] : [true, true])),
    );
    const drawing = drawingOf(topology);
    expect(drawing.links).toEqual([]);
    expect([...drawing.fans]).toEqual([[3, [{ state: 'down', count: 99 }]]]);
    const fares = topology.points.map((point, index) => fareOf(point, drawing.counts[index]!));
    expect(fares.filter((fare) => fare !== 'well')).toEqual(['down']);
    expect(fares[3]).toBe('down');
  });

  test('every session that is not well is drawn or in a fan', () => {
    const topology = told(
      meshOf(60, (first, second) => [(first * second) % 3 > 0, (first + second) % 5 > 0]),
    );
    const drawing = drawingOf(topology);
    const unwell = topology.links.filter(({ state }) => state !== 'up');
    const hidden = unwell.filter((link) => !drawing.links.includes(link));
    for (const { points, state } of hidden)
      expect(points.some((index) => drawing.fans.get(index)?.some((fan) => fan.state === state))).toBe(true);
    expect(hidden.length).toBeGreaterThan(0);
  });
});
