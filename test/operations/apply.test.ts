import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { CalicoctlError, formatError } from '../../src/core/errors.ts';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { applyResource } from '../../src/operations/apply.ts';
import { startRun } from '../../src/operations/guards/seen.ts';
import { createResource, deleteResource, type Intent } from '../../src/operations/write.ts';
import { API_VERSION } from '../../src/resources/kind.ts';
import { fileStore, interrupted, type OpenStore, put, ref } from './stores.ts';

let open: OpenStore;
let asked: Record<string, number>;
beforeEach(async () => {
  open = await fileStore();
  asked = {};
});
afterEach(() => open.stop());

type Method = 'get' | 'list' | 'create' | 'update' | 'delete';

/** The folder as an API server would look: it counts what it is asked, and refuses some of it. */
function server(...refused: readonly Method[]): Datastore {
  const counted =
    <T extends readonly unknown[], R>(method: Method, work: (...args: T) => R) =>
    (...args: T): R => {
      asked[method] = (asked[method] ?? 0) + 1;
      if (!refused.includes(method)) return work(...args);
      throw new CalicoctlError('unauthorized', `may not ${method}`, { scope: 'resource' });
    };
  const { store } = open;
  return {
    ...store,
    capabilities: { ...store.capabilities, name: 'kubernetes' },
    get: counted('get', async (...args) => store.get(...args)),
    list: counted('list', (query) => store.list(query)),
    create: counted('create', async (...args) => store.create(...args)),
    update: counted('update', async (...args) => store.update(...args)),
    delete: counted('delete', async (...args) => store.delete(...args)),
  } as Datastore;
}

async function intent(kind: string, name: string, spec: Record<string, unknown>): Promise<Intent> {
  const resource = { apiVersion: API_VERSION, kind, metadata: { name }, spec: spec as never };
  return { ref: await ref(kind, name), resource };
}

async function requests(work: () => Promise<unknown>): Promise<Record<string, number>> {
  asked = {};
  await work();
  return asked;
}

async function message(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => formatError(error),
  );
}

const set = (name: string, net = '10.0.0.0/8') => intent('GlobalNetworkSet', name, { nets: [net] });

describe('requests of an apply to a server that must be asked for what is there', () => {
  test('one for what is new, two for what is there, three where the guess was wrong', async () => {
    const store = server();
    expect(await requests(async () => applyResource(store, await set('a')))).toEqual({ create: 1 });
    expect(await requests(async () => applyResource(store, await set('a')))).toEqual({
      ...{ create: 1, get: 1, update: 1 },
    });
    expect(await requests(async () => applyResource(store, await set('a')))).toEqual({ get: 1, update: 1 });
    expect(await requests(async () => applyResource(store, await set('b')))).toEqual({ get: 1, create: 1 });
    expect(await requests(async () => applyResource(store, await set('c')))).toEqual({ create: 1 });
  });
});

describe('an apply of what somebody deletes meanwhile', () => {
  test('before we read it or write it makes it anew', async () => {
    for (const method of ['get', 'update'] as const) {
      await put(open.store, 'GlobalNetworkSet', method, { nets: ['10.0.0.0/8'] });
      const target = await ref('GlobalNetworkSet', method);
      const store = interrupted(server(), method, async (call) => {
        if (call === 1) await open.store.delete(target);
      });
      expect(await message(applyResource(store, await set(method, '11.0.0.0/8')))).toBe('done');
      expect((await open.store.get(target)).spec).toEqual({ nets: ['11.0.0.0/8'] });
    }
  });
});

describe('an apply by somebody who', () => {
  test('may change but not create changes what is there', async () => {
    await put(open.store, 'GlobalNetworkSet', 'a', { nets: ['10.0.0.0/8'] });
    const store = server('create');
    expect(await message(applyResource(store, await set('a', '11.0.0.0/8')))).toBe('done');
    expect((await open.store.get(await ref('GlobalNetworkSet', 'a'))).spec).toEqual({ nets: ['11.0.0.0/8'] });
    expect(await message(applyResource(store, await set('b')))).toBe('may not create');
  });

  test('may not even look is told of the first right that is missing', async () => {
    await put(open.store, 'GlobalNetworkSet', 'a', { nets: ['10.0.0.0/8'] });
    expect(await message(applyResource(server('create', 'get'), await set('a')))).toBe('may not create');
    expect(await message(applyResource(server('update'), await set('a')))).toBe('may not update');
  });

  test('may not read tiers writes policies of the default tier only', async () => {
    const policy = (name: string, tier: string) => intent('GlobalNetworkPolicy', name, { tier, order: 1 });
    const store = server('get');
    expect(await message(createResource(store, await policy('a', 'default')))).toBe('done');
    expect(await message(createResource(store, await policy('b', 'other')))).toBe('may not get');
  });
});

describe('in a run', () => {
  const runOf = (store: Datastore) => {
    startRun(store);
    return store;
  };

  test('the tier of many policies is looked up once', async () => {
    const store = runOf(server());
    await put(open.store, 'Tier', 'default', { order: 1 });
    const many = async () => {
      for (let i = 0; i < 20; i++)
        await createResource(store, await intent('GlobalNetworkPolicy', `p${i}`, { tier: 'default' }));
    };
    expect(await requests(many)).toEqual({ get: 1, create: 20 });
  });

  test('that a tier is missing is never remembered', async () => {
    const store = runOf(server());
    const policy = await intent('GlobalNetworkPolicy', 'p', { tier: 'late' });
    expect(await message(createResource(store, policy))).toContain('Tier(late)');
    await put(open.store, 'Tier', 'late', { order: 1 });
    expect(await message(createResource(store, policy))).toBe('done');
  });

  test('pools are checked against each other after one look', async () => {
    const store = runOf(server());
    const pool = (i: number, cidr = `10.${i}.0.0/16`) => intent('IPPool', `p${i}`, { cidr });
    const many = async () => {
      for (let i = 0; i < 20; i++) await createResource(store, await pool(i));
    };
    expect(await requests(many)).toEqual({ list: 2, create: 20 });
    expect(await message(createResource(store, await pool(20, '10.5.128.0/17')))).toContain('overlaps');
  });

  test('no pool is refused for one that is gone meanwhile', async () => {
    const store = runOf(server());
    await createResource(store, await intent('IPPool', 'old', { cidr: '10.0.0.0/16' }));
    await open.store.delete(await ref('IPPool', 'old'));
    expect(await message(createResource(store, await intent('IPPool', 'new', { cidr: '10.0.0.0/16' })))).toBe(
      'done',
    );
  });

  test('many tiers are deleted after one look at the policies, and none that holds one', async () => {
    const store = runOf(server());
    for (let i = 0; i < 20; i++) await put(open.store, 'Tier', `t${i}`, { order: i });
    await put(open.store, 'GlobalNetworkPolicy', 'p', { tier: 't19' });
    const remove = async (i: number) => deleteResource(store, await intent('Tier', `t${i}`, {}));
    const many = async () => {
      for (let i = 0; i < 19; i++) await remove(i);
    };
    expect(await requests(many)).toEqual({ list: 4, delete: 19 });
    expect(await message(remove(19))).toContain('it holds GlobalNetworkPolicy(p)');
    await open.store.delete(await ref('GlobalNetworkPolicy', 'p'));
    expect(await message(remove(19))).toBe('done');
  });
});
