import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { CalicoctlError, formatPath } from '../../../src/core/errors.ts';
import { type Json, type JsonObject, parseJson } from '../../../src/core/json.ts';
import { applyMergePatch } from '../../../src/operations/patch/mergepatch.ts';
import { applyStrategicPatch } from '../../../src/operations/patch/strategic.ts';
import { deepFreeze } from './freeze.ts';
import { jsonObjects } from './values.ts';

function patched(document: string, patch: string): Json {
  return applyStrategicPatch(
    deepFreeze(parseJson(document) as JsonObject),
    deepFreeze(parseJson(patch) as JsonObject),
  );
}

function refusal(document: string, patch: string): readonly [string, string] {
  try {
    patched(document, patch);
  } catch (error) {
    if (error instanceof CalicoctlError) return [error.message, formatPath(error.details.problems![0]!.path)];
    throw error;
  }
  return ['no error', ''];
}

type Table = readonly (readonly [string, string, string])[];

describe('strategic merge patch: maps', () => {
  const table: Table = [
    ['{"spec":{"order":1}}', '{}', '{"spec":{"order":1}}'],
    ['{"spec":{"order":1}}', '{"spec":{"tier":"t"}}', '{"spec":{"order":1,"tier":"t"}}'],
    ['{"spec":{"order":1,"tier":"t"}}', '{"spec":{"order":null}}', '{"spec":{"tier":"t"}}'],
    ['{"spec":{"order":1}}', '{"spec":{"missing":null}}', '{"spec":{"order":1}}'],
    ['{"spec":{"nets":["a","b"]}}', '{"spec":{"nets":["c"]}}', '{"spec":{"nets":["c"]}}'],
    ['{"spec":{"nets":["a"]}}', '{"spec":{"nets":[]}}', '{"spec":{"nets":[]}}'],
    ['{"spec":{"nets":["a"]}}', '{"spec":{"nets":{"x":null}}}', '{"spec":{"nets":{}}}'],
    ['{"spec":{"finalizers":["a"]}}', '{"spec":{"finalizers":["b"]}}', '{"spec":{"finalizers":["b"]}}'],
    [
      '{"spec":{"rules":[{"action":"Deny"}]}}',
      '{"spec":{"rules":[{"a":null}]}}',
      '{"spec":{"rules":[{"a":null}]}}',
    ],
    ['{}', '{"spec":{"a":null,"b":{"c":null}}}', '{"spec":{"b":{}}}'],
    ['{"n":9007199254740993}', '{"m":9007199254740995}', '{"n":9007199254740993,"m":9007199254740995}'],
    ['{"labels":{"a":"1","b":"2"}}', '{"labels":{"$patch":"replace","c":"3"}}', '{"labels":{"c":"3"}}'],
    ['{"spec":{"a":1},"kind":"T"}', '{"spec":{"$patch":"delete","a":2}}', '{"spec":{},"kind":"T"}'],
    ['{"spec":{"a":1}}', '{"spec":{"$patch":"merge","b":2}}', '{"spec":{"a":1,"b":2}}'],
    ['{"a":1}', '{"$patch":"replace","b":2}', '{"b":2}'],
    ['{"a":1}', '{"$patch":"delete"}', '{}'],
    [
      '{"a":1}',
      '{"labels":{"$patch":"replace","c":"3"},"b":[{"$patch":"x"},{"c":1}]}',
      '{"a":1,"b":[{"c":1}]}',
    ],
    ['{"labels":{"a":"1","b":"2"}}', '{"labels":{"$retainKeys":["z"],"z":"9"}}', '{"labels":{"z":"9"}}'],
    ['{"labels":{"a":"1","b":"2"}}', '{"labels":{"$retainKeys":["a"]}}', '{"labels":{"a":"1"}}'],
    ['{"labels":{"a":"1","b":"2"}}', '{"labels":{"$retainKeys":["a"],"b":null}}', '{"labels":{"a":"1"}}'],
  ];
  test.each(table)('%s + %s = %s', (document, patch, result) => {
    expect(patched(document, patch)).toEqual(parseJson(result));
  });

  test('equals a merge patch where there are neither lists nor directives', () => {
    const objects = jsonObjects({ nulls: true, lists: false });
    fc.assert(
      fc.property(objects, objects, (document, patch) => {
        const result = applyStrategicPatch(
          deepFreeze(document) as JsonObject,
          deepFreeze(patch) as JsonObject,
        );
        expect(result).toEqual(applyMergePatch(document, patch) as JsonObject);
      }),
    );
  });
});

