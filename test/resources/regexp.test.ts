import { describe, expect, test } from 'bun:test';
import { regexpFault } from '../../src/resources/regexp.ts';

const GOOD = [
  '',
  '.*',
  '^(en.*|eth[0-9]+)$',
  'a|b|',
  '(?i)eth',
  '(?i-s:eth)x',
  '(?P<name>x)',
  '(?<name>x)',
  '(?:x)*?',
  '\\Aeth\\z',
  '\\bword\\B',
  '[[:alpha:]_]+',
  '[^[:^digit:]-]',
  '[]a]',
  '[^]a]',
  '[\\w-.]',
  '[a\\]b]',
  '\\Q(not a group\\E',
  '\\Q(to the end',
  '\\pL\\p{Greek}\\P{^Lu}',
  '\\x41\\x{1F600}[\\x{10000}-\\x{10FFFF}]',
  '\\012\\12',
  'a{2}b{2,}c{2,1000}',
  'a{',
  'a{,2}',
  '}]',
  '\\_\\-\\/\\"\\~',
  '\\d\\D\\s\\S\\w\\W\\a\\f\\n\\r\\t\\v',
  'é😀+',
];

const BAD = [
  '(',
  ')',
  'eth(',
  '[',
  '[a',
  '[]',
  '*',
  '+a',
  'a**',
  'a{2}{3}',
  'a{1001}',
  'a{2,1}',
  '[z-a]',
  '(?=a)',
  '(?!a)',
  '(?<=a)',
  '(?<!a)',
  '(?z)',
  '(a)\\1',
  '\\8',
  '\\y',
  '\\',
  '[[:letter:]]',
  '(?P<a>x)(?P<a>y)',
];

describe('regular expressions as RE2 takes them', () => {
  test.each(GOOD.map((text) => [text]))('takes %j', (text) => {
    expect(regexpFault(text)).toBeUndefined();
  });

  test.each(BAD.map((text) => [text]))('refuses %j', (text) => {
    expect(regexpFault(text)).toBeString();
  });

  test('says what Felix does not know', () => {
    expect(regexpFault('(?=a)')).toContain('look-around');
    expect(regexpFault('(a)\\1')).toContain('refers back');
    expect(regexpFault('\\y')).toBe('\\y is not a known escape');
    expect(regexpFault('[a')).toBe('a "[" has no "]"');
  });
});
