import { expect } from 'bun:test';
import type { Check } from '../contract.ts';
import { create, IPPool, outcome, pagesOf, pool, poolRef, withSpec } from '../objects.ts';

const needs = ['broken entries'] as const;

export const broken: readonly Check[] = [
  {
    name: 'get of an entry that cannot be decoded is an error of its own',
    needs,
    async run({ store, plantBroken }) {
      await plantBroken!(poolRef('b'));
      expect(await outcome(store.get(poolRef('b')))).toBe('corrupt');
    },
  },
  {
    name: 'a list names entries that cannot be decoded beside those that can',
    needs,
    async run({ store, plantBroken }) {
      await create(store, pool('a'));
      await plantBroken!(poolRef('b'));
      await create(store, pool('c'));
      const pages = await pagesOf(store, { kind: IPPool });
      expect(pages.flatMap(({ items }) => items.map(({ metadata }) => metadata.name))).toEqual(['a', 'c']);
      const corrupt = pages.flatMap((page) => page.corrupt);
      expect(corrupt).toHaveLength(1);
      expect(corrupt[0]!.entry).toContain('b');
      expect(corrupt[0]!.reason).not.toBe('');
    },
  },
  {
    name: 'an entry that cannot be decoded is not overwritten',
    needs,
    async run({ store, plantBroken }) {
      const before = await create(store, pool('b'));
      await plantBroken!(poolRef('b'));
      expect(['already-exists', 'corrupt']).toContain(await outcome(create(store, pool('b'))));
      const late = store.update(poolRef('b'), withSpec(before, { disabled: true }));
      expect(['conflict', 'corrupt']).toContain(await outcome(late));
      expect(await outcome(store.get(poolRef('b')))).toBe('corrupt');
    },
  },
];
