import { expect } from 'bun:test';
import type { Datastore } from '../../../../src/datastore/datastore.ts';
import type { Check } from '../contract.ts';
import { create, outcome, pool, poolRef, versionOf, withLabels, withSpec } from '../objects.ts';

function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of outcomes) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** Adds one to a label as careful programs do: read, write at the version read, and again after a conflict. */
async function increment(store: Datastore): Promise<void> {
  for (;;) {
    const read = await store.get(poolRef('a'));
    const count = Number(read.metadata.labels?.['count'] ?? 0) + 1;
    const result = await outcome(store.update(poolRef('a'), withLabels(read, { count: String(count) })));
    if (result === 'done') return;
    expect(result).toBe('conflict');
  }
}

export const races: readonly Check[] = [
  {
    name: 'of fifty updates of one version exactly one wins',
    async run({ store, reopen }) {
      const stores = [store, await reopen()];
      const created = await create(store, pool('a'));
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          outcome(stores[index % 2]!.update(poolRef('a'), withLabels(created, { winner: `w${index}` }))),
        ),
      );
      expect(tally(results)).toEqual({ done: 1, conflict: 49 });
      const { labels } = (await store.get(poolRef('a'))).metadata;
      expect(labels).toEqual({ winner: `w${results.indexOf('done')}` });
    },
  },
  {
    name: 'of twenty creations of one name exactly one wins',
    async run({ store, reopen }) {
      const stores = [store, await reopen()];
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          outcome(create(stores[index % 2]!, withLabels(pool('a'), { winner: `w${index}` }))),
        ),
      );
      expect(tally(results)).toEqual({ done: 1, 'already-exists': 19 });
      const { labels } = (await store.get(poolRef('a'))).metadata;
      expect(labels).toEqual({ winner: `w${results.indexOf('done')}` });
    },
  },
  {
    name: 'of an update and a deletion of one version exactly one wins',
    async run({ store, reopen }) {
      const other = await reopen();
      for (let round = 0; round < 10; round++) {
        const created = await create(store, pool('a'));
        const [updated, deleted] = await Promise.all([
          outcome(store.update(poolRef('a'), withSpec(created, { disabled: true }))),
          outcome(other.delete(poolRef('a'), versionOf(created))),
        ]);
        expect([updated, deleted].filter((result) => result === 'done')).toHaveLength(1);
        expect(await outcome(store.get(poolRef('a')))).toBe(updated === 'done' ? 'done' : 'not-found');
        if (updated === 'done') await store.delete(poolRef('a'));
      }
    },
  },
  {
    name: 'no increment is lost among clients that retry after conflicts',
    async run({ store, reopen }) {
      const stores = [store, await reopen(), await reopen()];
      await create(store, pool('a'));
      await Promise.all(
        stores.map(async (one) => {
          for (let count = 0; count < 10; count++) await increment(one);
        }),
      );
      expect((await store.get(poolRef('a'))).metadata.labels).toEqual({ count: '30' });
    },
  },
];
