import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { toYaml, yamlList } from '../../../src/output/formats/yaml.ts';

/** Scalars as the reference's YAML library writes them after `k: `. */
const SCALARS: readonly (readonly [value: unknown, written: string])[] = [
  ['all()', 'all()'],
  ['10.0.0.0/16', '10.0.0.0/16'],
  ['fd00::/8', 'fd00::/8'],
  ['::', "'::'"],
  ['1.2.3.4', '1.2.3.4'],
  ['', '""'],
  ['yes', '"yes"'],
  ['y', '"y"'],
  ['oN', 'oN'],
  ['Off', '"Off"'],
  ['~', '"~"'],
  ['Null', '"Null"'],
  ['<<', '<<'],
  ['=', '='],
  ['12', '"12"'],
  ['+1', '"+1"'],
  ['-', "'-'"],
  ['-a', '-a'],
  ['- a', "'- a'"],
  ['017', '"017"'],
  ['08', '"08"'],
  ['0o17', '"0o17"'],
  ['0o', '0o'],
  ['0x1F', '"0x1F"'],
  ['0xg', '0xg'],
  ['0b11', '"0b11"'],
  ['0b2', '0b2'],
  ['1_000', '"1_000"'],
  ['_1', '_1'],
  ['1e3', '"1e3"'],
  ['1e400', '1e400'],
  ['1.', '"1."'],
  ['.5', '".5"'],
  ['.51_000', '".51_000"'],
  ['.nan', '".nan"'],
  ['-.inf', '"-.inf"'],
  ['Infinity', 'Infinity'],
  ['2020-01-01', '"2020-01-01"'],
  ['2020-1-1', '"2020-1-1"'],
  ['2020-13-01', '2020-13-01'],
  ['2020-02-30', '2020-02-30'],
  ['2020-01-01T00:00:00Z', '"2020-01-01T00:00:00Z"'],
  ['2020-01-01 00:00:00', '"2020-01-01 00:00:00"'],
  ['12:30:45', '"12:30:45"'],
  ['1:60', '1:60'],
  ["app == 'x' && has(y)", "app == 'x' && has(y)"],
  ["it's: here", "'it''s: here'"],
  ['a #b', "'a #b'"],
  ['a#b', 'a#b'],
  ['a:', "'a:'"],
  ['{a}', "'{a}'"],
  ['a, b', 'a, b'],
  [' a', "' a'"],
  ['a ', "'a '"],
  ['--- a', "'--- a'"],
  ['a\tb', '"a\\tb"'],
  ['a\r\nb', '"a\\r\\nb"'],
  ['é', 'é'],
  ['😀', '"\\U0001F600"'],
  ['\u0001\x7f\x85\x1b"\\', '"\\x01\\x7F\\N\\e\\"\\\\"'],
  ['\u2028', '"\\L"'],
  ['one\ntwo\n', '|\n  one\n  two'],
  ['one\ntwo', '|-\n  one\n  two'],
  ['one\n\ntwo\n\n', '|+\n  one\n\n  two\n'],
  [' one\ntwo', '|2-\n   one\n  two'],
  ['\none', '|2-\n\n  one'],
  ['one \ntwo', '"one \\ntwo"'],
  [0, '0'],
  [true, 'true'],
  [null, 'null'],
  [[], '[]'],
  [{}, '{}'],
  [1_000_000, '1000000'],
  [0.5, '0.5'],
  [1_234_567.5, '1.2345675e+06'],
  [0.00001, '1e-05'],
  [1.5e-7, '1.5e-07'],
  [1e21, '1e+21'],
  [2 ** 63, '9223372036854776000'],
  [18446744073709551615n, '18446744073709551615'],
];

