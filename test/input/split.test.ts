import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { Splitter } from '../../src/input/split.ts';
import { docs, documentsOf, faultOf, valuesOf } from './support.ts';

describe('separators', () => {
  test.each([
    ['a: 1\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['---\na: 1\n---\nb: 2\n---\n', [{ a: 1 }, { b: 2 }]],
    ['--- # one\na: 1\n--- {b: 2}\n---   \n- 3\n--- text', [{ a: 1 }, { b: 2 }, [3], 'text']],
    ['a: 1\n...\nb: 2\n...\n...\n---\nc: 3\n', [{ a: 1 }, { b: 2 }, { c: 3 }]],
    ['%YAML 1.1\n---\na: 1\n...\n%YAML 1.2\n# c\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['# c\n---\n# c\n---\n\n---\na: 1\n---\n# end', [{ a: 1 }]],
    ['---\n---\n', []],
    ['', []],
    ['\n\n   \n', []],
    ['# nothing', []],
    ['null', [null]],
    ['--- ~\n---\n{}', [null, {}]],
    ['a: |\n  ---\n  x\n', [{ a: '---\nx\n' }]],
    ['a: ---x\n---y: 1\n', [{ a: '---x', '---y': 1 }]],
    ['"a": "--- b"\n', [{ a: '--- b' }]],
    ['--- |\n text\n---\nx', ['text\n', 'x']],
    ['a: 1\r\n---\r\nb: 2\r\n', [{ a: 1 }, { b: 2 }]],
    ['a: 1\r---\rb: 2\r', [{ a: 1 }, { b: 2 }]],
    ['\uFEFFa: 1\n\uFEFF---\nb: 2', [{ a: 1 }, { b: 2 }]],
  ] as [string, unknown[]][])('%j', (text, values) => {
    expect(valuesOf(text)).toEqual(values);
  });

  test('JSON values one after another', () => {
    expect(valuesOf('{"a": "}{"}\n{"b": [1]}[2]{"c": "\\"{"}\n---\n{"d": 1} {"e": 1,}')).toEqual([
      { a: '}{' },
      { b: [1] },
      [2],
      { c: '"{' },
      { d: 1 },
      { e: 1 },
    ]);
    expect(valuesOf("{a: it's, b: '}{'}")).toEqual([{ a: "it's", b: '}{' }]);
    expect(valuesOf('[5", "x"]')).toEqual([['5"', 'x']]);
    expect(faultOf('{a: 1}: x')).toStartWith('1:1 a key must be a scalar');
  });
});

test('a document longer than the limit is refused with its line', () => {
  const splitter = new Splitter('big.yaml');
  splitter.push('a: 1\n---\n');
  const piece = `${'# '.padEnd(1 << 20, 'x')}\n`;
  expect(() => {
    for (let n = 0; n < 70; n++) splitter.push(n === 0 ? `b: 1\n${piece}` : piece);
  }).toThrow('the document that begins at line 2 is longer than 64 MiB');
});

test('pieces of any size make the same documents at the same places', async () => {
  const parts = [
    'a: 1',
    '---',
    '...',
    '{"x": [1, "y\\""]}',
    '{"z": {}}',
    '# c',
    '',
    '- b',
    'é: "😀"',
    '--- # c',
    '--',
  ];
  const texts = fc.array(fc.constantFrom(...parts), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.integer({ min: 1, max: 7 }),
      async (lines, eol, size) => {
        const text = lines.join(eol);
        const whole = () => docs(text).map(({ value, place }) => [value, place()]);
        const pieces = async () =>
          (await documentsOf(text, size)).map(({ value, place }) => [
            value,
            `${place().line}:${place().column}`,
          ]);
        if (faultOf(text) === 'no error') expect(await pieces()).toEqual(whole());
        else await expect(pieces()).rejects.toThrow();
      },
    ),
    { numRuns: 300 },
  );
});
