import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseManifest, printManifest } from '../../../src/datastore/file/manifest.ts';
import { loadYaml } from '../../../src/datastore/file/yaml.ts';
import { pool, poolRef } from '../contract/objects.ts';

const yaml = await loadYaml();

/** A whole number beyond 2^53 is read as BigInt; JSON has no negative zero. */
function isExact(value: number): boolean {
  return !Object.is(value, -0) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

const key = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
  fc.constantFrom('yes', '1', 'null', '<<', '__proto__', 'constructor', '~', 'a: b', '#', '? '),
);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({
    unit: fc.constantFrom('\n', ' ', '\t', '#', ':', '-', 'a', '\r', '\u2028', '\ufeff'),
    maxLength: 12,
  }),
  fc.constantFrom(
    'yes',
    'off',
    '0x1f',
    '1e3',
    '1_0',
    '0o7',
    '017',
    '1:20',
    '.inf',
    '2026-01-31',
    '=',
    '---',
    '...',
  ),
);
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter(isExact),
  fc
    .bigInt({ min: -(2n ** 64n), max: 2n ** 64n })
    .filter((value) => value > 2n ** 53n || value < -(2n ** 53n)),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(text, number, fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
  ),
}));

describe('manifests', () => {
  test.each(['.yaml', '.json'])('ending in %s hold whatever they are given, exactly', (ending) => {
    fc.assert(
      fc.property(value, (unknown) => {
        const given = pool('a', { unknown: unknown as never });
        const printed = printManifest(yaml, given, ending);
        const read = parseManifest(yaml, printed, 'a', poolRef('a'));
        expect(read.spec).toEqual(given.spec);
        expect(printManifest(yaml, read, ending)).toBe(printed);
      }),
      { numRuns: 300 },
    );
  });

  test('read in the order apiVersion, kind, metadata, spec, fields as declared, no version', () => {
    const given = { ...pool('a', { zeta: 1 }), extra: true };
    given.metadata.resourceVersion = '7';
    given.metadata.labels = { b: '1', a: '2' };
    const read = parseManifest(yaml, printManifest(yaml, given, '.json'), 'a', poolRef('a'), '7');
    expect(printManifest(yaml, read, '.yaml')).toBe(
      [
        'apiVersion: projectcalico.org/v3',
        'kind: IPPool',
        'metadata:',
        '  name: a',
        `  uid: ${given.metadata.uid}`,
        "  creationTimestamp: '2026-01-31T12:00:00Z'",
        '  labels:',
        "    a: '2'",
        "    b: '1'",
        'spec:',
        '  cidr: 10.0.0.0/16',
        '  nodeSelector: all()',
        '  zeta: 1',
        'extra: true',
        '',
      ].join('\n'),
    );
  });

  test('are read as Go reads YAML, but for dates, base 60 and infinities, which are text', () => {
    const document = (spec: string) =>
      `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: a}\nspec: {x: ${spec}}\n`;
    const read = (spec: string) => parseManifest(yaml, document(spec), 'a', poolRef('a')).spec['x'];
    const readings = ['yes', 'Off', '0x1F', '017', '1_000', '1e3', '1.5', '~', 'a', '"yes"'].map(read);
    expect(readings).toEqual([true, false, 31, 15, 1000, 1000, 1.5, null, 'a', 'yes'] as never);
    expect(read('9007199254740993')).toBe(9007199254740993n);
    expect(read('-0x20000000000001')).toBe(-9007199254740993n);
    expect(read('0400000000000000001')).toBe(9007199254740993n);
    for (const word of ['2026-01-31', '2026-01-31T12:00:00Z', '11:22:33', '1:30.5', '.inf', '.nan'])
      expect(read(word)).toBe(word);
  });
});
