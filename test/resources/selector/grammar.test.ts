import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseSelector } from '../../../src/resources/selector/index.ts';

/**
 * The grammar of selectors written down twice: as texts derived from each of its productions, and as the plainest
 * recogniser there can be, which tries every way to read a text. The parser has to accept what either accepts.
 */

const blank = fc.constantFrom('', ' ', '\t', '  ');
const gap = fc.constantFrom(' ', '\t ', '  ');
const label = fc.constantFrom(
  'a',
  'in',
  'not',
  'has',
  'all',
  'global',
  'contains',
  'starts',
  'A-z_0.9/x',
  'l'.repeat(512),
);
const text = fc.constantFrom('"x"', "'x'", '""', `"it's"`, `'"'`, '"a\nb"', '"&& || ! ( {"');

function joined(...parts: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> {
  return fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((all) => all.join(''));
}

const set = fc.oneof(
  joined('{', blank, '}'),
  fc
    .tuple(
      fc.array(joined(blank, text, blank), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', ',', ', '),
    )
    .map(([items, trailing]) => `{${items.join(',')}${trailing}}`),
);

/** Each production by name, so that a test can say that all were taken. */
const comparisons = {
  equal: joined(label, blank, '==', blank, text),
  unequal: joined(label, blank, '!=', blank, text),
  contains: joined(label, gap, 'contains', blank, text),
  startsWith: joined(label, gap, 'starts', blank, 'with', blank, text),
  endsWith: joined(label, gap, 'ends', blank, 'with', blank, text),
  in: joined(label, gap, 'in', blank, set),
  notIn: joined(label, gap, 'not', blank, 'in', blank, set),
} as const;

const primaries = {
  all: joined('all(', blank, ')'),
  global: joined('global(', blank, ')'),
  has: joined('has(', blank, label, blank, ')'),
  ...comparisons,
} as const;

const derived = fc.letrec<{ or: string; and: string; op: string; primary: string }>((tie) => ({
  or: fc.array(tie('and'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' || ')),
  and: fc
    .tuple(fc.array(tie('op'), { minLength: 1, maxLength: 3 }), fc.constantFrom('&&', ' &&\t'))
    .map(([parts, between]) => parts.join(between)),
  op: joined(fc.constantFrom('', '!', '! !', '!!!'), blank, tie('primary')),
  primary: fc.oneof({ maxDepth: 3 }, ...Object.values(primaries), joined('(', blank, tie('or'), blank, ')')),
})).or;

/** Where a reading may end that begins at `from`; empty where the text cannot be read so. */
type Reader = (text: string, from: number) => readonly number[];

const pattern =
  (expression: RegExp): Reader =>
  (input, from) => {
    const sticky = new RegExp(expression.source, 'y');
    sticky.lastIndex = from;
    return sticky.test(input) ? [sticky.lastIndex] : [];
  };
const sequence =
  (...readers: readonly Reader[]): Reader =>
  (input, from) =>
    readers.reduce<readonly number[]>(
      (ends, reader) => [...new Set(ends.flatMap((end) => reader(input, end)))],
      [from],
    );
const choice =
  (...readers: readonly Reader[]): Reader =>
  (input, from) => [...new Set(readers.flatMap((reader) => reader(input, from)))];
const repeated =
  (reader: Reader): Reader =>
  (input, from) => {
    const ends = new Set([from]);
    for (const end of ends) for (const next of reader(input, end)) ends.add(next);
    return [...ends];
  };

const WS = pattern(/[ \t]*/);
const STRING = pattern(/"[^"]*"|'[^']*'/);
const LABEL = pattern(/[A-Za-z0-9_./-]{1,512}(?![A-Za-z0-9_./-])/);
/** A word that no character of a label follows. */
const word = (source: string) => pattern(new RegExp(`${source}(?![A-Za-z0-9_./-])`));
const symbol = (source: string) => sequence(WS, pattern(new RegExp(source)));
const SET = sequence(
  symbol('\\{'),
  choice(
    symbol('\\}'),
    sequence(WS, STRING, repeated(sequence(symbol(','), WS, STRING)), choice(symbol(','), WS), symbol('\\}')),
  ),
);
const COMPARISON = sequence(
  LABEL,
  WS,
  choice(
    sequence(pattern(/==|!=/), WS, STRING),
    sequence(word('(?:contains|starts[ \\t]*with|ends[ \\t]*with)'), WS, STRING),
    sequence(word('(?:in|not[ \\t]*in)'), SET),
  ),
);
const FUNCTION = choice(
  sequence(pattern(/(?:all|global)\(/), WS, pattern(/\)/)),
  sequence(pattern(/has\(/), WS, LABEL, WS, pattern(/\)/)),
);
const PRIMARY: Reader = (input, from) =>
  choice(FUNCTION, COMPARISON, sequence(pattern(/\(/), OR, symbol('\\)')))(input, from);
const OPERATION = sequence(repeated(symbol('!')), WS, PRIMARY);
const AND = sequence(OPERATION, repeated(sequence(symbol('&&'), OPERATION)));
const OR = sequence(AND, repeated(sequence(symbol('\\|\\|'), AND)));
const SELECTOR = choice(WS, sequence(OR, WS));

const recognised = (input: string) => SELECTOR(input, 0).includes(input.length);

describe('the grammar of selectors', () => {
  test.each(Object.entries(primaries))('production %s is read', (_name, production) => {
    fc.assert(
      fc.property(production, (input) => {
        expect({ input, ok: parseSelector(input).ok, recognised: recognised(input) }).toEqual({
          input,
          ok: true,
          recognised: true,
        });
      }),
      { numRuns: 100 },
    );
  });

  test('whatever can be derived from it is read', () => {
    fc.assert(
      fc.property(derived, (input) =>
        expect({ input, ok: parseSelector(input).ok }).toEqual({ input, ok: true }),
      ),
      { numRuns: 500 },
    );
  });

  test('what is derived and then changed in a place is read exactly where the recogniser reads it', () => {
    const seen = { read: 0, refused: 0 };
    const change = fc.record({
      input: derived.filter((input) => input.length < 120),
      at: fc.nat(200),
      cut: fc.nat(3),
      put: fc.constantFrom(
        '',
        ' ',
        '!',
        '&&',
        '||',
        '(',
        ')',
        '{',
        '}',
        ',',
        '"',
        "'",
        'in',
        'not',
        'x',
        '==',
        '\n',
        'é',
      ),
    });
    fc.assert(
      fc.property(change, ({ input, at, cut, put }) => {
        const from = at % (input.length + 1);
        const changed = input.slice(0, from) + put + input.slice(from + cut);
        const ok = recognised(changed);
        seen[ok ? 'read' : 'refused']++;
        expect({ changed, ok: parseSelector(changed).ok }).toEqual({ changed, ok });
      }),
      { numRuns: 1500 },
    );
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(100);
  });
});
