import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { CalicoctlError, formatError } from '../../../src/core/errors.ts';
import { stringifyJson } from '../../../src/core/json.ts';
import { applyPatch, type PatchType, patchTypeNamed } from '../../../src/operations/patch/index.ts';
import { findSyntaxFault } from '../../../src/operations/patch/syntax.ts';
import { deepFreeze } from './freeze.ts';
import { jsonValues } from './values.ts';

function refusal(type: PatchType, text: string): readonly [string, string] {
  try {
    applyPatch(type, {}, text);
  } catch (error) {
    if (error instanceof CalicoctlError) return [error.errorClass, formatError(error)];
    throw error;
  }
  return ['none', ''];
}

describe('applyPatch', () => {
  test('each type does its own', () => {
    const document = deepFreeze({ metadata: { finalizers: ['a'] }, big: 2n ** 63n });
    const patch = '{"metadata":{"finalizers":["b"]}}';
    expect(applyPatch('strategic', document, patch)).toEqual({
      ...document,
      metadata: { finalizers: ['b', 'a'] },
    });
    expect(applyPatch('merge', document, patch)).toEqual({ ...document, metadata: { finalizers: ['b'] } });
    const operations = '[{"op":"replace","path":"/metadata","value":{}}]';
    expect(applyPatch('json', document, operations)).toEqual({ metadata: {}, big: 2n ** 63n });
  });

  test('{} and null change nothing', () => {
    const document = deepFreeze({ spec: { order: 1 } });
    expect(applyPatch('strategic', document, '{}')).toEqual(document);
    expect(applyPatch('strategic', document, ' null\n')).toEqual(document);
    expect(applyPatch('merge', document, '{}')).toEqual(document);
    expect(applyPatch('json', document, '[]')).toEqual(document);
  });

  const bad: readonly (readonly [PatchType, string, string])[] = [
    ['strategic', '', '--patch:1:1: invalid JSON document: expected a JSON value, found the end of the text'],
    ['strategic', 'spec: {}', '--patch:1:1: invalid JSON document: expected a JSON value'],
    ['strategic', '[]', '--patch:1:1: invalid JSON document: a strategic patch is an object, not []'],
    ['merge', 'null', '--patch:1:1: invalid JSON document: a merge patch is an object, not null'],
    ['json', '{}', '--patch:1:1: invalid JSON document: a JSON patch is a list of operations, not {}'],
    ['strategic', '{} {}', '--patch:1:4: invalid JSON document: unexpected text after the document'],
    ['merge', '{"a": 1,\n  "b": }', '--patch:2:8: invalid JSON document: expected a JSON value'],
    ['merge', '{"a": 1,}', '--patch:1:9: invalid JSON document: expected a key in double quotes'],
    ['merge', '{"a" 1}', '--patch:1:6: invalid JSON document: expected ":"'],
    ['json', '[1 2]', '--patch:1:4: invalid JSON document: expected "," or "]"'],
    ['json', '[01]', '--patch:1:3: invalid JSON document: expected "," or "]"'],
    ['merge', '{"a": "b', '--patch:1:9: invalid JSON document: unterminated string'],
    ['merge', '{"a": "\\x"}', '--patch:1:8: invalid JSON document: invalid character or escape in a string'],
  ];
  test.each(bad)('%s: %s', (type, text, message) => {
    expect(refusal(type, text)).toEqual(['input', message]);
  });

  test('an unknown type is an error of usage', () => {
    expect(() => patchTypeNamed('foo')).toThrow(
      new CalicoctlError('usage', 'unknown patch type "foo": it must be one of strategic, json, merge'),
    );
    expect(patchTypeNamed('json')).toBe('json');
  });
});

describe('finding faults of syntax', () => {
  function parses(text: string): boolean {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  }

  test('a text has a fault exactly where the parser refuses it', () => {
    const texts = jsonValues({ nulls: true, lists: true }).map((value) => stringifyJson(value, 1));
    const change = fc.constantFrom(
      '',
      '"',
      '{',
      '}',
      ',',
      ':',
      '0',
      '-',
      '.',
      'e',
      '\\',
      '\n',
      '\u0001',
      '\u00a0',
    );
    fc.assert(
      fc.property(texts, fc.nat(), change, fc.boolean(), (text, seed, insert, cut) => {
        const at = seed % (text.length + 1);
        const changed = text.slice(0, at) + insert + text.slice(cut ? at + 1 : at);
        expect(findSyntaxFault(changed) === undefined).toBe(parses(changed));
      }),
      { numRuns: 500 },
    );
  });
});