describe('strategic merge patch: lists that merge', () => {
  const finalizers: Table = [
    ['["a","b"]', '{"finalizers":["c"]}', '["c","a","b"]'],
    ['["a","b","c"]', '{"finalizers":["b"]}', '["a","b","c"]'],
    ['["a","b"]', '{"finalizers":["b","a"]}', '["b","a"]'],
    ['["a","b","c"]', '{"finalizers":["c","x"]}', '["a","b","c","x"]'],
    ['["a"]', '{"finalizers":["a","a","x","x"]}', '["a","x"]'],
    ['["a"]', '{"finalizers":[]}', '["a"]'],
    ['[]', '{"finalizers":["x"]}', '["x"]'],
    ['["a","b","c"]', '{"$deleteFromPrimitiveList/finalizers":["a","x"]}', '["b","c"]'],
    ['["a","b"]', '{"finalizers":["x"],"$deleteFromPrimitiveList/finalizers":["b"]}', '["x","a"]'],
    ['["a","b","c"]', '{"$setElementOrder/finalizers":["c","a"]}', '["b","c","a"]'],
    ['["a","b"]', '{"$setElementOrder/finalizers":["x","b","a"],"finalizers":["x"]}', '["x","b","a"]'],
    ['["a","b"]', '{"$setElementOrder/finalizers":[]}', '["a","b"]'],
  ];
  test.each(finalizers)('finalizers %s + %s = %s', (list, metadata, result) => {
    expect(patched(`{"metadata":{"finalizers":${list}}}`, `{"metadata":${metadata}}`)).toEqual({
      metadata: { finalizers: parseJson(result) },
    });
  });

  const owners: Table = [
    ['[{"uid":"1","name":"a"}]', '[{"uid":"1","name":"b"}]', '[{"uid":"1","name":"b"}]'],
    [
      '[{"uid":"1","name":"a"}]',
      '[{"uid":"2","name":"b"}]',
      '[{"uid":"2","name":"b"},{"uid":"1","name":"a"}]',
    ],
    ['[{"uid":"1","name":"a"}]', '[{"uid":"1","name":null}]', '[{"uid":"1"}]'],
    ['[{"uid":"1"},{"uid":"2"}]', '[{"uid":"1","$patch":"delete"}]', '[{"uid":"2"}]'],
    ['[{"uid":"1"},{"uid":"2"}]', '[{"$patch":"replace"},{"uid":"3"}]', '[{"uid":"3"}]'],
    ['[{"uid":"1"}]', '[{"uid":"9","$patch":"delete"}]', '[{"uid":"1"}]'],
  ];
  test.each(owners)('owner references %s + %s = %s', (list, patch, result) => {
    const document = `{"metadata":{"ownerReferences":${list}}}`;
    expect(patched(document, `{"metadata":{"ownerReferences":${patch}}}`)).toEqual({
      metadata: { ownerReferences: parseJson(result) },
    });
  });

  test('a list directive does nothing where there is no list', () => {
    const patch = '{"$deleteFromPrimitiveList/finalizers":["a"],"$setElementOrder/finalizers":["a"]}';
    expect(patched('{"metadata":{}}', `{"metadata":${patch}}`)).toEqual({ metadata: {} });
  });

  test('a list put where none was has its order, and no directives', () => {
    const patch = '[{"uid":"2"},{"uid":"3","$patch":"delete"},{"uid":"1"}]';
    const metadata = `"$setElementOrder/ownerReferences":[{"uid":"2"},{"uid":"1"}],"ownerReferences":${patch}`;
    expect(patched('{"metadata":{}}', `{"metadata":{${metadata}}}`)).toEqual({
      metadata: { ownerReferences: [{ uid: '2' }, { uid: '1' }] },
    });
  });

  test('a list that does not merge can be put in order, and its elements deleted', () => {
    const order = '{"$setElementOrder/nets":["b","a"]}';
    expect(patched('{"nets":["a","b"]}', order)).toEqual({ nets: ['b', 'a'] });
    expect(patched('{"nets":["a","b"]}', '{"$deleteFromPrimitiveList/nets":["a"]}')).toEqual({ nets: ['b'] });
  });
});

