import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { docs } from './support.ts';

function placeIn(text: string, path: (string | number)[], at: 'key' | 'value' = 'value', index = 0): string {
  return docs(text)[index]!.place(path, at);
}

describe('places', () => {
  const text = [
    'kind: K # c',
    'spec:',
    '  rules:',
    '    - action: "Allow"',
    '      ports: [80, {a: 1}]',
    '    -',
    '      action: Deny',
    '  text: |- # c',
    '    some',
    '  empty:',
    '  é: &x !!str 1',
    '  y: "😀", ',
  ];
  const body = text.slice(0, -1).join('\n');

  test.each([
    [[], 'value', '1:1'],
    [['kind'], 'key', '1:1'],
    [['kind'], 'value', '1:7'],
    [['spec'], 'key', '2:1'],
    [['spec', 'rules', 0], 'value', '4:7'],
    [['spec', 'rules', 0, 'action'], 'value', '4:15'],
    [['spec', 'rules', '0', 'ports', 1, 'a'], 'value', '5:23'],
    [['spec', 'rules', 0, 'ports', 1, 'a'], 'key', '5:20'],
    [['spec', 'rules', 1, 'action'], 'value', '7:15'],
    [['spec', 'text'], 'value', '8:9'],
    [['spec', 'empty'], 'value', '10:3'],
    [['spec', 'é'], 'value', '11:6'],
    [['spec', 'absent'], 'value', '2:1'],
    [['spec', 'rules', 7, 'action'], 'value', '3:3'],
    [['absent'], 'key', '1:1'],
    [['Spec', 'Rules', 0, 'ACTION'], 'value', '4:15'],
  ] as [(string | number)[], 'key' | 'value', string][])('%j %s is %s', (path, at, place) => {
    expect(placeIn(body, path, at)).toBe(place);
    expect(placeIn(body.replaceAll('\n', '\r\n'), path, at)).toBe(place);
    expect(placeIn(`\uFEFF${body}`.slice(1), path, at)).toBe(place);
  });

  test('in later documents and in JSON', () => {
    expect(placeIn('a: 1\n---\n# c\nb: 2\n--- {c: 3}\n', ['b'], 'value', 1)).toBe('4:4');
    expect(placeIn('a: 1\n---\n# c\nb: 2\n--- {c: 3}\n', ['c'], 'value', 2)).toBe('5:9');
    expect(placeIn('{"a": 1} {"b":\n {"c": 2}}', ['b', 'c'], 'value', 1)).toBe('2:8');
    expect(placeIn('{"a": 1} {"b": 2}', ['b'], 'key', 1)).toBe('1:11');
    expect(placeIn('["😀", 1]', [1])).toBe('1:7');
    expect(placeIn('just text', ['a'])).toBe('1:1');
    expect(placeIn('- \n- a', [0])).toBe('1:1');
  });

  test('through aliases and merge keys: where the value is written', () => {
    const merged = 'a: &a\n  x: 1\n  y1: 2\nb:\n  <<: *a\n  y1: 3\nc: *a\nd: {<<: [*a]}';
    expect(placeIn(merged, ['b', 'x'])).toBe('2:6');
    expect(placeIn(merged, ['b', 'y1'])).toBe('6:7');
    expect(placeIn(merged, ['c'])).toBe('7:4');
    expect(placeIn(merged, ['c', 'y1'])).toBe('3:7');
    expect(placeIn(merged, ['d', 'x'], 'key')).toBe('2:3');
  });
});

const leaf = fc.constantFrom('MARK', 'a: b', '', 'x y', 7, true, null, 'line\nbreak', '- c', '"q"');
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b c', 'd:e', '"', 'y', '#f', 'long key'), tie('node'), {
      maxKeys: 4,
    }),
  ),
})).node;

function pathsOfMarks(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value === 'string') return value.startsWith('MARK') ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => pathsOfMarks(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => pathsOfMarks(item, [...path, key]));
}

/** Gives each MARK a number, so that each is found once in the text. */
function numbered(value: unknown): unknown {
  let count = 0;
  return JSON.parse(JSON.stringify(value).replaceAll('"MARK"', () => `"MARK${100 + count++}"`));
}

const WRITERS: ((value: unknown) => string)[] = [
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, null, 2),
  (value) => dump(value),
  (value) => dump(value, { seqNoIndent: true, forceQuotes: true }),
  (value) => dump(value, { flowLevel: 2 }),
  (value) => dump(value).replaceAll('\n', '\r\n'),
];

test('a marked value is found at its line and column', () => {
  fc.assert(
    fc.property(tree, fc.constantFrom(...WRITERS), (shape, write) => {
      const value = numbered({ root: shape, last: 'MARK' }) as Record<string, unknown>;
      const text = `a: 1\n---\n${write(value)}`;
      const lines = text.split(/\r?\n/);
      const document = docs(text)[1]!;
      for (const path of pathsOfMarks(value)) {
        const mark = path.reduce<unknown>(
          (from, step) => (from as Record<string, unknown>)[step],
          value,
        ) as string;
        const line = lines.findIndex((candidate) => candidate.includes(mark));
        const [atLine = 0, column = 0] = document.place(path).split(':').map(Number);
        expect(atLine).toBe(line + 1);
        expect(lines[line]!.slice(column - 1).replace(/^["']/, '')).toStartWith(mark);
      }
    }),
    { numRuns: 300 },
  );
});
