import { describe, expect, test } from 'bun:test';
import { dotText, quoted } from '../../../src/node/topology/dot.ts';
import { page } from '../../../src/node/topology/page.ts';
import { topologyOf } from '../../../src/node/topology/topology.ts';
import { everywhereOf, meshOf, nodeOf, reflected, type Scene, sceneOf, session } from './scenes.ts';

const told = (scene: Scene) => topologyOf(everywhereOf(scene), new Date('2026-01-02T03:04:05Z'));

/** Names that break out of quotes, tags and terminals where they can. */
const HOSTILE = [
  '"]; evil [label="x',
  '\\N\\"; {',
  '</script><script>alert(1)</script>',
  '</svg><img src=x onerror=alert(1)>',
  "'><b>&amp;&lt;",
  '<!--summary--> $& $1 <!--graph-->',
  '\u202egnp.exe\u0000\u001b[31m',
];

function hostile(): Scene {
  const scene = sceneOf(
    HOSTILE.map((name, index) => nodeOf(index, { name, clusterId: index === 0 ? name : undefined } as never)),
  );
  scene.sessions
    .get(HOSTILE[1]!)!
    .push(session('"><x', { since: '</title>', info: '<i>', established: false, lastError: '</path>"' }));
  scene.failures.set(HOSTILE[2]!, '"]}</g></svg><script>');
  return scene;
}

describe('dot', () => {
  test('of two nodes and a peer outside', () => {
    const scene = sceneOf([nodeOf(1), nodeOf(2)]);
    scene.sessions.get('worker-1')!.push(session('10.0.0.2'));
    scene.sessions.get('worker-2')!.push(session('10.0.0.1', { established: false }));
    scene.sessions.get('worker-2')!.push(session('198.51.100.1', { peerAs: 65001, type: 'global' }));
    expect(dotText(told(scene)).split('\n').slice(4)).toEqual([
      '  p0 [label="worker-1\\n10.0.0.1\\nAS 64512\\n0 of 1 up", shape=ellipse, fillcolor="#fbe3e4", penwidth=2.5, color="#c4151c", peripheries=2];',
      '  p1 [label="worker-2\\n10.0.0.2\\nAS 64512\\n1 of 2 up", shape=ellipse, fillcolor="#fff3d6", penwidth=2.5, color="#b25e00"];',
      '  p2 [label="198.51.100.1\\nAS 65001", shape=box, fillcolor="#e3f1e4"];',
      '  p0 -- p1 [color="#b25e00", style="dashed,bold", penwidth=2.5, arrowhead=none, arrowtail=tee, dir=both, label="ends disagree", tooltip="worker-1 with worker-2, node-to-node mesh, IPv4: ends disagree. worker-1: Established since 10:11:12. worker-2: Active since 10:11:12"];',
      '  p1 -- p2 [color="#2e7d32", style=solid, tooltip="worker-2 with 198.51.100.1, global, IPv4: established. worker-2: Established since 10:11:12"];',
      '}',
      '',
    ]);
  });

  test('of reflectors, a box a cluster', () => {
    const text = dotText(told(reflected(4)));
    expect(text).toContain('  subgraph "cluster_rr0" {\n    label="route reflector cluster 244.0.0.1";');
    expect(text.match(/shape=doubleoctagon/g)).toHaveLength(2);
  });

  test('of 90 nodes, what is well is one mark', () => {
    const lines = dotText(
      told(meshOf(90, (a, b) => (a === 3 && b === 9 ? [true, false] : [true, true]))),
    ).split('\n');
    expect(lines.length).toBeLessThan(20);
    expect(lines.find((line) => line.startsWith('  mesh ['))).toContain(
      '4004 of 4005 sessions established\\n88 of its 90 nodes are well and not shown',
    );
  });

  test.each([
    ['a"b', '"a\\"b"'],
    ['a\\', '"a\\\\"'],
    ['\\N', '"\\\\N"'],
    ['a\nb', '"a\\nb"'],
    ['&lt;', '"&amp;lt;"'],
    ['\u001b[31m\u202e', '"\ufffd[31m\ufffd"'],
  ])('a string %j is %s', (text, expected) => {
    expect(quoted(text)).toBe(expected);
  });

  test('hostile names stay in their strings', () => {
    const text = dotText(told(hostile()));
    for (const line of text.split('\n')) {
      // Without its strings, a line is nothing but what we wrote.
      expect(line.replace(/"(?:[^"\\]|\\.)*"/g, 'S')).toMatch(/^[\w\s{}[\]=,;.:-]*$/);
    }
  });
});

describe('the page', () => {
  test('hostile names are text wherever they stand', () => {
    const html = page(told(hostile()));
    const [own] = html.split('<body>');
    expect(own).not.toContain('alert');
    const body = html.slice(html.indexOf('<body>'), html.lastIndexOf('<script>'));
    expect(body).not.toMatch(/<script|<img|<b>|<i>|<x/);
    expect(body).not.toMatch(/[\u202e\u0000\u001b]/);
    expect(body).toContain('&#60;!--summary--&#62; $&#38; $1');
    expect(html.match(/<svg id="graph"/g)).toHaveLength(1);
    expect(html.match(/<script>/g)).toHaveLength(1);
  });

  test('nothing is loaded, and only our script and style run', () => {
    const html = page(told(meshOf(5)));
    expect(html).toContain('default-src &#39;none&#39;; script-src &#39;sha256-');
    expect(html).not.toMatch(/(src|href)=|url\(|style="|@import/);
  });

  test('the same topology gives the same page', () => {
    expect(page(told(reflected(8)))).toBe(page(told(reflected(8))));
  });
});
