import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseSelector, printSelector } from '../../../src/resources/selector/index.ts';
import { parse, selectors } from './expressions.ts';

function fault(text: string): string {
  const parsed = parseSelector(text);
  return parsed.ok ? 'no fault' : `${parsed.fault.offset}: ${parsed.fault.message}`;
}

describe('reading and printing selectors', () => {
  const table: readonly (readonly [string, string])[] = [
    ['', 'all()'],
    [' \t', 'all()'],
    ['all()', 'all()'],
    ['all( \t)', 'all()'],
    ['global()', 'global()'],
    ['has( a )', 'has(a)'],
    ["a=='b'", 'a == "b"'],
    ['a != "b"', 'a != "b"'],
    [`a == 'say "x"'`, `a == 'say "x"'`],
    [`a == "it's"`, `a == "it's"`],
    ['a contains"b"', 'a contains "b"'],
    ['a starts with "b"', 'a starts with "b"'],
    ['a startswith "b"', 'a starts with "b"'],
    ['a ends \t with "b"', 'a ends with "b"'],
    ['a in {}', 'a in {}'],
    ["a in{'y','x','y',}", 'a in {"x", "y"}'],
    ['a notin {"x"}', 'a not in {"x"}'],
    ['a not  in {"x"}', 'a not in {"x"}'],
    ['!has(a)', '!has(a)'],
    ['! ! has(a)', 'has(a)'],
    ['!!!has(a)', '!has(a)'],
    ['!(!has(a))', 'has(a)'],
    ['!has(a) && has(b)', '(!has(a) && has(b))'],
    ['has(a) || has(b) && has(c)', '(has(a) || (has(b) && has(c)))'],
    ['(has(a) || has(b)) && has(c)', '((has(a) || has(b)) && has(c))'],
    ['has(a)&&has(b)&&has(c)', '(has(a) && has(b) && has(c))'],
    ['((has(a)))', 'has(a)'],
    ['in in {"in"}', 'in in {"in"}'],
    ['has == "all" && all == "x"', '(has == "all" && all == "x")'],
    ['not not in {"x"}', 'not not in {"x"}'],
    ['contains contains "contains"', 'contains contains "contains"'],
    ['a/b.c_d-E0 == ""', 'a/b.c_d-E0 == ""'],
    ['a == "line\nbreak"', 'a == "line\nbreak"'],
    ['a in {"\u{1f600}", "\uffee"}', 'a in {"\uffee", "\u{1f600}"}'],
    [`${'l'.repeat(512)} == "x"`, `${'l'.repeat(512)} == "x"`],
  ];
  test.each(table)('%s is %s', (text, printed) => {
    expect(printSelector(parse(text))).toBe(printed);
  });

  const refused: readonly (readonly [string, string])[] = [
    ['a', '1: unexpected end: expected an operator after the label'],
    ['a b', '2: expected an operator after the label'],
    ['a = "b"', '2: expected =='],
    ['a & b', '2: expected &&'],
    ['a | b', '2: expected ||'],
    ['a == ', '5: unexpected end: expected a text in quotes'],
    ['a == b', '5: expected a text in quotes'],
    ['a == "b', '5: unterminated string'],
    ['a == \'b"', '5: unterminated string'],
    ['a == "b" c', '9: expected &&, || or the end of the selector'],
    ['a == "b" &&', '11: unexpected end: expected a label, has(), all(), global() or ('],
    ['&& a == "b"', '0: expected a label, has(), all(), global() or ('],
    ['!', '1: unexpected end: expected a label, has(), all(), global() or ('],
    ['a !', '2: expected an operator after the label'],
    ['a in', '4: unexpected end: expected a set in { }'],
    ['a in "x"', '5: expected a set in { }'],
    ['a in {"x"', '9: unexpected end: expected a text in quotes or }'],
    ['a in {x}', '6: expected a text in quotes or }'],
    ['a in {,}', '6: expected a text in quotes or }'],
    ['a in {"x" "y"}', '10: expected a text in quotes or }'],
    ['a inx {"x"}', '2: expected an operator after the label'],
    ['a starts "x"', '2: expected an operator after the label'],
    ['a not {"x"}', '2: expected an operator after the label'],
    ['has (a)', '4: expected an operator after the label'],
    ['has()', '4: expected a label in has('],
    ['has(a', '5: expected ) after has(a'],
    ['has(a b)', '5: expected ) after has(a'],
    ['all(a)', '4: expected ) after all('],
    ['global(', '7: expected ) after global('],
    ['(has(a)', '7: unexpected end: expected )'],
    ['has(a))', '6: expected &&, || or the end of the selector'],
    ['()', '1: expected a label, has(), all(), global() or ('],
    ['has(a) $', '7: unexpected character'],
    ['a == "b"\n', '8: a line break cannot stand here'],
    ['a ==\u00a0"b"', '4: unexpected character'],
    ['é == "b"', '0: unexpected character'],
    [`${'l'.repeat(513)} == "x"`, '0: a label has at most 512 characters'],
    [`has(${'l'.repeat(513)})`, '4: a label has at most 512 characters'],
    [`${'('.repeat(100_000)}`, '1000: more than 1000 brackets in brackets'],
  ];
  test.each(refused)('%s is refused', (text, message) => {
    expect(fault(text)).toBe(message);
  });

  test('what is printed is read as the same selector', () => {
    fc.assert(
      fc.property(selectors, (selector) => expect(parse(printSelector(selector))).toEqual(selector)),
      { numRuns: 300 },
    );
  });

  test('no text makes the parser throw, and a fault lies within the text', () => {
    const words = fc.constantFrom(
      'a',
      ' ',
      'in',
      'not',
      '{',
      '}',
      '"x"',
      "'",
      '(',
      ')',
      '!',
      '&&',
      '||',
      '==',
      ',',
      'has(',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const parsed = parseSelector(text);
        if (parsed.ok) expect(parse(printSelector(parsed.selector))).toEqual(parsed.selector);
        else expect(parsed.fault.offset >= 0 && parsed.fault.offset <= text.length).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
