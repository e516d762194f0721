import { describe, expect, test } from 'bun:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { CalicoctlError } from '../../../src/core/errors.ts';
import { backupText, type Scope } from '../../../src/migration/backup/format.ts';
import {
  canonicalJson,
  compareItems,
  ENTRIES,
  type Found,
  type Item,
} from '../../../src/migration/backup/item.ts';
import { recordsOf, scopeOf } from '../../../src/migration/backup/read.ts';
import { inOrder } from '../../../src/migration/backup/sorted.ts';
import { fileOf } from './texts.ts';

function set(name: string, namespace: string): Item {
  const value = { kind: 'NetworkSet', metadata: { name, namespace }, spec: { nets: ['10.0.0.0/8'] } };
  return { section: 'NetworkSet', id: `${namespace}/${name}`, line: canonicalJson(value) };
}

const entry: Item = { section: ENTRIES, id: '/calico/x', line: '{"key":"/calico/x","text":"é"}' };

const SCOPE: Scope = { datastore: 'etcdv3', kinds: ['NetworkSet'] };

async function textOf(items: readonly Item[]): Promise<string> {
  let text = '';
  for await (const block of backupText(SCOPE, each(items), () => {})) text += block;
  return text;
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Why a backup is refused; undefined where it is not. */
async function refusal(content: string | Uint8Array, piece?: number): Promise<string | undefined> {
  try {
    for await (const _ of recordsOf(fileOf(content, piece)));
    return undefined;
  } catch (error) {
    if (!(error instanceof CalicoctlError) || error.errorClass !== 'input') throw error;
    return error.message;
  }
}

describe('a backup', () => {
  const items = [...Array.from({ length: 2100 }, (_, i) => set(`s-${10_000 + i}`, 'dev')), entry];

  test('is read as it was written, packed or not, whatever the pieces', async () => {
    const text = await textOf(items);
    for (const content of [text, new Uint8Array(gzipSync(text))]) {
      const found: Item[] = [];
      for await (const { section, id, line } of recordsOf(fileOf(content, 997)))
        found.push({ section, id, line });
      expect(found).toEqual(items);
      expect(await scopeOf(fileOf(content))).toEqual(SCOPE);
    }
  });

  test('has no other form for the same contents', async () => {
    expect(await textOf(items)).toBe(await textOf(items));
    expect(canonicalJson({ b: 1, a: { d: 12345678901234567890n, c: '<' } })).toBe(
      '{"a":{"c":"\\u003c","d":12345678901234567890},"b":1}',
    );
  });

  test('that was cut off is refused wherever, and the line is named', async () => {
    const text = await textOf(items.slice(0, 3));
    const lines = text.split('\n').length - 1;
    for (let length = 0; length < text.length; length++)
      expect(await refusal(text.slice(0, length))).toMatch(/cut off|no backup/);
    expect(await refusal(text.split('\n').slice(0, -2).join('\n'))).toContain(
      `line ${lines - 1}: it ends here, without its last line`,
    );
    const packed = new Uint8Array(gzipSync(await textOf(items)));
    expect(await refusal(packed.subarray(0, packed.length >> 1))).toMatch(/line \d+: it ends here/);
  });

  test('with any byte changed is refused', async () => {
    const bytes = new TextEncoder().encode(await textOf([set('a', 'dev'), set('b', 'dev'), entry]));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const altered = bytes.slice();
        altered[at]! ^= change;
        expect(await refusal(altered)).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });

  test('that was altered is refused with the lines between which', async () => {
    const text = await textOf(items);
    const altered = text.replace('"s-11500"', '"s-11501"');
    expect(await refusal(altered)).toMatch(/must not come behind|altered between lines 1002 and 2003/);
    const subtle = text.replace(/("s-11500".*?)10\.0\.0\.0/, '$110.0.0.1');
    expect(await refusal(subtle)).toContain('line 1002: it was altered between lines 1002 and 2003');
  });

  test('that lacks a line, or has one more, is refused', async () => {
    const lines = (await textOf(items.slice(0, 5))).split('\n');
    expect(await refusal(lines.toSpliced(2, 1).join('\n'))).toContain('it was altered');
    expect(await refusal(lines.toSpliced(2, 0, lines[2]!).join('\n'))).toContain('must not come behind');
    expect(await refusal(`${lines.join('\n')}{}\n`)).toContain('something stands behind its last line');
  });

  test.each([
    ['', 'line 1: it ends here'],
    ['{}\n', 'line 1: it is no backup of calicoctl'],
    ['apiVersion: v1\n', 'line 1: it is no backup of calicoctl'],
    [
      '{"backup":{"version":2,"datastore":"etcdv3"}}\n',
      'it is of version 2, which this calicoctl does not know',
    ],
    ['{"backup":{"version":1,"datastore":"x"}}\n', 'it is no backup of calicoctl'],
    ['{"backup":{"version":1,"datastore":"file"}}\n', 'it does not say of which kinds it is'],
    ['{"backup":{"version":1,"datastore":"file","kinds":[]}}\n[]\n', 'line 2: the line is no JSON object'],
    [
      '{"backup":{"version":1,"datastore":"file","kinds":[]}}\n{"a":1}\n',
      'line 2: the line has neither a key nor a kind',
    ],
    [
      '{"backup":{"version":1,"datastore":"file","kinds":[]}}\n{"kind":"Future","metadata":{"name":"x"}}\n',
      'line 2: the kind Future is unknown',
    ],
    [
      '{"backup":{"version":1,"datastore":"file","kinds":[]}}\n{"end":null}\n',
      'line 1: it was altered between',
    ],
    [
      '{"backup":{"version":1,"datastore":"file","kinds":[]}}\n{"check":null}\n',
      'line 1: it was altered between',
    ],
    [
      '{"backup":{"version":1,"datastore":"file","kinds":[]}}\n{"check":{"objects":12345678901234567890,"sha256":"287420beaf136d27c84c422d3f0430ee682f64fec00c0ab7fa9bbbfc0fb2f877"}}\n',
      'line 2: the numbers of objects are not those',
    ],
  ])('%j is none', async (text, why) => {
    expect(await refusal(text)).toContain(why);
  });
});

describe('sorting', () => {
  const found = fc.array(
    fc.record({
      section: fc.constantFrom('IPPool', 'Tier', ENTRIES),
      id: fc.string({ unit: 'grapheme', maxLength: 6 }),
      line: fc.string({ maxLength: 40 }),
      version: fc.string({ maxLength: 3 }),
    }),
    { maxLength: 60 },
  );

  test('through files gives what sorting in memory does', async () => {
    await fc.assert(
      fc.asyncProperty(found, async (items: readonly Found[]) => {
        const sorted = await Array.fromAsync(inOrder(each(items), 600));
        expect(sorted.map(({ section, id }) => [section, id])).toEqual(
          items.toSorted(compareItems).map(({ section, id }) => [section, id]),
        );
        expect(sorted.map(({ line }) => line).sort()).toEqual(items.map(({ line }) => line).sort());
      }),
      { numRuns: 60 },
    );
  });

  test('is by bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const [left, right] = [a.toWellFormed(), b.toWellFormed()];
        const order = compareItems({ section: 'Tier', id: left }, { section: 'Tier', id: right });
        expect(Math.sign(order)).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
      }),
    );
  });
});
