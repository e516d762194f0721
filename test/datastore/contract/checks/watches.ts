import { expect } from 'bun:test';
import type { Change, Datastore, Query } from '../../../../src/datastore/datastore.ts';
import type { Check } from '../contract.ts';
import {
  CHANGED,
  create,
  GlobalNetworkSet,
  globalSet,
  globalSetRef,
  NetworkSet,
  networkSet,
  pagesOf,
  setRef,
  versionOf,
  withSpec,
} from '../objects.ts';

const needs = ['watch'] as const;

async function versionNow(store: Datastore, query: Query): Promise<string> {
  return (await pagesOf(store, query))[0]!.version;
}

/** The next so many changes, as words; fails after five seconds. */
async function take(changes: AsyncIterator<Change>, count: number): Promise<string[]> {
  const words: string[] = [];
  while (words.length < count) {
    const next = await Promise.race([changes.next(), Bun.sleep(5000)]);
    if (next === undefined) throw new Error(`no change for five seconds after ${JSON.stringify(words)}`);
    if (next.done) throw new Error(`the watch ended after ${JSON.stringify(words)}`);
    const { type, resource } = next.value;
    words.push(`${type} ${resource.metadata.name}`);
  }
  return words;
}

export const watches: readonly Check[] = [
  {
    name: 'a watch tells additions, changes and deletions one after the other',
    needs,
    async run({ store, reopen }) {
      const existing = await create(store, globalSet('old'));
      const changes = store
        .watch({ kind: GlobalNetworkSet }, await versionNow(store, { kind: GlobalNetworkSet }))
        [Symbol.asyncIterator]();
      const other = await reopen();
      const created = await create(other, globalSet('a'));
      expect(await take(changes, 1)).toEqual(['added a']);
      const updated = await other.update(globalSetRef('a'), withSpec(created, CHANGED));
      const next = await changes.next();
      expect(next.value).toMatchObject({ type: 'modified', resource: updated });
      await other.delete(globalSetRef('a'));
      expect(await take(changes, 1)).toEqual(['deleted a']);
      await other.delete(globalSetRef('old'), versionOf(existing));
      expect(await take(changes, 1)).toEqual(['deleted old']);
      await changes.return?.();
    },
  },
  {
    name: 'a watch begins right after the list whose version it is given',
    needs,
    async run({ store }) {
      const first = await create(store, globalSet('a'));
      await create(store, globalSet('b'));
      const version = await versionNow(store, { kind: GlobalNetworkSet });
      await store.update(globalSetRef('a'), withSpec(first, CHANGED));
      await store.delete(globalSetRef('b'));
      await create(store, globalSet('c'));
      const changes = store.watch({ kind: GlobalNetworkSet }, version)[Symbol.asyncIterator]();
      expect((await take(changes, 3)).sort()).toEqual(['added c', 'deleted b', 'modified a']);
      await changes.return?.();
    },
  },
  {
    name: 'a watch of one namespace or prefix tells of nothing else',
    needs,
    async run({ store }) {
      const query: Query = { kind: NetworkSet, namespace: 'dev', namePrefix: 'web' };
      const changes = store.watch(query, await versionNow(store, query))[Symbol.asyncIterator]();
      await create(store, networkSet('prod', 'web-1'));
      await create(store, networkSet('dev', 'db-1'));
      await create(store, networkSet('dev', 'web-2'));
      expect(await take(changes, 1)).toEqual(['added web-2']);
      await store.delete(setRef('prod', 'web-1'));
      await store.delete(setRef('dev', 'web-2'));
      expect(await take(changes, 1)).toEqual(['deleted web-2']);
      await changes.return?.();
    },
  },
  {
    name: 'a watch ends at once when its consumer stops, change or no change',
    needs,
    async run({ store }) {
      const changes = store
        .watch({ kind: GlobalNetworkSet }, await versionNow(store, { kind: GlobalNetworkSet }))
        [Symbol.asyncIterator]();
      const pending = changes.next();
      await Bun.sleep(20);
      const isOver = await Promise.race([changes.return?.().then(() => true), Bun.sleep(1000)]);
      expect(isOver).toBe(true);
      expect(await pending).toEqual({ done: true, value: undefined });
    },
  },
];
