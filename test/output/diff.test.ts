import { expect, test } from 'bun:test';
import { diffText, unifiedDiff } from '../../src/output/diff.ts';

const SIDES = ['before', 'after'] as const;
const lines = (...all: readonly string[]) => all.map((line) => `${line}\n`).join('');

test('a change has three lines of context', () => {
  const left = lines('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i');
  const right = left.replace('e', 'E');
  expect(unifiedDiff(left, right, SIDES)).toBe(
    '--- before\n+++ after\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n',
  );
});

test('the same text has no diff', () => {
  expect(unifiedDiff(lines('a', 'b'), lines('a', 'b'), SIDES)).toBe('');
});

test('of nothing and something lines count from 0', () => {
  expect(unifiedDiff('', lines('a', 'b'), SIDES)).toBe('--- before\n+++ after\n@@ -0,0 +1,2 @@\n+a\n+b\n');
});

test('each change is a patch of YAML with its name and sides, then comes the text', () => {
  const changes = [
    { name: 'one', before: { a: 1 }, after: { a: 2 } },
    { name: 'two', before: undefined, after: { b: 1 } },
  ];
  expect(diffText({ type: 'diff', changes, sides: ['there', 'wanted'], text: 'The end.\n' } as never)).toBe(
    [
      ...['--- one (there)', '+++ one (wanted)', '@@ -1,1 +1,1 @@', '-a: 1', '+a: 2'],
      ...['--- two (there)', '+++ two (wanted)', '@@ -0,0 +1,1 @@', '+b: 1'],
      ...['The end.', ''],
    ].join('\n'),
  );
});
