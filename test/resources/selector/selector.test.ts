import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  foldSelector,
  matchesSelector,
  parseSelector,
  printSelector,
  type Selector,
} from '../../../src/resources/selector/index.ts';

function parse(text: string): Selector {
  const parsed = parseSelector(text);
  if (parsed.ok) return parsed.selector;
  throw new Error(`${parsed.fault.message} at ${parsed.fault.offset}`);
}

function fault(text: string): string {
  const parsed = parseSelector(text);
  return parsed.ok ? 'no fault' : `${parsed.fault.offset}: ${parsed.fault.message}`;
}

/** Code-point order, stated by way of UTF-8 bytes. */
const sorted = (values: readonly string[]) =>
  [...new Set(values)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

const labels = fc.oneof(
  fc.constantFrom('a', 'b', 'in', 'not', 'has', 'all', 'contains', 'constructor', 'projectcalico.org/tier'),
  fc.stringMatching(/^[A-Za-z0-9_./-]{1,8}$/),
);
const texts = fc
  .oneof(
    fc.constantFrom('', 'x', 'xy', 'y', '\u{1f600}', '\uffee'),
    fc.string({ unit: 'binary', maxLength: 6 }),
  )
  .filter((text) => text.isWellFormed() && !(text.includes('"') && text.includes("'")));

const selectors = fc.letrec<{ any: Selector; plain: Selector }>((tie) => ({
  plain: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Selector>({ type: 'all' }, { type: 'global' }),
    labels.map((label): Selector => ({ type: 'has', label })),
    fc
      .tuple(fc.constantFrom('==', '!=', 'contains', 'starts with', 'ends with'), labels, texts)
      .map(([operator, label, value]): Selector => ({ type: 'compare', operator, label, value })),
    fc
      .tuple(fc.constantFrom('in', 'not in'), labels, fc.array(texts, { maxLength: 4 }))
      .map(
        ([operator, label, values]): Selector => ({ type: 'set', operator, label, values: sorted(values) }),
      ),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('any'), { minLength: 2, maxLength: 3 }))
      .map(([type, operands]): Selector => ({ type, operands })),
  ),
  any: fc.oneof(
    { maxDepth: 4 },
    tie('plain'),
    tie('plain').map((operand): Selector => ({ type: 'not', operand })),
  ),
})).any;

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

describe('matching labels', () => {
  const table: readonly (readonly [string, Record<string, string>, boolean])[] = [
    ['all()', {}, true],
    ['global()', {}, true],
    ['has(a)', { a: '' }, true],
    ['has(a)', {}, false],
    ['has(constructor)', {}, false],
    ['a == ""', {}, false],
    ['a == ""', { a: '' }, true],
    ['a != "x"', {}, true],
    ['a != "x"', { a: 'x' }, false],
    ['a contains ""', {}, false],
    ['a contains "bc"', { a: 'abcd' }, true],
    ['a starts with "ab"', { a: 'abcd' }, true],
    ['a starts with "b"', { a: 'abcd' }, false],
    ['a ends with "cd"', { a: 'abcd' }, true],
    ['a ends with ""', {}, false],
    ['a in {"x", "y"}', { a: 'y' }, true],
    ['a in {}', { a: 'y' }, false],
    ['a not in {}', { a: 'y' }, true],
    ['a not in {"x"}', {}, true],
    ['a not in {"x"}', { a: 'x' }, false],
    ['!has(a) && b == "1" || c == "2"', { a: '', c: '2' }, true],
  ];
  test.each(table)('%s with %p: %p', (text, values, result) => {
    expect(matchesSelector(parse(text), values)).toBe(result);
  });

  /** The same meaning, stated in JavaScript source. */
  function model(selector: Selector): string {
    const value = 'label' in selector ? `labels.get(${JSON.stringify(selector.label)})` : '';
    switch (selector.type) {
      case 'all':
      case 'global':
        return 'true';
      case 'has':
        return `(${value} !== undefined)`;
      case 'set': {
        const member = `${JSON.stringify(selector.values)}.indexOf(${value}) >= 0`;
        return selector.operator === 'in' ? `(${member})` : `(!(${member}))`;
      }
      case 'compare': {
        const text = JSON.stringify(selector.value);
        if (selector.operator === '!=') return `(${value} !== ${text})`;
        if (selector.operator === '==') return `(${value} === ${text})`;
        if (selector.operator === 'contains') return `((${value} ?? []).indexOf(${text}) >= 0)`;
        const at = selector.operator === 'starts with' ? `0, ${text}.length` : `v.length - ${text}.length`;
        const guard = selector.operator === 'starts with' ? 'true' : `v.length >= ${text}.length`;
        return `((v) => v !== undefined && ${guard} && v.slice(${at}) === ${text})(${value})`;
      }
      case 'not':
        return `(!${model(selector.operand)})`;
      default:
        return `(${selector.operands.map(model).join(selector.type === 'and' ? ' && ' : ' || ')})`;
    }
  }

  test('is what the expression means', () => {
    const values = fc.uniqueArray(fc.tuple(labels, texts), { maxLength: 6, selector: ([label]) => label });
    fc.assert(
      fc.property(selectors, values, (selector, pairs) => {
        const expected: unknown = new Function('labels', `return ${model(selector)}`)(new Map(pairs));
        expect(matchesSelector(selector, Object.fromEntries(pairs))).toBe(expected as boolean);
      }),
      { numRuns: 300 },
    );
  });
});

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
