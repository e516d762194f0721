import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { unifiedDiff } from '../../src/output/unified.ts';

const SIDES = ['before', 'after'] as const;

/** The right side, made from the left one and its patch as `patch` does it. */
function patched(left: readonly string[], diff: string): readonly string[] {
  const right: string[] = [];
  let at = 0;
  for (const line of diff.split('\n').slice(2, -1)) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@$/.exec(line);
    if (hunk) {
      const start = Number(hunk[1]) - (hunk[2] === '0' ? 0 : 1);
      right.push(...left.slice(at, start));
      at = start;
    } else if (line.startsWith('+')) right.push(line.slice(1));
    else {
      expect(line.slice(1)).toBe(left[at]!);
      if (line.startsWith(' ')) right.push(left[at]!);
      at++;
    }
  }
  return [...right, ...left.slice(at)];
}

describe('unified diffs', () => {
  test('have three lines of context', () => {
    const left = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    const right = ['a', 'b', 'c', 'd', 'E', 'f', 'g', 'h', 'i'];
    expect(unifiedDiff(left, right, SIDES)).toBe(
      '--- before\n+++ after\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n',
    );
  });

  test('of the same text are empty', () => {
    expect(unifiedDiff(['a', 'b'], ['a', 'b'], SIDES)).toBe('');
  });

  test('of nothing and something count from 0', () => {
    expect(unifiedDiff([], ['a', 'b'], SIDES)).toBe('--- before\n+++ after\n@@ -0,0 +1,2 @@\n+a\n+b\n');
    expect(unifiedDiff(['a'], [], SIDES)).toBe('--- before\n+++ after\n@@ -1 +0,0 @@\n-a\n');
  });

  test('far apart have hunks of their own', () => {
    const left = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const right = left.map((line, index) => (index === 3 || index === 20 ? `${line}!` : line));
    expect(unifiedDiff(left, right, SIDES).match(/^@@ .* @@$/gm)).toEqual([
      '@@ -1,7 +1,7 @@',
      '@@ -18,7 +18,7 @@',
    ]);
  });

  test('too many to be told apart are one replacement', () => {
    const left = Array.from({ length: 1500 }, (_, index) => `left ${index}`);
    const right = Array.from({ length: 1500 }, (_, index) => `right ${index}`);
    const diff = unifiedDiff(left, right, SIDES);
    expect(diff.match(/^@@ .* @@$/gm)).toEqual(['@@ -1,1500 +1,1500 @@']);
    expect(patched(left, diff)).toEqual(right);
  });

  test('turn the left side into the right one', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 });
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(patched(left, unifiedDiff(left, right, SIDES))).toEqual(right);
      }),
    );
  });
});
