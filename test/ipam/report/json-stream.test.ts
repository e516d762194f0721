import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { JsonStreamError, openJsonStream } from '../../../src/ipam/report/json-stream.ts';

async function* inPieces(text: string, size: number): AsyncIterable<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Reads a whole object by going into it, member by member. */
async function members(text: string, size: number): Promise<unknown> {
  const stream = openJsonStream(inPieces(text, size));
  expect(await stream.enter('array')).toBe(false);
  expect(await stream.enter('object')).toBe(true);
  const found: [string, unknown][] = [];
  for (let key = await stream.key(); key !== undefined; key = await stream.key()) {
    if (await stream.enter('array')) {
      const items: unknown[] = [];
      while (await stream.item()) items.push(JSON.parse(await stream.value()));
      found.push([key, items]);
    } else found.push([key, JSON.parse(await stream.value())]);
  }
  await stream.end();
  return Object.fromEntries(found);
}

/** What reading fails with. */
async function fault(text: string, size = 1000): Promise<unknown> {
  try {
    await members(text, size);
  } catch (error) {
    return error instanceof JsonStreamError ? error.message : error;
  }
  return undefined;
}

const documents = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 }), {
  noNullPrototype: true,
});

describe('a JSON document read member by member', () => {
  test('is what it is read as a whole, whatever pieces it comes in', async () => {
    const property = fc.asyncProperty(
      documents,
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(undefined, 1, '\t', '\r\n '),
      async (document, size, indent) => {
        const text = JSON.stringify(document, undefined, indent);
        expect(await members(text, size)).toEqual(JSON.parse(text));
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  test('can be passed over', async () => {
    const stream = openJsonStream(inPieces('{"a":{"b":"}\\"]"},"c":-1.5e3,"d":"\\\\","e":[[]],"f":2}', 3));
    await stream.enter('object');
    const found: unknown[] = [];
    for (let key = await stream.key(); key !== undefined; key = await stream.key())
      if (key === 'f') found.push(await stream.value());
      else await stream.skip();
    await stream.end();
    expect(found).toEqual(['2']);
  });

  test('what is none is refused', async () => {
    expect(await fault('')).toBeInstanceOf(Error);
    expect(await fault('{')).toBe('a key is expected and its end found');
    expect(await fault('{"a"')).toBe('a colon is expected and its end found');
    expect(await fault('{"a":')).toBe('a value is expected and its end found');
    expect(await fault('{"a":,')).toBe('a value is expected and "," found');
    expect(await fault('{"a":{"b"')).toBe('the end of a value is expected and "{" found');
    expect(await fault('{"a":1 "b"')).toBe('a comma or } is expected and "\\"" found');
    expect(await fault('{"a":1,')).toBe('a key is expected and its end found');
    expect(await fault('{a')).toBe('a key is expected and "a" found');
    expect(await fault('{"a":[1}')).toBe('a comma or ] is expected and "}" found');
    expect(await fault('{"a":1}x')).toBe('the end of the document is expected and "x" found');
  });

  test('a value without end does not fill the memory', async () => {
    async function* endless() {
      yield new TextEncoder().encode('{"a":"');
      for (;;) yield new Uint8Array(1 << 22).fill(0x78);
    }
    const stream = openJsonStream(endless());
    await stream.enter('object');
    await stream.key();
    expect(stream.value()).rejects.toThrow('the end of a very long value');
  });

  test('what is passed over may be longer than memory', async () => {
    async function* long() {
      yield new TextEncoder().encode('{"a":[0');
      for (let piece = 0; piece < 40; piece++) yield new Uint8Array(1 << 20).fill(0x2c);
      yield new TextEncoder().encode(']}');
    }
    const stream = openJsonStream(long());
    await stream.enter('object');
    await stream.key();
    await stream.skip();
    expect(await stream.key()).toBeUndefined();
  });
});
