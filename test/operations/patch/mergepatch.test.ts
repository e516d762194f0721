import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { isObject, type Json, type JsonObject, parseJson } from '../../../src/core/json.ts';
import { applyMergePatch } from '../../../src/operations/patch/mergepatch.ts';
import { deepFreeze } from './freeze.ts';
import { jsonObjects, jsonValues } from './values.ts';

/** The patch that makes `after` of `before`; both without null members, which no merge patch can write. */
function diff(before: Json, after: Json): Json {
  if (!isObject(before) || !isObject(after)) return after;
  const old = before as JsonObject;
  const gone = Object.keys(old).filter((key) => !Object.hasOwn(after, key));
  const kept = Object.entries(after as JsonObject).map(([key, value]): [string, Json] => [
    key,
    Object.hasOwn(old, key) ? diff(old[key] ?? null, value ?? null) : (value ?? null),
  ]);
  return Object.fromEntries([...kept, ...gone.map((key): [string, Json] => [key, null])]);
}

describe('merge patch (RFC 7386)', () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['{"tier":"one"}', '{"tier":"two"}', '{"tier":"two"}'],
    ['{"tier":"one"}', '{"order":1}', '{"tier":"one","order":1}'],
    ['{"tier":"one"}', '{"tier":null}', '{}'],
    ['{"tier":"one","order":1}', '{"tier":null}', '{"order":1}'],
    ['{"nets":["x"]}', '{"nets":"y"}', '{"nets":"y"}'],
    ['{"nets":"y"}', '{"nets":["x"]}', '{"nets":["x"]}'],
    ['{"spec":{"a":"b"}}', '{"spec":{"a":"c","d":null}}', '{"spec":{"a":"c"}}'],
    ['{"nets":[{"b":"c"}]}', '{"nets":[1]}', '{"nets":[1]}'],
    ['[1,2]', '[3,4]', '[3,4]'],
    ['{"a":"b"}', '[3]', '[3]'],
    ['{"a":"b"}', 'null', 'null'],
    ['{"a":"b"}', '"text"', '"text"'],
    ['{"kept":null}', '{"a":1}', '{"kept":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"b":{"c":null}}}', '{"a":{"b":{}}}'],
    ['{"a":[null]}', '{"a":[null,1]}', '{"a":[null,1]}'],
    ['{"n":1}', '{"n":12345678901234567890}', '{"n":12345678901234567890}'],
    ['{"constructor":1}', '{"__proto__":{"a":1}}', '{"constructor":1,"__proto__":{"a":1}}'],
  ];
  test.each(table)('%s + %s = %s', (target, patch, result) => {
    expect(applyMergePatch(deepFreeze(parseJson(target)), deepFreeze(parseJson(patch)))).toEqual(
      parseJson(result),
    );
  });

  test('the patch of a difference makes the other value', () => {
    const values = jsonValues({ nulls: false, lists: true });
    fc.assert(
      fc.property(values, values, (before, after) => {
        const patch = deepFreeze(diff(before, after));
        expect(applyMergePatch(deepFreeze(before), patch)).toEqual(deepFreeze(after));
      }),
    );
  });

  test('a patch applied twice is applied once', () => {
    const objects = jsonObjects({ nulls: true, lists: true });
    fc.assert(
      fc.property(objects, objects, (target, patch) => {
        const once = applyMergePatch(deepFreeze(target), deepFreeze(patch));
        expect(applyMergePatch(deepFreeze(once), patch)).toEqual(once);
      }),
    );
  });
});
