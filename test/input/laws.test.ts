import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { docs, faultOf, valuesOf } from './support.ts';

/** Integers beyond ±2^53 come back as bigint; they have their own tests. */
const json = fc
  .jsonValue({ maxDepth: 5 })
  .map((value) => JSON.parse(JSON.stringify(value), (_key, item) => (isHuge(item) ? 0 : item)));

function isHuge(value: unknown): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

test('JSON reads back as it was, compact and indented', () => {
  fc.assert(
    fc.property(json, fc.constantFrom(0, 2), (value, indent) => {
      expect(valuesOf(JSON.stringify(value, null, indent))).toEqual([value]);
    }),
    { numRuns: 500 },
  );
});

test('YAML reads back as it was', () => {
  fc.assert(
    fc.property(
      json,
      fc.constantFrom({}, { flowLevel: 0 }, { seqNoIndent: true, forceQuotes: true }),
      (value, style) => {
        expect(valuesOf(`---\n${dump(value, style)}`)).toEqual([value]);
      },
    ),
    { numRuns: 500 },
  );
});

const SEEDS = [
  'apiVersion: v3\nkind: K\nmetadata: {name: &a x}\nspec:\n  - <<: {a: 1}\n    b: *a\n  - |\n    text\n---\n? a\n: !!str b\n',
  '{"a": [1, 2.5, "x\\n", null, true], "b": {"c": {}}}\n{"d": []}\n--- # c\n"x": \'y\'\n...\n%YAML 1.1\n---\n>-\n a\n b\n',
];
const SCRAPS = [
  '\t',
  '\n',
  '---\n',
  '...\n',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ': ',
  '- ',
  '&a ',
  '*a',
  '<<: ',
  '!!int ',
  '!x ',
  '|',
  '>',
  '#',
  '%',
  '\u0000',
  '\uFEFF',
  '\ud800',
  '\r',
  '? ',
  ',',
  '\\',
  '😀',
  '  ',
];

test('any mutated text gives documents or an input error', () => {
  const edit = fc.tuple(fc.nat(200), fc.nat(6), fc.constantFrom('', ...SCRAPS));
  fc.assert(
    fc.property(fc.constantFrom(...SEEDS), fc.array(edit, { minLength: 1, maxLength: 6 }), (seed, edits) => {
      let text = seed;
      for (const [at, cut, scrap] of edits) text = text.slice(0, at) + scrap + text.slice(at + cut);
      const fault = faultOf(text);
      if (fault === 'no error') {
        for (const { place, value } of docs(text)) {
          expect(value).not.toBeUndefined();
          expect(place(['spec', 0, 'b'])).toMatch(/^[1-9]\d*:[1-9]\d*$/);
        }
      } else {
        expect(fault).toMatch(/^[1-9]\d*:[1-9]\d* .* at line [1-9]\d*, column [1-9]\d*$/s);
      }
    }),
    { numRuns: 2000 },
  );
});
