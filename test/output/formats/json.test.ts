import { describe, expect, test } from 'bun:test';
import { jsonList, toJson } from '../../../src/output/formats/json.ts';

async function* pages(...all: unknown[][]) {
  yield* all;
}

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  return (await Array.fromAsync(chunks)).join('');
}

describe('toJson', () => {
  test('indents by two, escapes what HTML would read, ends without a newline', () => {
    const value = { kind: 'A', spec: { selector: "a < 'b' && c > d", nets: [], big: 2n ** 60n, map: {} } };
    expect(toJson(value)).toBe(
      [
        '{',
        '  "kind": "A",',
        '  "spec": {',
        '    "selector": "a \\u003c \'b\' \\u0026\\u0026 c \\u003e d",',
        '    "nets": [],',
        '    "big": 1152921504606846976,',
        '    "map": {}',
        '  }',
        '}',
      ].join('\n'),
    );
  });

  test('writes results that are no object', () => {
    expect([toJson(null), toJson(undefined), toJson([]), toJson([1])]).toEqual([
      'null',
      'null',
      '[]',
      '[\n  1\n]',
    ]);
  });
});

describe('jsonList', () => {
  const head = { kind: 'IPPoolList', apiVersion: 'v3', metadata: { resourceVersion: '7' } };

  test('gives the text of the whole list and asks for metadata after the first page', async () => {
    const order: string[] = [];
    const items = (async function* () {
      order.push('page');
      yield [{ a: 1 }, {}];
      yield [];
      yield [{ b: ['x\ny'] }];
    })();
    const metadata = () => {
      order.push('metadata');
      return head.metadata;
    };
    const text = await textOf(jsonList({ ...head, metadata, items }));
    expect(text).toBe(toJson({ ...head, items: [{ a: 1 }, {}, { b: ['x\ny'] }] }));
    expect(order).toEqual(['page', 'metadata']);
  });

  test('knows the empty list', async () => {
    const parts = { ...head, metadata: () => head.metadata, items: pages() };
    expect(await textOf(jsonList(parts))).toBe(toJson({ ...head, items: [] }));
  });
});
