import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import type { Io } from '../../src/core/io.ts';
import { type Json, parseJson, stringifyJson } from '../../src/core/json.ts';
import { parsedDocument } from '../../src/input/documents.ts';
import { cutDocuments } from '../../src/migration/document/cut.ts';
import { elementsOf } from '../../src/migration/document/elements.ts';
import { openExportFile, type Part } from '../../src/migration/document/file.ts';

const utf8 = new TextEncoder();

function pieces(text: string | Uint8Array, size: number): () => AsyncIterable<Uint8Array> {
  const bytes = typeof text === 'string' ? utf8.encode(text) : text;
  return async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
  };
}

function part(text: string, size = 7, line = 0): Part {
  return { file: 'x', line, size: text.length, bytes: pieces(text, size) };
}

function stdin(text: string | Uint8Array, size: number): Io {
  return {
    ...{ out: () => undefined, err: () => undefined, stdin: pieces(text, size), env: {}, cwd: '/' },
    ...{ terminal: { out: false, err: false, in: false }, signal: new AbortController().signal },
  };
}

async function textOf(given: Part): Promise<string> {
  const chunks = await Array.fromAsync(given.bytes());
  return Buffer.concat(chunks).toString();
}

describe('the file of an export', () => {
  test('has three parts, however it is read', async () => {
    const text = 'kind: a\n---\n===\n{"b": "==="}\n====\n===\r\n{}\n';
    for (const size of [1, 2, 3, 5, 100]) {
      const file = await openExportFile('-', stdin(text, size));
      expect(await Promise.all(file.parts.map(textOf))).toEqual([
        'kind: a\n---\n',
        '{"b": "==="}\n====\n',
        '{}\n',
      ]);
      expect(file.parts.map(({ line }) => line)).toEqual([0, 3, 6]);
      expect(file.sha256).toBe(createHash('sha256').update(text).digest('hex'));
      await file.close();
    }
  });

  test.each(['', 'a\n===\nb\n', 'a\n===\nb\n===\nc\n===\nd\n', 'a\n ===\nb\n===x\n', 'a\n===\nb\n==='])(
    '%j is none',
    async (text) => {
      await expect(openExportFile('-', stdin(text, 3))).rejects.toThrow(
        'imported file: - is improperly formatted',
      );
    },
  );

  test('may be in UTF-16, as PowerShell redirects it', async () => {
    const bytes = Buffer.from('\uFEFFkind: a # 😀\r\n===\r\n{"b": 1}\r\n===\r\n{}\r\n', 'utf16le');
    for (const encoded of [bytes, Buffer.from(bytes).swap16()]) {
      for (const size of [1, 3, 100]) {
        const file = await openExportFile('-', stdin(encoded, size));
        expect(await Promise.all(file.parts.map(textOf))).toEqual([
          'kind: a # 😀\r\n',
          '{"b": 1}\r\n',
          '{}\r\n',
        ]);
        await file.close();
      }
    }
    const half = openExportFile('-', stdin(bytes.subarray(0, -1), 5));
    await expect(half).rejects.toThrow('not text in UTF-16LE');
  });

  test('is found anew in a spool by any number of readers', async () => {
    const file = await openExportFile('-', stdin('1\n===\n2\n===\n3\n', 4));
    const [first, , third] = file.parts;
    expect([await textOf(third), await textOf(first), await textOf(third)]).toEqual(['3\n', '1\n', '3\n']);
    await file.close();
  });
});

async function values(text: string, long: number, size = 5): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const raw of cutDocuments(part(text, size), long)) {
    const value = parsedDocument(raw, 0)?.value;
    if (Array.isArray(value)) found.push(...value);
    else if (value !== undefined) found.push(value);
  }
  return found;
}

const LIST = `apiVersion: v3
items:
- name: a
  text: |
    - not an item
    kind: not the kind
- name: b
# between
- name: c
kind: PoolList
metadata:
  resourceVersion: "1"
---
kind: Single
`;

