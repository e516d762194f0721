import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseJson, stringifyJson, textIn } from '../../src/core/json.ts';

/** A JSON value whose numbers are integers of any length; texts are full of what looks like them. */
const integer = fc.oneof(
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
  fc.constantFrom(0n, -1n, 1_777_888_800_000_000_000n),
);
const misleading = fc
  .array(
    fc.constantFrom(
      ':',
      '[',
      ',',
      '1234567890123456789',
      '-9007199254740993',
      '}',
      ']',
      ' ',
      '"',
      '\\',
      '\0',
      '\n',
    ),
  )
  .map((parts) => parts.join(''));
const text = fc.oneof(misleading, fc.string({ unit: 'binary' }));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    integer,
    text,
    fc.constantFrom(true, null, 1.5, 1e300),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom('__proto__', '0', '1')), tie('value'), { maxKeys: 5 }),
  ),
}));

/** The text of a value, with blanks of JSON between its parts. */
function written(given: unknown, blank: string): string {
  const list = (items: readonly string[]) => items.join(`${blank},${blank}`);
  if (typeof given === 'bigint') return String(given);
  if (Array.isArray(given)) return `[${blank}${list(given.map((item) => written(item, blank)))}${blank}]`;
  if (typeof given !== 'object' || given === null) return JSON.stringify(given);
  const fields = Object.entries(given).map(
    ([key, item]) => `${JSON.stringify(key)}${blank}:${blank}${written(item, blank)}`,
  );
  return `{${blank}${list(fields)}${blank}}`;
}

/** Integers that a number holds exactly are numbers. */
function expected(given: unknown): unknown {
  if (typeof given === 'bigint')
    return BigInt(Number(given)) === given && Number.isSafeInteger(Number(given)) ? Number(given) : given;
  if (Array.isArray(given)) return given.map(expected);
  if (typeof given !== 'object' || given === null) return given;
  return Object.fromEntries(Object.entries(given).map(([key, item]) => [key, expected(item)]));
}

describe('JSON', () => {
  test('is read with every integer exact, wherever it stands and whatever texts look like', () => {
    fc.assert(
      fc.property(value, fc.constantFrom('', ' ', '\n\t', '\r '), (given, blank) => {
        // A number that stands alone is no document.
        expect(parseJson(written([given], blank))).toEqual(expected([given]) as never);
      }),
      { numRuns: 1000 },
    );
  });

  test('comes back as it was written', () => {
    fc.assert(
      fc.property(value, (given) => {
        expect(parseJson(stringifyJson([given]))).toEqual(expected([given]) as never);
      }),
    );
  });

  test('that is none stays none: integers as keys, with zeros before them, beside other numbers', () => {
    const long = '1234567890123456789';
    for (const broken of [
      `{${long}:1}`,
      `{ ${long} : 1 }`,
      `{"a":1, ${long} :2}`,
      `[0${long}]`,
      `[00000000000000000001 ]`,
      `[1 ${long}]`,
      `["a" ${long}]`,
      `["a:${long}]`,
      `["\\:${long},"]`,
      `[+${long}]`,
      `[- ${long}]`,
      `[${long},]`,
      `[${long} ${long}]`,
      `[\u00a0${long}]`,
      `["\0", ${long}]`,
    ]) {
      expect(() => parseJson(broken)).toThrow(SyntaxError);
    }
  });

  test('has numbers that are no integers as they are', () => {
    const text = '[1234567890123456789.5, 1234567890123456789e3, 12345678901234567E0 ]';
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  test('may be nested deeper than functions can be', () => {
    const depth = 5000;
    let inner = parseJson(`${'['.repeat(depth)}1234567890123456789${']'.repeat(depth)}`);
    while (Array.isArray(inner)) inner = inner[0]!;
    expect(inner).toBe(1234567890123456789n);
  });
});

test('what should be a text is shown, whatever it is', () => {
  const odd = [undefined, null, '', 'a', 7, 7n, false, [1, 'b'], { toString: 0 }];
  expect(odd.map(textIn)).toEqual(['', '', '', 'a', '7', '7', 'false', '[1,"b"]', '{"toString":0}']);
});
