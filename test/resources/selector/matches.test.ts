import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { matchesSelector, type Selector } from '../../../src/resources/selector/index.ts';
import { labels, parse, selectors, texts } from './expressions.ts';

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