describe('strategic merge patch: refusals', () => {
  const table: readonly (readonly [string, string, string, string])[] = [
    ['{}', '{"$patch":"foo"}', 'unknown patch type: foo', '$patch'],
    ['{"spec":{"a":{}}}', '{"spec":{"a":{"$patch":7}}}', 'unknown patch type: 7', 'spec.a.$patch'],
    ['{"l":{}}', '{"l":{"$retainKeys":"z"}}', 'invalid patch format of retainKeys', 'l.$retainKeys'],
    ['{"l":{}}', '{"l":{"$retainKeys":["z"],"y":1}}', 'invalid patch format of retainKeys', 'l.y'],
    ['{}', '{"$setElementOrder":[]}', 'invalid patch format of setElementOrder list', '$setElementOrder'],
    [
      '{}',
      '{"$setElementOrder/a":1}',
      'invalid patch format of setElementOrder list',
      '["$setElementOrder/a"]',
    ],
    ['{"a":1}', '{"$setElementOrder/a":[]}', 'invalid patch format of setElementOrder list', 'a'],
    [
      '{"rules":[{}]}',
      '{"$deleteFromPrimitiveList/rules":[{}]}',
      'elements of rules cannot be merged',
      'rules',
    ],
    [
      '{}',
      '{"$deleteFromPrimitiveList":[]}',
      'invalid patch format of deleteFromPrimitiveList list',
      '$deleteFromPrimitiveList',
    ],
    [
      '{}',
      '{"a":["x"],"$setElementOrder/a":["y"]}',
      'the order of a does not match its $setElementOrder',
      'a',
    ],
    [
      '{"metadata":{"finalizers":["a"]}}',
      '{"metadata":{"finalizers":[{}]}}',
      'elements of metadata.finalizers cannot be merged',
      'metadata.finalizers',
    ],
    [
      '{"metadata":{"ownerReferences":[]}}',
      '{"metadata":{"ownerReferences":["x"]}}',
      'elements of metadata.ownerReferences cannot be merged',
      'metadata.ownerReferences',
    ],
    [
      '{"metadata":{"ownerReferences":[]}}',
      '{"metadata":{"ownerReferences":[{"name":"x"}]}}',
      'elements of metadata.ownerReferences merge by their uid',
      'metadata.ownerReferences',
    ],
    [
      '{"metadata":{"ownerReferences":[]}}',
      '{"metadata":{"ownerReferences":[{"$patch":"foo"}]}}',
      'unknown patch type: foo',
      'metadata.ownerReferences',
    ],
    [
      '{"metadata":{"ownerReferences":[]}}',
      '{"metadata":{"ownerReferences":[{"$patch":"merge"}]}}',
      'merging lists cannot be specified in the patch',
      'metadata.ownerReferences',
    ],
  ];
  test.each(table)('%s + %s', (document, patch, message, path) => {
    expect(refusal(document, patch)).toEqual([message, path]);
  });
});
