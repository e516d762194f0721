import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseJson, stringifyJson } from '../../src/core/json.ts';
import { decode } from '../../src/resources/decode.ts';
import { documentSchema } from '../../src/resources/document.ts';
import { allKinds, kindOf } from '../../src/resources/registry.ts';
import { decodable } from './arbitrary.ts';

describe('what is decoded, stored and decoded again is the same', () => {
  test.each(allKinds().map(({ kind }) => kind))('%s', async (name) => {
    const kind = await kindOf(name);
    const schema = documentSchema(kind);
    fc.assert(
      fc.property(decodable(kind.spec), (spec) => {
        const once = decode(schema, { spec }, [], { unknown: 'refuse' });
        expect(once.problems).toEqual([]);
        const stored = stringifyJson(once.value);
        const twice = decode(schema, parseJson(stored), [], { unknown: 'keep' });
        expect(stringifyJson(twice.value)).toBe(stored);
      }),
      { numRuns: 40 },
    );
  });
});
