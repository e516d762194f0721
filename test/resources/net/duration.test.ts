import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../../src/resources/net/duration.ts';

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

describe('durations', () => {
  const read: readonly (readonly [string, bigint, string])[] = [
    ['0', 0n, '0s'],
    ['-0', 0n, '0s'],
    ['+0', 0n, '0s'],
    ['0s', 0n, '0s'],
    ['1ns', 1n, '1ns'],
    ['1us', 1_000n, '1µs'],
    ['1µs', 1_000n, '1µs'],
    ['1\u03bcs', 1_000n, '1µs'],
    ['1100ns', 1_100n, '1.1µs'],
    ['1.5ms', 1_500_000n, '1.5ms'],
    ['1500ms', 1_500_000_000n, '1.5s'],
    ['1.5s', 1_500_000_000n, '1.5s'],
    ['90s', 90_000_000_000n, '1m30s'],
    ['1.5m', 90_000_000_000n, '1m30s'],
    ['24h', 86_400_000_000_000n, '24h0m0s'],
    ['1h0.5s', 3_600_500_000_000n, '1h0m0.5s'],
    ['1m1h', 3_660_000_000_000n, '1h1m0s'],
    ['+5s', 5_000_000_000n, '5s'],
    ['-1.5h', -5_400_000_000_000n, '-1h30m0s'],
    ['-1ns', -1n, '-1ns'],
    ['.5s', 500_000_000n, '500ms'],
    ['1.s', 1_000_000_000n, '1s'],
    ['007s', 7_000_000_000n, '7s'],
    ['0.3333333333333333333h', 1_200_000_000_000n, '20m0s'],
    ['0.100000000000000000000h', 360_000_000_000n, '6m0s'],
    ['0.9223372036854775807m', 55_340_232_221n, '55.340232221s'],
    ['52763797000ns', 52_763_797_000n, '52.763797s'],
    ['9007199254740993ns', 9_007_199_254_740_993n, '2501h59m59.254740993s'],
    ['9223372036854775807ns', MAX, '2562047h47m16.854775807s'],
    ['-9223372036854775808ns', MIN, '-2562047h47m16.854775808s'],
    ['0.5ns', 0n, '0s'],
    ['1.9ns', 1n, '1ns'],
  ];
  test.each(read)('%s', (text, nanoseconds, printed) => {
    expect(parseDuration(text)).toBe(nanoseconds);
    expect(formatDuration(nanoseconds)).toBe(printed);
  });

  const refused = [
    '',
    '+',
    '-',
    '3',
    '-3',
    '1.5',
    's',
    '.',
    '-.',
    '.s',
    '+.s',
    '1d',
    '1 s',
    ' 1s',
    '1s ',
    '1h30',
    '1S',
    '--1s',
    '+-1s',
    '1..5s',
    '1.5.s',
    '1e3s',
    '1s-',
    '1h-1m',
    '9223372036854775808ns',
    '-9223372036854775809ns',
    '2562047h47m16.854775808s',
    '3000000h',
    '9999999999999999999999s',
    '1,5s',
    '1constructor',
    '١s',
  ];
  test.each(refused)('%p is no duration', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test('what is printed is read as the same duration', () => {
    const sizes = fc.oneof(
      fc.bigInt({ min: MIN, max: MAX }),
      fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
      fc.bigInt({ min: -2000n, max: 2000n }),
    );
    fc.assert(
      fc.property(sizes, (nanoseconds) => {
        expect(parseDuration(formatDuration(nanoseconds))).toBe(nanoseconds);
      }),
    );
  });

  test('terms add up', () => {
    const terms = fc.array(fc.tuple(fc.nat(10_000), fc.constantFrom('ns', 'us', 'ms', 's', 'm', 'h')), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(terms, (parts) => {
        const texts = parts.map(([amount, unit]) => `${amount}${unit}`);
        const sum = texts.reduce((total, text) => total + parseDuration(text)!, 0n);
        expect(parseDuration(texts.join(''))).toBe(sum);
        expect(parseDuration(`-${texts.join('')}`)).toBe(-sum);
      }),
    );
  });
});
