import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { foldSelector, printSelector } from '../../../src/resources/selector/index.ts';
import { selectors } from './expressions.ts';

describe('folding lines', () => {
  const table: readonly (readonly [string, string])[] = [
    ["app == 'a'\n", "app == 'a'"],
    ["app == 'a' ||\n  app == 'b'", "app == 'a' || app == 'b'"],
    ["  a == 'x'  &&\r\n\r\n\tb == 'y'\n", "a == 'x'  && b == 'y'"],
    ["a == 'two\nlines'", "a == 'two\nlines'"],
    ["a == 'it' && b ==\n\"it's\"", "a == 'it' && b == \"it's\""],
    ['\n \n', ''],
    [' all() ', ' all() '],
    ['', ''],
  ];
  test.each(table)('%p becomes %p', (text, folded) => {
    expect(foldSelector(text)).toBe(folded);
  });

  test('folding a folded text changes nothing, and blanks made breaks come back', () => {
    fc.assert(
      fc.property(selectors, (selector) => {
        const printed = printSelector(selector);
        fc.pre(!/[\r\n]/.test(printed));
        const broken = printed.replace(
          /("[^"]*"|'[^']*')| /g,
          (_blank, quoted?: string) => quoted ?? ' \n\t',
        );
        expect(foldSelector(broken)).toBe(printed);
        expect(foldSelector(printed)).toBe(printed);
      }),
    );
  });
});
