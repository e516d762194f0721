import { describe, expect, test } from 'bun:test';
import { keyText, resolvePlain } from '../../src/input/scalars.ts';
import { faultOf, valuesOf } from './support.ts';

const PLAIN: readonly (readonly [string, unknown])[] = [
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'].map((w) => [w, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'].map(
    (w) => [w, false] as const,
  ),
  ...['yEs', 'oN', 'tRUE', 'nO', 'nULL', 'Yess'].map((w) => [w, w] as const),
  ...['~', 'null', 'Null', 'NULL', ''].map((w) => [w, null] as const),
  ['0', 0],
  ['-0', 0],
  ['42', 42],
  ['+42', 42],
  ['-42', -42],
  ['1_000_000', 1000000],
  ['1_', 1],
  ['0x1F', 31],
  ['0XfF', 255],
  ['-0x10', -16],
  ['0b101', 5],
  ['-0b11', -3],
  ['0755', 493],
  ['-010', -8],
  ['0o17', 15],
  ['08', 8],
  ['0_7', 7],
  ['12:30:45', '12:30:45'],
  ['1:20', '1:20'],
  ['9007199254740991', 9007199254740991],
  ['9007199254740993', 9007199254740993n],
  ['-9223372036854775808', -9223372036854775808n],
  ['18446744073709551615', 18446744073709551615n],
  ['18446744073709551616', 18446744073709552000],
  ['-9223372036854775809', -(2 ** 63)],
  ['0xFFFFFFFFFFFFFFFF', 18446744073709551615n],
  ['0x1FFFFFFFFFFFFFFFF', '0x1FFFFFFFFFFFFFFFF'],
  ['1.5', 1.5],
  ['1.', 1],
  ['.5', 0.5],
  ['+.5', 0.5],
  ['-1.5e-3', -0.0015],
  ['1e3', 1000],
  ['1E3', 1000],
  ['1_0.5', 10.5],
  ['.5_0', '.5_0'],
  ['1e400', '1e400'],
  ['1.2.3', '1.2.3'],
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['.', '.'],
  ['+', '+'],
  ['-', '-'],
  ['0x', '0x'],
  ['0b12', '0b12'],
  ['1e', '1e'],
  ['_1', '_1'],
  ['2020-01-01', '2020-01-01'],
  ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
  ['abc', 'abc'],
  ['<<', '<<'],
  ['.inf', Number.POSITIVE_INFINITY],
  ['-.INF', Number.NEGATIVE_INFINITY],
  ['.NaN', Number.NaN],
];

describe('plain scalars', () => {
  test.each(PLAIN.map((row) => [...row]))('%p is %p', (text, value) => {
    expect(resolvePlain(text as string)).toBe(value as string);
  });
});

describe('tags', () => {
  test.each([
    ['!!str 123', '123'],
    ['!!str', ''],
    ['! 12', '12'],
    ['!!float 3', 3],
    ['!!float "1.5"', 1.5],
    ['!!int "0x10"', 16],
    ['!!int 7', 7],
    ['!!bool "yes"', true],
    ['!!null ""', null],
    ['!!binary aGVsbG8=', 'hello'],
    ['!!timestamp 2020-01-01', '2020-01-01'],
    ['!<tag:yaml.org,2002:str> 5', '5'],
    ['!!seq [1]', [1]],
    ['!!map {a: 1}', { a: 1 }],
    ['%TAG !y! tag:yaml.org,2002:\n--- !y!str 5', '5'],
  ])('%p', (text, value) => {
    expect(valuesOf(text)).toEqual([value]);
  });

  test.each([
    ['a: !foo b', '1:4 the tag !foo is not supported here at line 1, column 4'],
    ['a: !foo {b: 1}', '1:4 the tag !foo is not supported here at line 1, column 4'],
    ['a: !!set {b}', '1:4 the tag !!set is not supported here at line 1, column 4'],
    ['a: !!int 1.5', '1:4 "1.5" does not go with the tag !!int at line 1, column 4'],
    ['a: !!int x', '1:4 "x" does not go with the tag !!int at line 1, column 4'],
    ['a: !!bool 1', '1:4 "1" does not go with the tag !!bool at line 1, column 4'],
    ['a: !!binary "*"', '1:4 "*" does not go with the tag !!binary at line 1, column 4'],
    ['a:\n  - .inf', '2:5 infinity and not-a-number are no values of a resource at line 2, column 5'],
  ])('%p fails', (text, message) => {
    expect(faultOf(text)).toBe(message);
  });
});

describe('keys', () => {
  test('are printed as Go does', () => {
    const text =
      '{y: 1, off: 2, 0x10: 3, 010: 4, 1.5: 5, 0.1: 6, 12345678.5: 7, "y": 8, 18446744073709551615: 9, .inf: 10}';
    expect(valuesOf(text)).toEqual([
      {
        true: 1,
        false: 2,
        '16': 3,
        '8': 4,
        '1.5': 5,
        '0.1': 6,
        '1.2345678e+07': 7,
        y: 8,
        '18446744073709551615': 9,
        '.inf': 10,
      },
    ]);
  });

  test('of other shapes', () => {
    expect(keyText(1e-7)).toBe('1e-07');
    expect(keyText(null)).toBeUndefined();
    expect(faultOf('~: 1')).toBe('1:1 a key is missing or null at line 1, column 1');
    expect(faultOf('a:\n  ? [b]\n  : 1')).toBe(
      '2:5 a key must be a scalar, not a mapping or a list at line 2, column 5',
    );
  });

  test('__proto__ is a key like any other', () => {
    for (const text of ['__proto__: {a: 1}', '{"__proto__": {"a": 1}}']) {
      const [value] = valuesOf(text) as [Record<string, unknown>];
      expect(Object.keys(value)).toEqual(['__proto__']);
      expect(value['a']).toBeUndefined();
    }
  });
});