describe('toYaml', () => {
  test('writes each scalar in its style', () => {
    expect(SCALARS.map(([value]) => toYaml({ k: value }))).toEqual(
      SCALARS.map(([, written]) => `k: ${written}\n`),
    );
  });

  test('sorts keys in natural order: numbers by value, letters last', () => {
    const keys = ['b', 'a10', 'a2', 'a02', 'A', 'f:x', '.', '10', '9', 'x.y', 'x-y', 'é', '_'];
    const value = Object.fromEntries(keys.map((key) => [key, 1]));
    expect(toYaml(value)).toBe(
      '.: 1\n_: 1\n"9": 1\n"10": 1\nA: 1\na2: 1\na02: 1\na10: 1\nb: 1\nf:x: 1\nx-y: 1\nx.y: 1\né: 1\n',
    );
  });

  test('indents maps by two and sequences not at all', () => {
    const rule = { action: 'Allow', source: { nets: ['10.0.0.0/8'] } };
    expect(toYaml({ spec: { ingress: [rule, {}], types: [], deep: [[1, 2], [[3]]] } })).toBe(
      [
        'spec:',
        '  deep:',
        '  - - 1',
        '    - 2',
        '  - - - 3',
        '  ingress:',
        '  - action: Allow',
        '    source:',
        '      nets:',
        '      - 10.0.0.0/8',
        '  - {}',
        '  types: []',
        '',
      ].join('\n'),
    );
  });

  test('folds long text at a single blank beyond column 80', () => {
    const words = Array.from({ length: 20 }, (_, i) => `word${i}`).join(' ');
    expect(toYaml(words)).toBe(`${words.slice(0, 87)}\n  ${words.slice(88)}\n`);
    expect(words.indexOf(' ', 80)).toBe(80);
    expect(toYaml({ k: `${words}: x` })).toBe(`k: '${words.slice(0, 80)}\n  ${words.slice(81)}: x'\n`);
    const tabbed = `${'x'.repeat(85)}  tail\t`;
    expect(toYaml(tabbed)).toBe(`"${'x'.repeat(85)}\n  \\ tail\\t"\n`);
  });

  test('sets keys that are long or of several lines apart', () => {
    const long = 'k'.repeat(129);
    expect(toYaml({ [long]: { a: [1] }, b: 'c' })).toBe(`b: c\n? ${long}\n: a:\n  - 1\n`);
    expect(toYaml({ [long]: [1, 2] })).toBe(`? ${long}\n: - 1\n  - 2\n`);
    expect(toYaml({ 'a\nb': 'c' })).toBe('? |-\n  a\n  b\n: c\n');
  });

  test('leaves out what is undefined', () => {
    expect(toYaml({ a: undefined, b: 1 })).toBe('b: 1\n');
    expect(toYaml({ a: undefined })).toBe('{}\n');
  });

  test('writes whole results: an object, a sequence, nothing', () => {
    expect(toYaml([{ kind: 'A' }, { kind: 'B' }])).toBe('- kind: A\n- kind: B\n');
    expect(toYaml(null)).toBe('null\n');
    expect(toYaml([])).toBe('[]\n');
  });

  test('is read back as it was by a YAML 1.1 reader', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'ab1:-#\'"\\ \n{}[].,_~') }));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(text, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(load(toYaml({ value }), { schema: YAML11_SCHEMA })).toEqual({ value });
      }),
      { numRuns: 300 },
    );
  });
});

async function* pages(...all: unknown[][]) {
  yield* all;
}

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  return (await Array.fromAsync(chunks)).join('');
}

describe('yamlList', () => {
  const list = { apiVersion: 'v3', kind: 'IPPoolList', metadata: { resourceVersion: '7' } };

  test('gives the text of the whole list, a chunk a page', async () => {
    const parts = { ...list, metadata: () => list.metadata, items: pages([{ a: 1 }, {}], [], [{ b: [] }]) };
    expect(await textOf(yamlList(parts))).toBe(toYaml({ ...list, items: [{ a: 1 }, {}, { b: [] }] }));
  });

  test('knows the empty list', async () => {
    const parts = { ...list, metadata: () => list.metadata, items: pages([]) };
    expect(await textOf(yamlList(parts))).toBe(toYaml({ ...list, items: [] }));
  });
});