describe('a part with resources', () => {
  test('stays whole where it is short', async () => {
    const whole = { apiVersion: 'v3', kind: 'PoolList', metadata: { resourceVersion: '1' } };
    const text = '- not an item\nkind: not the kind\n';
    const items = [{ name: 'a', text }, { name: 'b' }, { name: 'c' }];
    expect(await values(LIST, 10_000)).toEqual([{ ...whole, items }, { kind: 'Single' }]);
    expect(await values(LIST, 1)).toEqual([...items, { ...whole, items: null }, { kind: 'Single' }]);
  });

  test('tells the lines of the file, cut or not', async () => {
    for (const long of [1, 10_000]) {
      const places: number[] = [];
      for await (const raw of cutDocuments(part(LIST, 9, 20), long)) {
        const document = parsedDocument(raw, 0);
        const value = document?.value as { items?: unknown[] } | unknown[] | undefined;
        if (Array.isArray(value))
          places.push(...value.map((_, index) => document!.place([index, 'name']).line!));
        else if (Array.isArray(value?.items))
          places.push(...value.items.map((_, index) => document!.place(['items', index, 'name']).line!));
      }
      expect(places).toEqual([23, 27, 29]);
    }
  });

  test('gives the same resources however long documents may be', async () => {
    const name = fc.stringMatching(/^[a-z: -]{0,12}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(name, { maxLength: 5 }), { maxLength: 4 }),
        fc.nat(60),
        async (lists, long) => {
          const text = lists
            .map((names) => {
              const items = names
                .map((each) => `- name: ${JSON.stringify(each)}\n  lines: |\n    - ${each}.\n`)
                .join('');
              return `${items === '' ? 'items: []\n' : `items:\n${items}`}kind: L\n---\n`;
            })
            .join('');
          const flat = (found: readonly unknown[]) =>
            found.flatMap((value) => {
              const { items, ...rest } = value as { items?: unknown[] | null };
              return 'kind' in rest ? [...(items ?? []), rest] : [value];
            });
          expect(flat(await values(text, long))).toEqual(flat(await values(text, 100_000)));
        },
      ),
      { numRuns: 50 },
    );
  });
});

async function elements(text: string, size: number): Promise<readonly object[]> {
  return Array.fromAsync(elementsOf(part(text, size)));
}

describe('a part with addresses', () => {
  test('is given value by value, with its line', async () => {
    const text =
      '{\n "a": [\n  {"x": "]}\\"", "y": [1, {}]},\n  2 , "z"],\n "b": null, "c": {"d": 12345678901234567890}, "e": []\n}\n';
    for (const size of [1, 2, 3, 7, 1000]) {
      expect(await elements(text, size)).toEqual([
        { key: 'a', value: { x: ']}"', y: [1, {}] }, listed: true, line: 3 },
        { key: 'a', value: 2, listed: true, line: 4 },
        { key: 'a', value: 'z', listed: true, line: 4 },
        { key: 'b', value: null, listed: false, line: 5 },
        { key: 'c', value: { d: 12345678901234567890n }, listed: false, line: 5 },
      ]);
    }
  });

  test('gives what JSON.parse reads', async () => {
    const json = fc.dictionary(fc.string(), fc.array(fc.jsonValue({ depthSize: 'small' })), { maxKeys: 4 });
    await fc.assert(
      fc.asyncProperty(json, fc.integer({ min: 1, max: 20 }), fc.nat(2), async (value, size, indent) => {
        const found: Record<string, unknown[]> = {};
        for (const { key, value: item } of (await elements(
          JSON.stringify(value, undefined, indent),
          size,
        )) as {
          key: string;
          value: unknown;
        }[])
          Object.defineProperty(found, key, {
            ...{ value: [...(Object.hasOwn(found, key) ? found[key]! : []), item] },
            ...{ enumerable: true, configurable: true },
          });
        const exact = parseJson(JSON.stringify(value)) as Record<string, readonly Json[]>;
        const wanted = Object.fromEntries(Object.entries(exact).filter(([, items]) => items.length > 0));
        expect(stringifyJson(found)).toBe(stringifyJson(wanted));
      }),
    );
  });

  test.each([
    ['', 'ends in the midst'],
    ['not json', 'x:1: an object has to begin here'],
    ['[]', 'an object has to begin here'],
    ['{"a": [1', 'ends in the midst'],
    ['{"a": [1,]}', 'a value has to stand here'],
    ['{"a"\n: [\n1 2]}', 'x:3: a comma or the end of the list has to stand here'],
    ['{"a": tru}', 'x:1: this is no JSON'],
    ['{"a": {"b": }}', 'this is no JSON'],
    ['{} x', 'nothing may follow'],
    ['{,}', 'a key in quotes or the end of the object'],
    ['{"a" 1}', 'a colon has to stand here'],
  ])('%j is refused', async (text, why) => {
    await expect(elements(text, 4)).rejects.toThrow(why);
  });
});
