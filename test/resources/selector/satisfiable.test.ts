import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  type Labels,
  matchesSelector,
  parseSelector,
  type Selector,
} from '../../../src/resources/selector/index.ts';
import { implies, matchesNothing } from '../../../src/resources/selector/satisfiable.ts';

function read(text: string): Selector {
  const parsed = parseSelector(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.fault.message}`);
  return parsed.selector;
}

const VALUES = ['', 'a', 'b', 'ab', 'ba', 'aa', 'aba', 'bab'];
const NAMES = ['x', 'y'];

/** Every way in which two labels can be there or not, with all of the values. */
const UNIVERSE: readonly Labels[] = [undefined, ...VALUES].flatMap((x) =>
  [undefined, ...VALUES].map((y) => ({ ...(x !== undefined && { x }), ...(y !== undefined && { y }) })),
);

const label = fc.constantFrom(...NAMES);
const value = fc.constantFrom('', 'a', 'b', 'ab', 'ba');
const atom: fc.Arbitrary<Selector> = fc.oneof(
  fc.record({ type: fc.constant('has' as const), label }),
  fc.record({
    type: fc.constant('compare' as const),
    operator: fc.constantFrom('==', '!=', 'contains', 'starts with', 'ends with'),
    label,
    value,
  }),
  fc.record({
    type: fc.constant('set' as const),
    operator: fc.constantFrom('in', 'not in'),
    label,
    values: fc.uniqueArray(value, { maxLength: 3 }),
  }),
  fc.constant<Selector>({ type: 'all' }),
);

const selector: fc.Arbitrary<Selector> = fc.letrec<{ selector: Selector }>((tie) => ({
  selector: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.record({ type: fc.constant('not' as const), operand: tie('selector') }),
    fc.record({
      type: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('selector'), { minLength: 2, maxLength: 3 }),
    }),
  ),
})).selector;

describe('matchesNothing', () => {
  test('is never said of what matches something', () => {
    let nothing = 0;
    fc.assert(
      fc.property(selector, (tree) => {
        if (!matchesNothing(tree)) return true;
        nothing++;
        return !UNIVERSE.some((labels) => matchesSelector(tree, labels));
      }),
      { numRuns: 2000 },
    );
    expect(nothing).toBeGreaterThan(20);
  });

  test('is said of every contradiction of equalities and sets', () => {
    const simple = fc.array(
      atom.filter(
        ({ type, ...rest }) =>
          type !== 'compare' || ['==', '!='].includes((rest as { operator: string }).operator),
      ),
      { minLength: 2, maxLength: 4 },
    );
    fc.assert(
      fc.property(simple, (operands) => {
        const tree: Selector = { type: 'and', operands };
        // A value beyond those that are named stands for all others.
        const labels = [undefined, ...VALUES, 'other'].flatMap((x) =>
          [undefined, ...VALUES, 'other'].map((y) => ({
            ...(x !== undefined && { x }),
            ...(y !== undefined && { y }),
          })),
        );
        expect(matchesNothing(tree)).toBe(!labels.some((each) => matchesSelector(tree, each)));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['a == "x" && a == "y"', true],
    ['a == "x" && a != "x"', true],
    ['a == "x" && !has(a)', true],
    ['has(a) && !has(a)', true],
    ['a in {"x", "y"} && a not in {"y", "x"}', true],
    ['a in {"x", "y"} && a not in {"x"}', false],
    ['a in {}', true],
    ['a not in {}', false],
    ['!all()', true],
    ['!has(a) && a contains "x"', true],
    ['a starts with "x" && a starts with "y"', true],
    ['a starts with "x" && a starts with "xy"', false],
    ['a ends with "x" && a ends with "yz"', true],
    ['a starts with "xy" && !(a contains "x")', true],
    ['a == "web" && a contains "api"', true],
    ['has(a) && !(a contains "")', true],
    ['(a == "x" || a == "y") && a == "z"', true],
    ['(a == "x" || b == "y") && a == "z"', false],
    ['a == "x" && b == "y"', false],
    ['a != "x" && !has(a)', false],
    ['global()', false],
  ])('%s: %p', (text, nothing) => {
    expect(matchesNothing(read(text))).toBe(nothing);
  });

  test('does not lose itself in many alternatives', () => {
    const many = Array.from({ length: 30 }, (_, index) => `(a${index} == "x" || b${index} == "y")`).join(
      ' && ',
    );
    const started = performance.now();
    expect(matchesNothing(read(`${many} && has(c) && !has(c)`))).toBe(false);
    expect(performance.now() - started).toBeLessThan(200);
  });
});

describe('implies', () => {
  test('is never said where something satisfies the one and not the other', () => {
    fc.assert(
      fc.property(selector, selector, (narrow, wide) => {
        if (!implies(narrow, wide)) return true;
        return UNIVERSE.every((labels) => !matchesSelector(narrow, labels) || matchesSelector(wide, labels));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['a == "x" && b == "y"', 'a == "x"', true],
    ['a == "x"', 'a in {"x", "y"}', true],
    ['a == "x"', 'has(a)', true],
    ['a == "x"', 'a starts with "x"', true],
    ['all()', 'has(a)', false],
    ['has(a)', 'all()', true],
    ['a in {"x", "y"}', 'a == "x"', false],
  ])('%s implies %s: %p', (narrow, wide, expected) => {
    expect(implies(read(narrow), read(wide))).toBe(expected);
  });
});
