import { describe, expect, test } from 'bun:test';
import { faultOf, valuesOf } from './support.ts';

describe('structure', () => {
  test('block scalars, quoted keys and old booleans', () => {
    const text = [
      '"apiVersion": \'v3\'',
      '? kind',
      ': K',
      'text: >-',
      '  folded',
      '  line',
      'lit: |+',
      '  kept',
      '',
      'on: "off"',
      'octal: "0755"',
    ].join('\n');
    expect(valuesOf(text)).toEqual([
      { apiVersion: 'v3', kind: 'K', text: 'folded line', lit: 'kept\n\n', true: 'off', octal: '0755' },
    ]);
  });

  test('aliases are copies of their anchors', () => {
    const [value] = valuesOf('a: &x {p: [80]}\nb: *x\nc: &s word\nd: *s\n*s : key') as [
      Record<string, { p: number[] }>,
    ];
    expect(value).toEqual({ a: { p: [80] }, b: { p: [80] }, c: 'word', d: 'word', word: 'key' } as never);
    value['b']!.p.push(443);
    expect(value['a']).toEqual({ p: [80] });
  });

  test('merge keys add, explicit keys win in any order, earlier sources win over later', () => {
    const text =
      'x: &x {a: 1, b: 1}\nv: &v {a: 2, c: 2}\nz:\n  b: 9\n  <<: [*x, *v]\n  c: 8\nw: {<<: {q: 1}, "<<": 3}';
    expect(valuesOf(text)).toEqual([
      { x: { a: 1, b: 1 }, v: { a: 2, c: 2 }, z: { b: 9, a: 1, c: 8 }, w: { q: 1, '<<': 3 } },
    ]);
  });

  test('strings keep their text', () => {
    expect(valuesOf('"a\\u00e9\\ud83d\\ude00\\/\\t"')).toEqual(['aé😀/\t']);
    expect(valuesOf("'it''s'")).toEqual(["it's"]);
    expect(valuesOf('a: "  x "')).toEqual([{ a: '  x ' }]);
  });

  test('JSON that YAML allows: trailing commas, comments, long numbers', () => {
    expect(valuesOf('{"a": [1, 2,],}')).toEqual([{ a: [1, 2] }]);
    expect(valuesOf('{"a": 1, # why\n "b": 2}')).toEqual([{ a: 1, b: 2 }]);
    expect(valuesOf('{"a": 9007199254740993, "b": 99999999999999999999, "c": 1e400}')).toEqual([
      { a: 9007199254740993n, b: 1e20, c: '1e400' },
    ]);
  });
});

describe('faults', () => {
  test.each([
    ['a: 1\nb: 2\na: 3', '3:1 key "a" is given twice in one mapping at line 3, column 1'],
    ['{"a": {"b": 1,\n "b": 2}}', '2:2 key "b" is given twice in one mapping at line 2, column 2'],
    ['1: a\n"1": b', '2:1 key "1" is given twice in one mapping at line 2, column 1'],
    ['<<: {a: 1}\na: 2\na: 3', '3:1 key "a" is given twice in one mapping at line 3, column 1'],
    ['a: *meta', '1:4 no anchor "meta" stands before this alias in the same document at line 1, column 4'],
    [
      'a: &m 1\n---\nb: *m',
      '3:4 no anchor "m" stands before this alias in the same document at line 3, column 4',
    ],
    ['&a [*a]', '1:5 the value of anchor "a" contains itself at line 1, column 5'],
    ['a: {<<: 3}', '1:5 the merge key << takes a mapping or a list of mappings at line 1, column 5'],
  ])('%p', (text, message) => {
    expect(faultOf(text)).toBe(message);
  });

  test.each([
    ['apiVersion: v3\nkind: K\n  metadata:\n name: x\n', 3],
    ['a: 1\nb:\n\tc: x\n', 3],
    ['a: 1\nb: {c: "x}\n', 3],
    ['a: 1\n---\nb: [1\n---\nc: 3\n', 4],
    ['{"a": 1}\n{"b": 1]\n', 2],
    ['{"a": 1}}\n', 1],
    ['a: "\u0000"', 1],
  ])('%p is a syntax error in line %p', (text, line) => {
    const message = faultOf(text);
    expect(message).toMatch(/^\d+:\d+ not valid YAML or JSON: .* at line \d+, column \d+$/);
    expect(message.startsWith(`${line}:`)).toBe(true);
    expect(message).toContain(`at line ${line},`);
  });

  test('aliases that multiply are stopped', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let n = 1; n < 12; n++) {
      lines.push(
        `a${n}: &a${n} [${Array(10)
          .fill(`*a${n - 1}`)
          .join(', ')}]`,
      );
    }
    expect(faultOf(lines.join('\n'))).toMatch(/^\d+:\d+ aliases make this document too large at line/);
  });

  test.each([
    ['JSON', '['.repeat(600) + ']'.repeat(600)],
    ['much JSON', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['open JSON', '{"a":'.repeat(100_000)],
    ['YAML', '- '.repeat(600) + 'x'],
    [
      'aliases',
      ['a0: &a0 [x]', ...Array.from({ length: 600 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}]`)].join('\n'),
    ],
  ])('deep nesting by %s is stopped', (_name, text) => {
    expect(faultOf(text)).toMatch(/nested deeper than 500 levels at line/);
  });
});
