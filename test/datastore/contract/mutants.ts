import { describe, expect, test } from 'bun:test';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import type { Resource } from '../../../src/resources/kind.ts';
import { CHECKS, type Environment, type Need, runCheck } from './contract.ts';

/** A suite that cannot fail proves nothing: datastores with a planted fault, and the checks that must notice. */

type Mutation = (store: Datastore) => Partial<Datastore>;

const MUTANTS: Readonly<
  Record<string, { readonly mutation: Mutation; readonly noticedBy: readonly string[] }>
> = {
  'update ignores the version it is given': {
    mutation: (store) => ({
      async update(ref, resource) {
        const { resourceVersion } = (await store.get(ref)).metadata;
        return store.update(ref, {
          ...resource,
          metadata: { ...resource.metadata, resourceVersion: resourceVersion! },
        });
      },
    }),
    noticedBy: [
      'update at an old version is a conflict and changes nothing',
      'update without a version is refused and changes nothing',
    ],
  },
  'delete ignores the version it is given': {
    mutation: (store) => ({ delete: (ref) => store.delete(ref) }),
    noticedBy: ['delete with an old version is a conflict; with the current one it removes'],
  },
  'create overwrites': {
    mutation: (store) => ({
      async create(ref, resource) {
        await store.delete(ref).catch(() => undefined);
        return store.create(ref, resource);
      },
    }),
    noticedBy: ['create never overwrites'],
  },
  'unknown fields of a spec are lost on the way in': {
    mutation: (store) => ({
      create: (ref, resource) => store.create(ref, onlyKnown(resource)),
      update: (ref, resource) => store.update(ref, onlyKnown(resource)),
    }),
    noticedBy: ['fields unknown to this program survive get, update and get'],
  },
  'whole numbers pass through doubles': {
    mutation: (store) => ({ get: async (ref) => rounded(await store.get(ref)) }),
    noticedBy: ['whole numbers beyond 2^53 are exact'],
  },
  'lists leave out what cannot be decoded without a word': {
    mutation: (store) => ({
      async *list(query) {
        for await (const page of store.list(query)) yield { ...page, corrupt: [] };
      },
    }),
    noticedBy: ['a list names entries that cannot be decoded beside those that can'],
  },
  'every page has a version of its own': {
    mutation: (store) => ({
      async *list(query) {
        let number = 0;
        for await (const page of store.list(query)) yield { ...page, version: `${page.version}${number++}` };
      },
    }),
    noticedBy: ['a long list comes whole, in order, under one version'],
  },
};

const KNOWN = new Set(['nets']);

function onlyKnown(resource: Resource): Resource {
  const known = Object.entries(resource.spec).filter(([field]) => KNOWN.has(field));
  return { ...resource, spec: Object.fromEntries(known) };
}

function rounded(resource: Resource): Resource {
  const text = JSON.stringify(resource, (_key, value) => (typeof value === 'bigint' ? Number(value) : value));
  return JSON.parse(text) as Resource;
}

function mutate(mutation: Mutation, open: () => Promise<Environment>): () => Promise<Environment> {
  const twisted = (store: Datastore): Datastore => ({ ...store, ...mutation(store) });
  return async () => {
    const environment = await open();
    return {
      ...environment,
      store: twisted(environment.store),
      reopen: async () => twisted(await environment.reopen()),
    };
  };
}

/** Declares a test for every fault: planted into the backend, each check that must notice it does. */
export function describeMutants(
  open: () => Promise<Environment>,
  { lacks = [] }: { readonly lacks?: readonly Need[] } = {},
): void {
  const isPut = ({ needs = [] }: (typeof CHECKS)[number]) => !needs.some((need) => lacks.includes(need));
  describe('the contract notices', () => {
    for (const [name, { mutation, noticedBy }] of Object.entries(MUTANTS)) {
      const checks = CHECKS.filter((check) => noticedBy.includes(check.name) && isPut(check));
      if (checks.length === 0) continue;
      test(name, async () => {
        const failed: string[] = [];
        for (const check of checks)
          await runCheck(check, mutate(mutation, open)).catch(() => failed.push(check.name));
        expect(failed.sort()).toEqual(checks.map((check) => check.name).sort());
      }, 60_000);
    }
  });
}
