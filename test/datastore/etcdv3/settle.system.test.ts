import { describe, expect, test } from 'bun:test';
import type { CalicoctlError } from '../../../src/core/errors.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { etcdDatastore } from '../../../src/datastore/etcdv3/store.ts';
import { isUnknownOutcome } from '../../../src/datastore/etcdv3/wire/errors.ts';
import { CHANGED, globalSet, globalSetRef, withSpec } from '../contract/objects.ts';
import { oneKey } from './one-key.ts';

/** Writes whose answer is lost: what the backend makes of them. */

const ref = globalSetRef('a');

function open() {
  const etcd = oneKey();
  return { etcd, store: etcdDatastore(etcd.client) };
}

async function errorOf(work: Promise<unknown>): Promise<CalicoctlError> {
  return work.then(
    () => {
      throw new Error('it succeeded');
    },
    (error) => error as CalicoctlError,
  );
}

describe('a creation without an answer', () => {
  test('that was carried out is found, and not made again', async () => {
    const { etcd, store } = open();
    etcd.plan('lost');
    const created = await store.create(ref, globalSet('a'));
    expect([created.metadata.resourceVersion, etcd.transactions]).toEqual(['2', 1]);
    expect(await store.get(ref)).toEqual(created);
  });

  test('that was not carried out is made again', async () => {
    const { etcd, store } = open();
    etcd.plan('stopped');
    const created = await store.create(ref, globalSet('a'));
    expect([etcd.transactions, etcd.stored?.version]).toEqual([2, 1n]);
    expect(await store.get(ref)).toEqual(created);
  });

  test('that is carried out late, while it is made again, is found', async () => {
    const { etcd, store } = open();
    etcd.plan('late');
    const created = await store.create(ref, globalSet('a'));
    expect([created.metadata.resourceVersion, etcd.stored?.version]).toEqual(['2', 1n]);
  });

  test('that was carried out and changed since is still a creation of ours', async () => {
    const { etcd, store } = open();
    etcd.plan('lost');
    etcd.beforeRead(async () => store.update(ref, withSpec(await store.get(ref), CHANGED)));
    const created = await store.create(ref, globalSet('a'));
    expect([created.metadata.resourceVersion, etcd.stored?.modRevision]).toEqual(['2', 3n]);
  });

  test('where another one came first says so', async () => {
    const { etcd, store } = open();
    const other = globalSet('a', CHANGED);
    const theirs = { ...other, metadata: { ...other.metadata, uid: '00000000-0000-4000-8000-00000000000f' } };
    etcd.plan('stopped');
    etcd.beforeRead(() => store.create(ref, theirs));
    expect((await errorOf(store.create(ref, globalSet('a')))).errorClass).toBe('already-exists');
    expect((await store.get(ref)).spec).toEqual(CHANGED);
  });
});

describe('an update without an answer', () => {
  test('that was carried out is found, and not made again', async () => {
    const { etcd, store } = open();
    const created = await store.create(ref, globalSet('a'));
    etcd.plan('lost');
    const updated = await store.update(ref, withSpec(created, CHANGED));
    expect([updated.metadata.resourceVersion, etcd.transactions]).toEqual(['3', 1]);
  });

  test('that is carried out late, while it is made again, is found', async () => {
    const { etcd, store } = open();
    const created = await store.create(ref, globalSet('a'));
    etcd.plan('late');
    const updated = await store.update(ref, withSpec(created, CHANGED));
    expect([updated.metadata.resourceVersion, etcd.stored?.version]).toEqual(['3', 2n]);
  });

  test('that was not carried out is made again, unless somebody else changed the object', async () => {
    const { etcd, store } = open();
    const created = await store.create(ref, globalSet('a'));
    etcd.plan('stopped');
    const updated = await store.update(ref, withSpec(created, CHANGED));
    expect([updated.metadata.resourceVersion, etcd.transactions]).toEqual(['3', 2]);
    etcd.plan('stopped');
    etcd.beforeRead(() => store.update(ref, withSpec(updated, { nets: ['10.8.0.0/16'] })));
    const late = store.update(ref, withSpec(updated, { nets: ['10.9.0.0/16'] }));
    expect((await errorOf(late)).errorClass).toBe('conflict');
    expect((await store.get(ref)).spec).toEqual({ nets: ['10.8.0.0/16'] });
  });
});

describe('a deletion without an answer', () => {
  test('that was carried out is done', async () => {
    for (const version of [undefined, '2']) {
      const { etcd, store } = open();
      await store.create(ref, globalSet('a'));
      etcd.plan('lost');
      expect((await store.delete(ref, version)).metadata).toEqual({ name: 'a' });
      expect([etcd.transactions, etcd.stored]).toEqual([1, undefined]);
    }
  });

  test('that is carried out late is done', async () => {
    const { etcd, store } = open();
    const created = await store.create(ref, globalSet('a'));
    etcd.plan('late');
    expect(await store.delete(ref)).toEqual(created);
    expect([etcd.transactions, etcd.stored]).toEqual([2, undefined]);
  });

  test('that was not carried out is made again', async () => {
    const { etcd, store } = open();
    const created = await store.create(ref, globalSet('a'));
    etcd.plan('stopped');
    expect(await store.delete(ref)).toEqual(created);
    expect([etcd.transactions, etcd.stored]).toEqual([2, undefined]);
  });

  test('is not made again on a version that was not asked for', async () => {
    const { etcd, store } = open();
    const created = await store.create(ref, globalSet('a'));
    etcd.plan('stopped');
    etcd.beforeRead(() => store.update(ref, withSpec(created, CHANGED)));
    const late = store.delete(ref, created.metadata.resourceVersion!);
    expect((await errorOf(late)).errorClass).toBe('conflict');
    expect(etcd.stored?.modRevision).toBe(3n);
  });
});

describe('where nothing can be found out', () => {
  const writes: readonly ((store: Datastore) => Promise<unknown>)[] = [
    (store) => store.create(ref, globalSet('a')),
    (store) => store.update(ref, { ...globalSet('a'), metadata: { name: 'a', resourceVersion: '7' } }),
    (store) => store.delete(ref),
  ];
  for (const [fate, errorClass] of [
    ['interrupted', 'cancelled'],
    ['slow', 'timeout'],
  ] as const) {
    test(`because it was ${fate}, nothing is tried again`, async () => {
      for (const write of writes) {
        const { etcd, store } = open();
        etcd.plan(fate);
        const error = await errorOf(write(store));
        expect([error.errorClass, isUnknownOutcome(error), etcd.transactions]).toEqual([errorClass, true, 1]);
        expect(error.message).toEndWith('; the change may or may not have been made');
      }
    });
  }

  test('because etcd does not answer either, the error says what is not known', async () => {
    const { etcd, store } = open();
    etcd.plan('lost');
    etcd.refuseReads();
    const error = await errorOf(store.create(ref, globalSet('a')));
    expect([error.errorClass, isUnknownOutcome(error), etcd.transactions]).toEqual(['unavailable', true, 1]);
    expect(error.message).toContain('may or may not have been made');
  });

  test('because it breaks off every time, the error says so in the end', async () => {
    const { etcd, store } = open();
    etcd.plan(...Array.from({ length: 100 }, () => 'stopped' as const));
    const error = await errorOf(store.create(ref, globalSet('a')));
    expect([isUnknownOutcome(error), etcd.transactions < 10]).toEqual([true, true]);
  });
});
