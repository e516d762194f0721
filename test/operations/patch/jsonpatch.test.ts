import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { CalicoctlError } from '../../../src/core/errors.ts';
import { type Json, type JsonObject, parseJson } from '../../../src/core/json.ts';
import { applyJsonPatch } from '../../../src/operations/patch/jsonpatch.ts';
import { formatPointer, parsePointer } from '../../../src/operations/patch/pointer.ts';
import { deepFreeze } from './freeze.ts';
import { jsonObjects, jsonValues } from './values.ts';

function patched(document: string, operations: string): Json {
  return applyJsonPatch(deepFreeze(parseJson(document)), deepFreeze(parseJson(operations)) as Json[]);
}

function refusal(document: string, operations: string): string {
  try {
    patched(document, operations);
  } catch (error) {
    if (error instanceof CalicoctlError && error.errorClass === 'input') return error.message;
    throw error;
  }
  return 'no error';
}

describe('JSON patch (RFC 6902)', () => {
  const works: readonly (readonly [string, string, string])[] = [
    ['{"a":1}', '[]', '{"a":1}'],
    ['{"a":1}', '[{"op":"add","path":"/b","value":2}]', '{"a":1,"b":2}'],
    ['{"a":1}', '[{"op":"add","path":"/a","value":2}]', '{"a":2}'],
    ['{"a":1}', '[{"op":"add","path":"/b","value":null}]', '{"a":1,"b":null}'],
    ['{"a":[1,3]}', '[{"op":"add","path":"/a/1","value":2}]', '{"a":[1,2,3]}'],
    ['{"a":[1]}', '[{"op":"add","path":"/a/1","value":2}]', '{"a":[1,2]}'],
    ['{"a":[1]}', '[{"op":"add","path":"/a/-","value":[2]}]', '{"a":[1,[2]]}'],
    ['{"a":{"b":{}}}', '[{"op":"add","path":"/a/b/c","value":1,"x":"ignored"}]', '{"a":{"b":{"c":1}}}'],
    ['{"a":1}', '[{"op":"add","path":"","value":[7]}]', '[7]'],
    ['{"a":1}', '[{"op":"replace","path":"","value":7}]', '7'],
    ['{}', '[{"op":"add","path":"/","value":1}]', '{"":1}'],
    ['{"a":1,"b":2}', '[{"op":"remove","path":"/a"}]', '{"b":2}'],
    ['{"a":[1,2,3]}', '[{"op":"remove","path":"/a/1"}]', '{"a":[1,3]}'],
    ['{"a":null}', '[{"op":"remove","path":"/a"}]', '{}'],
    ['{"a":[1,2]}', '[{"op":"replace","path":"/a/0","value":{}}]', '{"a":[{},2]}'],
    ['{"a":null}', '[{"op":"replace","path":"/a","value":1}]', '{"a":1}'],
    ['{"a":{"x":1},"b":{}}', '[{"op":"move","from":"/a/x","path":"/b/y"}]', '{"a":{},"b":{"y":1}}'],
    ['{"a":[1,2,3]}', '[{"op":"move","from":"/a/0","path":"/a/2"}]', '{"a":[2,3,1]}'],
    ['{"a":[1,2,3]}', '[{"op":"move","from":"/a/0","path":"/a/-"}]', '{"a":[2,3,1]}'],
    ['{"a":{"b":1}}', '[{"op":"move","from":"/a/b","path":""}]', '1'],
    ['{"a":1}', '[{"op":"move","from":"/a","path":"/a"}]', '{"a":1}'],
    ['{"a":{"x":1}}', '[{"op":"copy","from":"/a","path":"/a/y"}]', '{"a":{"x":1,"y":{"x":1}}}'],
    ['{"a":[1,{"b":2}]}', '[{"op":"test","path":"/a","value":[1.0,{"b":2}]}]', '{"a":[1,{"b":2}]}'],
    ['{"a":{"x":1,"y":[]}}', '[{"op":"test","path":"/a","value":{"y":[],"x":1}}]', '{"a":{"x":1,"y":[]}}'],
    [
      '{"n":100000000000000000000}',
      '[{"op":"test","path":"/n","value":1e20}]',
      '{"n":100000000000000000000}',
    ],
    ['{"a/b":1,"m~n":2}', '[{"op":"remove","path":"/a~1b"},{"op":"remove","path":"/m~0n"}]', '{}'],
    ['{"~1":1,"/":2}', '[{"op":"remove","path":"/~01"}]', '{"/":2}'],
    ['{"0":"key"}', '[{"op":"replace","path":"/0","value":1}]', '{"0":1}'],
    ['{}', '[{"op":"add","path":"/__proto__","value":1}]', '{"__proto__":1}'],
    [
      '{"a":[1]}',
      '[{"op":"add","path":"/a/-","value":2},{"op":"test","path":"/a/1","value":2}]',
      '{"a":[1,2]}',
    ],
  ];
  test.each(works)('%s with %s is %s', (document, operations, result) => {
    expect(patched(document, operations)).toEqual(parseJson(result));
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['{}', '[{"op":"remove","path":"/a"}]', 'patch operation [0] remove "/a": there is no "/a"'],
    ['{}', '[{"op":"replace","path":"/a","value":1}]', 'patch operation [0] replace "/a": there is no "/a"'],
    ['{}', '[{"op":"add","path":"/a/b","value":1}]', 'patch operation [0] add "/a/b": there is no "/a"'],
    [
      '{"a":1}',
      '[{"op":"add","path":"/a/b","value":1}]',
      'patch operation [0] add "/a/b": "/a" is neither object nor list',
    ],
    [
      '{"a":[1]}',
      '[{"op":"add","path":"/a/2","value":1}]',
      'patch operation [0] add "/a/2": a list of 1 elements has no place 2',
    ],
    [
      '{"a":[1]}',
      '[{"op":"remove","path":"/a/1"}]',
      'patch operation [0] remove "/a/1": "/a" has 1 elements, there is no "1"',
    ],
    [
      '{"a":[1]}',
      '[{"op":"remove","path":"/a/-"}]',
      'patch operation [0] remove "/a/-": "/a" has 1 elements, there is no "-"',
    ],
    [
      '{"a":[1,2]}',
      '[{"op":"remove","path":"/a/01"}]',
      'patch operation [0] remove "/a/01": "01" is not a list index',
    ],
    [
      '{"a":[1]}',
      '[{"op":"remove","path":"/a/length"}]',
      'patch operation [0] remove "/a/length": "length" is not a list index',
    ],
    [
      '{"a":[1]}',
      '[{"op":"add","path":"/a/-1","value":0}]',
      'patch operation [0] add "/a/-1": "-1" is not a list index',
    ],
    [
      '{}',
      '[{"op":"remove","path":"/constructor"}]',
      'patch operation [0] remove "/constructor": there is no "/constructor"',
    ],
    [
      '{}',
      '[{"op":"remove","path":""}]',
      'patch operation [0] remove "": the whole document cannot be removed',
    ],
    [
      '{"a":1}',
      '[{"op":"test","path":"/a","value":"1"}]',
      'patch operation [0] test "/a": the value there is not the tested one',
    ],
    [
      '{"a":{"b":1}}',
      '[{"op":"test","path":"/a","value":{}}]',
      'patch operation [0] test "/a": the value there is not the tested one',
    ],
    [
      '{"a":{"b":1}}',
      '[{"op":"move","from":"/a","path":"/a/c"}]',
      'patch operation [0] move "/a/c": cannot move "/a" into itself',
    ],
    ['{}', '[{"op":"move","from":"/a","path":"/a"}]', 'patch operation [0] move "/a": there is no "/a"'],
    ['{}', '[{"op":"copy","path":"/a"}]', 'patch operation [0] copy "/a": "from" is missing or not a string'],
    ['{}', '[{"op":"add","path":"/a"}]', 'patch operation [0] add "/a": "value" is missing'],
    ['{}', '[{"op":"add","value":1}]', 'patch operation [0] add: "path" is missing or not a string'],
    ['{}', '[{"path":"/a"}]', 'patch operation [0] "/a": "op" is missing or not a string'],
    [
      '{}',
      '[{"op":"Add","path":"/a","value":1}]',
      'patch operation [0] Add "/a": "op" is none of add, remove, replace, move, copy, test',
    ],
    [
      '{}',
      '[{"op":"toString","path":"/a"}]',
      'patch operation [0] toString "/a": "op" is none of add, remove, replace, move, copy, test',
    ],
    ['{}', '[7]', 'patch operation [0]: an operation is an object with "op" and "path"'],
    [
      '{}',
      '[{"op":"add","path":"a","value":1}]',
      'patch operation [0] add "a": "path" is not a JSON Pointer: it starts with "/", and "~" is written "~0"',
    ],
    [
      '{}',
      '[{"op":"add","path":"/~2","value":1}]',
      'patch operation [0] add "/~2": "path" is not a JSON Pointer: it starts with "/", and "~" is written "~0"',
    ],
    [
      '{"a":1}',
      '[{"op":"remove","path":"/a"},{"op":"remove","path":"/a"}]',
      'patch operation [1] remove "/a": there is no "/a"',
    ],
  ];
  test.each(refused)('%s with %s is refused', (document, operations, message) => {
    expect(refusal(document, operations)).toBe(message);
  });

  test('adding a key and removing it leaves the document', () => {
    const shapes = { nulls: true, lists: true };
    fc.assert(
      fc.property(jsonObjects(shapes), fc.string(), jsonValues(shapes), (document, key, value) => {
        fc.pre(!Object.hasOwn(document as JsonObject, key));
        const path = formatPointer([key]);
        const added = applyJsonPatch(deepFreeze(document), [{ op: 'add', path, value: deepFreeze(value) }]);
        expect((added as JsonObject)[key]).toEqual(value);
        const operations = [
          { op: 'test', path, value },
          { op: 'remove', path },
        ];
        expect(applyJsonPatch(deepFreeze(added), operations)).toEqual(document);
      }),
    );
  });

  test('inserting a list element and removing it leaves the list', () => {
    const values = jsonValues({ nulls: true, lists: true });
    fc.assert(
      fc.property(fc.array(values), fc.nat(), values, (list, seed, value) => {
        const path = formatPointer([String(seed % (list.length + 1))]);
        const operations = [
          { op: 'add', path, value },
          { op: 'test', path, value },
          { op: 'remove', path },
        ];
        expect(applyJsonPatch(deepFreeze(list), deepFreeze(operations))).toEqual(list);
      }),
    );
  });

  test('a pointer is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (tokens) => {
        expect(parsePointer(formatPointer(tokens))).toEqual(tokens);
      }),
    );
  });
});
