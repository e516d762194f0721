import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { Change, Datastore, Page } from '../../../src/datastore/datastore.ts';
import { etcdDatastore } from '../../../src/datastore/etcdv3/store.ts';
import { type EtcdClient, openEtcd } from '../../../src/datastore/etcdv3/wire/client.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import {
  CHANGED,
  create,
  GlobalNetworkSet,
  globalSet,
  globalSetRef,
  resource,
  withSpec,
} from '../contract/objects.ts';
import { ACCESSES, type Access } from './environment.ts';

/** What etcd can do and the contract does not ask of every datastore. */

const BlockAffinity = await kindOf('BlockAffinity');

let server: Access;
let client: EtcdClient;
let store: Datastore;
beforeAll(async () => {
  server = await ACCESSES['etcd without TLS']();
}, 30_000);
afterAll(() => server.stop());
beforeEach(async () => {
  await server.clear();
  client = openEtcd(server.options);
  store = etcdDatastore(client, 2);
});

const query = { kind: GlobalNetworkSet };

async function versionNow(): Promise<string> {
  for await (const { version } of store.list(query)) return version;
  throw new Error('a list without a page');
}

function start(kind = GlobalNetworkSet, from?: string): Promise<AsyncIterator<Change>> {
  return (from === undefined ? versionNow() : Promise.resolve(from)).then((version) =>
    store.watch({ kind }, version)[Symbol.asyncIterator](),
  );
}

/** Whether etcd soon counts so many watches. */
async function watchersBecome(count: number): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const metrics = await (await fetch(`${server.env['ETCD_ENDPOINTS']}/metrics`)).text();
    if (Number(/^etcd_debugging_mvcc_watcher_total (\d+)$/m.exec(metrics)?.[1]) === count) return true;
    await Bun.sleep(20);
  }
  return false;
}

describe('a list', () => {
  test('shows one moment on all its pages, whatever is written meanwhile', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await create(store, globalSet(name));
    const pages: Page[] = [];
    for await (const page of store.list(query)) {
      if (pages.length === 0) {
        await store.delete(globalSetRef('d'));
        await create(store, globalSet('f'));
        await store.update(globalSetRef('e'), withSpec(await store.get(globalSetRef('e')), CHANGED));
      }
      pages.push(page);
    }
    const items = pages.flatMap((page) => page.items);
    expect(pages.map((page) => page.items.length)).toEqual([2, 2, 1]);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(items.at(-1)!.spec).toEqual({ nets: ['10.0.0.0/16'] });
  });

  test('may be of the past', async () => {
    const { metadata } = await create(store, globalSet('a'));
    await create(store, globalSet('b'));
    const at = metadata.resourceVersion!;
    const pages = await Array.fromAsync(store.list({ ...query, at }));
    expect(pages.flatMap(({ items }) => items.map((item) => item.metadata.name))).toEqual(['a']);
    expect(pages.map(({ version }) => version)).toEqual([at]);
  });

  test('of ranges of nodes and of others comes in one version', async () => {
    const names = [
      'host/n-1/10.0.0.0/26',
      'host/n-10/10.0.1.0/26',
      'host/n-2/fd00::/122',
      'virtual/lb/10.0.2.0/26',
    ];
    for (const name of names) {
      const affinity = resource(BlockAffinity, { name }, { state: 'confirmed', deleted: false });
      await store.create({ kind: BlockAffinity, name }, affinity);
    }
    const listed = async (namePrefix: string) => {
      const pages: Page[] = [];
      for await (const page of store.list({ kind: BlockAffinity, namePrefix })) pages.push(page);
      expect(new Set(pages.map(({ version }) => version)).size).toBe(1);
      return pages.flatMap(({ items }) => items.map(({ metadata }) => metadata.name));
    };
    expect(await listed('')).toEqual(names);
    expect(await listed('host/n-1/')).toEqual([names[0]!]);
    expect(await listed('host/')).toEqual(names.slice(0, 3));
    expect(await listed('virtual/')).toEqual([names[3]!]);
    expect(await listed('elsewhere/')).toEqual([]);
  });

  test('of the past is there for one object: get at a version', async () => {
    const created = await create(store, globalSet('a'));
    await store.update(globalSetRef('a'), withSpec(created, CHANGED));
    expect(await store.get(globalSetRef('a'), created.metadata.resourceVersion)).toEqual(created);
    for (const version of ['x', '-1', '9223372036854775808', '99999999999999999999']) {
      const error = await store.get(globalSetRef('a'), version).catch((reason) => reason);
      expect(error).toMatchObject({
        errorClass: 'validation',
        message: expect.stringContaining(`"${version}"`),
      });
    }
  });
});

describe('a watch', () => {
  test('of several trees tells changes in the order in which they were made', async () => {
    const changes = await start(BlockAffinity);
    const names = ['virtual/lb/10.0.2.0/26', 'host/n-1/10.0.0.0/26', 'virtual/lb/10.0.3.0/26'];
    for (const name of names) {
      await store.create(
        { kind: BlockAffinity, name },
        resource(BlockAffinity, { name }, { state: 'confirmed', deleted: false }),
      );
    }
    for (const name of names) expect((await changes.next()).value.resource.metadata.name).toBe(name);
    await changes.return!();
  });

  test('passes over what cannot be decoded, and tells when it goes', async () => {
    const changes = await start();
    await server.plant(globalSetRef('a'), 'nonsense');
    await create(store, globalSet('b'));
    expect((await changes.next()).value).toMatchObject({
      type: 'added',
      resource: { metadata: { name: 'b' } },
    });
    await store.delete(globalSetRef('a'));
    expect((await changes.next()).value).toMatchObject({
      type: 'deleted',
      resource: { metadata: { name: 'a' } },
    });
    await changes.return!();
  });

  test('that is given up ends at once, before its first change or after, and in etcd too', async () => {
    for (const changed of [false, true]) {
      const changes = await start();
      const pending = changes.next();
      expect(await watchersBecome(1)).toBe(true);
      if (changed) await create(store, globalSet('a'));
      if (changed) await pending;
      await changes.return!();
      expect(await changes.next()).toEqual({ done: true, value: undefined });
      expect(await Promise.race([changed ? { done: true } : pending, Bun.sleep(1000)])).toMatchObject({
        done: true,
      });
      expect(await watchersBecome(0)).toBe(true);
    }
  });

  test('ends when the datastore is closed', async () => {
    const changes = await start();
    const pending = changes.next();
    await Bun.sleep(20);
    await store.close();
    expect(await Promise.race([pending, Bun.sleep(1000)])).toEqual({ done: true, value: undefined });
  });
});
