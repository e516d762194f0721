import { expect, test } from 'bun:test';
import { formatFloat, joinedShort, joinTruncated, shown } from '../../src/resources/columns.ts';

test('formatFloat prints as Go does', () => {
  const shownAs: Record<string, number> = {
    '0': 0,
    '100': 100,
    '10.5': 10.5,
    '999999': 999999,
    '1e+06': 1e6,
    '1.234567e+06': 1234567,
    '1.23456789e+08': 123456789,
    '1e+20': 1e20,
    '1e+21': 1e21,
    '0.0001': 0.0001,
    '1e-05': 0.00001,
    '-1e+06': -1e6,
    '+Inf': Number.POSITIVE_INFINITY,
  };
  for (const [text, value] of Object.entries(shownAs)) expect(formatFloat(value)).toBe(text);
});

test('joinTruncated cuts to the maximum, dots included, and never inside a character', () => {
  expect(joinTruncated(['a', 'b'], 3)).toBe('a,b');
  expect(joinTruncated(['a', 'bc'], 3)).toBe('...');
  expect(joinTruncated(['abcdef', 'g'], 6)).toBe('abc...');
  expect(joinTruncated(['a', 'b', 'c'], 0, '; ')).toBe('a; b; c');
  expect(joinTruncated(['éééé'], 7)).toBe('éé...');
});

test('joinedShort keeps 80 bytes', () => {
  expect(joinedShort(undefined)).toBe('');
  expect(joinedShort(['x'.repeat(80)])).toBe('x'.repeat(80));
  expect(joinedShort(['x'.repeat(40), 'y'.repeat(40)])).toBe(`${'x'.repeat(40)},${'y'.repeat(36)}...`);
});

test('shown prints an absent value as a nil pointer', () => {
  expect([shown(undefined), shown(null), shown(0), shown(false), shown('')]).toEqual([
    '<nil>',
    '<nil>',
    '0',
    'false',
    '',
  ]);
});
