import { expect } from 'bun:test';
import type { Check } from '../contract.ts';
import {
  CHANGED,
  create,
  GlobalNetworkSet,
  globalSet,
  globalSetRef,
  outcome,
  pagesOf,
  withSpec,
} from '../objects.ts';

const needs = ['broken entries'] as const;

export const broken: readonly Check[] = [
  {
    name: 'get of an entry that cannot be decoded is an error of its own',
    needs,
    async run({ store, plantBroken }) {
      await plantBroken!(globalSetRef('b'));
      expect(await outcome(store.get(globalSetRef('b')))).toBe('corrupt');
    },
  },
  {
    name: 'a list names entries that cannot be decoded beside those that can',
    needs,
    async run({ store, plantBroken }) {
      await create(store, globalSet('a'));
      await plantBroken!(globalSetRef('b'));
      await create(store, globalSet('c'));
      const pages = await pagesOf(store, { kind: GlobalNetworkSet });
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
      const before = await create(store, globalSet('b'));
      await plantBroken!(globalSetRef('b'));
      expect(['already-exists', 'corrupt']).toContain(await outcome(create(store, globalSet('b'))));
      const late = store.update(globalSetRef('b'), withSpec(before, CHANGED));
      expect(['conflict', 'corrupt']).toContain(await outcome(late));
      expect(await outcome(store.get(globalSetRef('b')))).toBe('corrupt');
    },
  },
];
