import { expect } from 'bun:test';
import type { Resource } from '../../../../src/resources/kind.ts';
import type { Check } from '../contract.ts';
import {
  CHANGED,
  create,
  createAll,
  GlobalNetworkSet,
  globalSet,
  globalSetRef,
  itemsOf,
  keysOf,
  NetworkSet,
  networkSet,
  pagesOf,
  setRef,
} from '../objects.ts';

/** In the order of their bytes, which is neither that of words nor that of numbers. */
const NAMES = ['a', 'a-b', 'a.b', 'a0', 'a1', 'a10', 'a2', 'ab', 'b', 'b-1', 'b.1', 'z'] as const;

function setAt(key: string): Resource {
  const [namespace, name] = key.split('/');
  return networkSet(namespace!, name!);
}

export const lists: readonly Check[] = [
  {
    name: 'a list of nothing is one page with a version',
    async run({ store }) {
      const cluster = await pagesOf(store, { kind: GlobalNetworkSet });
      expect(cluster).toEqual([{ items: [], corrupt: [], version: expect.any(String) }]);
      expect(cluster[0]!.version).not.toBe('');
      const namespaced = await pagesOf(store, { kind: NetworkSet, namespace: 'dev' });
      expect(namespaced).toEqual([{ items: [], corrupt: [], version: expect.any(String) }]);
    },
  },
  {
    name: 'lists are in the order of bytes',
    async run(environment) {
      const { store } = environment;
      const names = ['z', 'a10', 'b.1', 'a', 'a2', 'ab', 'a-b', 'b', 'a1', 'b-1', 'a.b', 'a0'];
      await createAll(
        environment,
        names.map((name) => globalSet(name)),
      );
      expect(await keysOf(store, { kind: GlobalNetworkSet })).toEqual([...NAMES]);
    },
  },
  {
    name: 'namespaces are listed in the order of keys, or one alone',
    async run(environment) {
      const { store } = environment;
      await createAll(environment, ['b/x', 'a/y', 'a-b/z', 'ab/x', 'a/x'].map(setAt));
      expect(await keysOf(store, { kind: NetworkSet })).toEqual(['a-b/z', 'a/x', 'a/y', 'ab/x', 'b/x']);
      expect(await keysOf(store, { kind: NetworkSet, namespace: 'a' })).toEqual(['a/x', 'a/y']);
      expect(await keysOf(store, { kind: NetworkSet, namespace: 'c' })).toEqual([]);
    },
  },
  {
    name: 'a prefix chooses by the beginning of names',
    needs: ['prefixes'],
    async run(environment) {
      const { store } = environment;
      await createAll(
        environment,
        NAMES.map((name) => globalSet(name)),
      );
      expect(await keysOf(store, { kind: GlobalNetworkSet, namePrefix: 'a1' })).toEqual(['a1', 'a10']);
      expect(await keysOf(store, { kind: GlobalNetworkSet, namePrefix: 'b.' })).toEqual(['b.1']);
      expect(await keysOf(store, { kind: GlobalNetworkSet, namePrefix: 'no' })).toEqual([]);
    },
  },
  {
    name: 'a prefix is one of names, not of namespaces',
    needs: ['prefixes'],
    async run(environment) {
      const { store } = environment;
      await createAll(environment, ['web/a', 'web/web-1', 'dev/web-2', 'dev/b'].map(setAt));
      expect(await keysOf(store, { kind: NetworkSet, namespace: 'web', namePrefix: 'web' })).toEqual([
        'web/web-1',
      ]);
      expect(await keysOf(store, { kind: NetworkSet, namePrefix: 'web' })).toEqual([
        'dev/web-2',
        'web/web-1',
      ]);
    },
  },
  {
    name: 'listed objects are those that get finds',
    async run({ store }) {
      await create(store, networkSet('dev', 'a'));
      await create(store, networkSet('prod', 'b'));
      const single = [await store.get(setRef('dev', 'a')), await store.get(setRef('prod', 'b'))];
      expect(await itemsOf(store, { kind: NetworkSet })).toEqual(single);
    },
  },
  {
    name: 'the version of a list changes with every write and with nothing else',
    async run({ store }) {
      const version = async () => (await pagesOf(store, { kind: GlobalNetworkSet }))[0]!.version;
      const seen = [await version()];
      const created = await create(store, globalSet('a'));
      seen.push(await version());
      await store.update(globalSetRef('a'), { ...created, spec: CHANGED });
      seen.push(await version());
      expect(await version()).toBe(seen.at(-1)!);
      await create(store, globalSet('b'));
      seen.push(await version());
      await store.delete(globalSetRef('a'));
      seen.push(await version());
      expect(new Set(seen).size).toBe(seen.length);
    },
  },
  {
    name: 'a long list comes whole, in order, under one version',
    async run(environment) {
      const { store, longList = 2500 } = environment;
      const names = Array.from({ length: longList }, (_, index) => `p${String(index).padStart(5, '0')}`);
      await createAll(
        environment,
        names.map((name) => globalSet(name)),
      );
      const pages = await pagesOf(store, { kind: GlobalNetworkSet });
      expect(pages.flatMap(({ items }) => items.map(({ metadata }) => metadata.name))).toEqual(names);
      expect(new Set(pages.map(({ version }) => version)).size).toBe(1);
      expect(pages.flatMap(({ corrupt }) => corrupt)).toEqual([]);
    },
  },
];
