import { expect } from 'bun:test';
import type { Datastore } from '../../../../src/datastore/datastore.ts';
import type { Check } from '../contract.ts';
import {
  CHANGED,
  create,
  globalSet,
  globalSetRef,
  outcome,
  versionOf,
  withLabels,
  withSpec,
} from '../objects.ts';

function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of outcomes) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** Adds one to a label as careful programs do: read, write at the version read, and again after a conflict. */
async function increment(store: Datastore): Promise<void> {
  for (;;) {
    const read = await store.get(globalSetRef('a'));
    const count = Number(read.metadata.labels?.['count'] ?? 0) + 1;
    const result = await outcome(store.update(globalSetRef('a'), withLabels(read, { count: String(count) })));
    if (result === 'done') return;
    expect(result).toBe('conflict');
  }
}

export const races: readonly Check[] = [
  {
    name: 'of many updates of one version exactly one wins',
    async run({ store, reopen, contenders = 50 }) {
      const stores = [store, await reopen()];
      const created = await create(store, globalSet('a'));
      const results = await Promise.all(
        Array.from({ length: contenders }, (_, index) =>
          outcome(stores[index % 2]!.update(globalSetRef('a'), withLabels(created, { winner: `w${index}` }))),
        ),
      );
      expect(tally(results)).toEqual({ done: 1, conflict: contenders - 1 });
      const { labels } = (await store.get(globalSetRef('a'))).metadata;
      expect(labels).toEqual({ winner: `w${results.indexOf('done')}` });
    },
  },
  {
    name: 'of many creations of one name exactly one wins',
    async run({ store, reopen, contenders = 50 }) {
      const stores = [store, await reopen()];
      const results = await Promise.all(
        Array.from({ length: contenders }, (_, index) =>
          outcome(create(stores[index % 2]!, withLabels(globalSet('a'), { winner: `w${index}` }))),
        ),
      );
      expect(tally(results)).toEqual({ done: 1, 'already-exists': contenders - 1 });
      const { labels } = (await store.get(globalSetRef('a'))).metadata;
      expect(labels).toEqual({ winner: `w${results.indexOf('done')}` });
    },
  },
  {
    name: 'of an update and a deletion of one version exactly one wins',
    async run({ store, reopen, contenders = 50 }) {
      const other = await reopen();
      for (let round = 0; round < contenders / 5; round++) {
        const created = await create(store, globalSet('a'));
        const [updated, deleted] = await Promise.all([
          outcome(store.update(globalSetRef('a'), withSpec(created, CHANGED))),
          outcome(other.delete(globalSetRef('a'), versionOf(created))),
        ]);
        expect([updated, deleted].filter((result) => result === 'done')).toHaveLength(1);
        expect(await outcome(store.get(globalSetRef('a')))).toBe(updated === 'done' ? 'done' : 'not-found');
        if (updated === 'done') await store.delete(globalSetRef('a'));
      }
    },
  },
  {
    name: 'no increment is lost among clients that retry after conflicts',
    async run({ store, reopen, contenders = 50 }) {
      const stores = [store, await reopen(), await reopen()];
      const each = Math.ceil(contenders / 5);
      await create(store, globalSet('a'));
      await Promise.all(
        stores.map(async (one) => {
          for (let count = 0; count < each; count++) await increment(one);
        }),
      );
      expect((await store.get(globalSetRef('a'))).metadata.labels).toEqual({ count: String(3 * each) });
    },
  },
];
