import { describe, expect, test } from 'bun:test';
import type { CalicoctlError } from '../../../../src/core/errors.ts';
import type { Backing, CalicoGroup } from '../../../../src/datastore/kubernetes/backing.ts';
import { customResources } from '../../../../src/datastore/kubernetes/objects/customresources.ts';
import {
  CHANGED,
  GlobalNetworkSet,
  globalSet,
  globalSetRef,
  withLabels,
  withSpec,
} from '../../contract/objects.ts';
import { LosingApi } from './losing-api.ts';

/** Writes whose answer is lost: what the custom resources make of them. */

const ref = globalSetRef('a');
const given = globalSet('a');
const GROUPS: readonly CalicoGroup[] = ['crd.projectcalico.org/v1', 'projectcalico.org/v3'];

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

async function errorOf(work: Promise<unknown>): Promise<CalicoctlError> {
  return work.then(
    () => {
      throw new Error('it succeeded');
    },
    (error) => error as CalicoctlError,
  );
}

const writes: readonly ((store: Backing) => Promise<unknown>)[] = [
  (store) => store.create(globalSetRef('b'), globalSet('b')),
  async (store) => store.update(ref, withSpec(await store.get(ref), CHANGED)),
  (store) => store.delete(ref),
];

describe.each(GROUPS)('in %s', (group) => {
  function open() {
    const server = new LosingApi();
    return { server, store: customResources(server.api, GlobalNetworkSet, group) };
  }

  test('a creation that was carried out is found, and not made again', async () => {
    const { server, store } = open();
    server.plan('lost');
    const created = await store.create(ref, given);
    expect([created.metadata.resourceVersion, server.writes]).toEqual(['101', 1]);
    expect(await store.get(ref)).toEqual(created);
  });

  test('a creation that was not carried out is made again', async () => {
    const { server, store } = open();
    server.plan('stopped');
    const created = await store.create(ref, given);
    expect([created.metadata.resourceVersion, server.writes]).toEqual(['101', 2]);
  });

  test('a creation that is carried out late, while it is made again, is found', async () => {
    const { server, store } = open();
    server.plan('late');
    const created = await store.create(ref, given);
    expect([created.metadata.resourceVersion, server.writes]).toEqual(['101', 2]);
  });

  test('a creation is not taken for one of long ago with the same content', async () => {
    const { server, store } = open();
    const before = { ...given, metadata: { ...given.metadata, creationTimestamp: '2020-01-01T00:00:00Z' } };
    const old = await store.create(ref, before);
    const [key, object] = [...server.objects][0]!;
    server.objects.set(key, {
      ...object,
      metadata: { ...object.metadata, creationTimestamp: '2020-01-01T00:00:00Z' },
    });
    server.plan('stopped');
    expect((await errorOf(store.create(ref, given))).errorClass).toBe('already-exists');
    expect((await store.get(ref)).metadata.resourceVersion).toBe(old.metadata.resourceVersion!);
  });

  test('a creation is unknown where there is another object of the same moment', async () => {
    const { server, store } = open();
    const mine = { ...given, metadata: { ...given.metadata, creationTimestamp: now() } };
    server.plan('stopped');
    server.beforeRead(() => store.create(ref, { ...withSpec(mine, CHANGED) }));
    const error = await errorOf(store.create(ref, mine));
    expect([error.errorClass, error.details.mayBeDone]).toEqual(['unavailable', true]);
    expect((await store.get(ref)).spec).toEqual(CHANGED);
  });

  test('an update that was carried out is found, and not made again', async () => {
    const { server, store } = open();
    const created = await store.create(ref, given);
    server.plan('lost');
    const updated = await store.update(ref, withSpec(created, CHANGED));
    expect([updated.metadata.resourceVersion, updated.spec, server.writes]).toEqual(['102', CHANGED, 1]);
  });

  test('an update that is carried out late, while it is made again, is found', async () => {
    const { server, store } = open();
    const created = await store.create(ref, given);
    server.plan('late');
    const updated = await store.update(ref, withSpec(created, CHANGED));
    expect([updated.metadata.resourceVersion, server.writes]).toEqual(['102', 2]);
  });

  test('an update that was not carried out is made again, unless somebody else changed the object', async () => {
    const { server, store } = open();
    const created = await store.create(ref, given);
    server.plan('stopped');
    const updated = await store.update(ref, withSpec(created, CHANGED));
    expect([updated.metadata.resourceVersion, server.writes]).toEqual(['102', 2]);
    server.plan('stopped');
    server.beforeRead(() => store.update(ref, withSpec(updated, { nets: ['10.8.0.0/16'] })));
    const late = store.update(ref, withSpec(updated, { nets: ['10.9.0.0/16'] }));
    expect((await errorOf(late)).errorClass).toBe('conflict');
    expect((await store.get(ref)).spec).toEqual({ nets: ['10.8.0.0/16'] });
  });

  test('an update that takes something away is not taken for a change that leaves it', async () => {
    const { server, store } = open();
    const created = await store.create(ref, withLabels(given, { gone: '1' }));
    server.plan('stopped');
    server.beforeRead(() => store.update(ref, withLabels(created, { gone: '1', other: '2' })));
    const late = store.update(ref, withLabels(created, {}));
    expect((await errorOf(late)).errorClass).toBe('conflict');
    expect((await store.get(ref)).metadata.labels).toEqual({ gone: '1', other: '2' });
  });

  test('a deletion that was carried out, or is late, is done', async () => {
    for (const fate of ['lost', 'late'] as const) {
      for (const version of [undefined, '101']) {
        const { server, store } = open();
        const created = await store.create(ref, given);
        server.plan(fate);
        expect(await store.delete(ref, version)).toEqual(created);
        expect([...server.objects.keys()]).toEqual([]);
      }
    }
  });

  test('a deletion that was not carried out is made again', async () => {
    const { server, store } = open();
    const created = await store.create(ref, given);
    server.plan('stopped');
    expect(await store.delete(ref)).toEqual(created);
    expect([server.writes, server.objects.size]).toEqual([2, 0]);
  });

  test('a deletion is not made again on another object of the name, nor on a version that was not asked for', async () => {
    const { server, store } = open();
    const created = await store.create(ref, given);
    server.plan('lost');
    const rest: (() => unknown)[] = [() => {}, () => store.create(ref, withSpec(given, CHANGED))];
    const next = () => {
      const meanwhile = rest.shift();
      if (rest.length > 0) server.beforeRead(next);
      return meanwhile?.();
    };
    server.beforeRead(next);
    expect(await store.delete(ref)).toEqual(created);
    const anew = await store.get(ref);
    expect(anew.spec).toEqual(CHANGED);
    server.plan('stopped');
    server.beforeRead(() => {
      server.beforeRead(() => store.update(ref, withSpec(anew, { nets: ['10.8.0.0/16'] })));
    });
    expect((await errorOf(store.delete(ref, anew.metadata.resourceVersion!))).errorClass).toBe('conflict');
    expect((await store.get(ref)).spec).toEqual({ nets: ['10.8.0.0/16'] });
  });

  test('an unconditional deletion deletes what it has seen, whatever happens meanwhile', async () => {
    const { server, store } = open();
    const created = await store.create(ref, given);
    let updated = created;
    const { delete: remove } = server.api;
    let isFirst = true;
    (server.api as { delete: typeof remove }).delete = async (...args) => {
      if (isFirst) updated = await store.update(ref, withSpec(created, CHANGED));
      isFirst = false;
      return remove(...args);
    };
    expect(await store.delete(ref)).toEqual(updated);
    expect(updated.spec).toEqual(CHANGED);
  });

  describe('nothing can be found out', () => {
    for (const [fate, errorClass] of [
      ['interrupted', 'cancelled'],
      ['slow', 'timeout'],
    ] as const) {
      test(`where it was ${fate}: nothing is tried again`, async () => {
        for (const write of writes) {
          const { server, store } = open();
          await store.create(ref, given);
          server.plan(fate);
          const error = await errorOf(write(store));
          expect([error.errorClass, error.details.mayBeDone, server.writes]).toEqual([errorClass, true, 1]);
        }
      });
    }

    test('where it cannot be read either', async () => {
      const { server, store } = open();
      server.plan('lost');
      server.refuseReads();
      const error = await errorOf(store.create(ref, given));
      expect([error.errorClass, error.details.mayBeDone, server.writes]).toEqual(['unavailable', true, 1]);
    });
  });
});

test('where the server breaks off every time, the error says so in the end', async () => {
  await Promise.all(
    writes.map(async (write) => {
      const server = new LosingApi();
      const store = customResources(server.api, GlobalNetworkSet, GROUPS[0]!);
      await store.create(ref, given);
      server.plan(...Array.from({ length: 100 }, () => 'stopped' as const));
      const error = await errorOf(write(store));
      expect([error.details.mayBeDone, server.writes < 10]).toEqual([true, true]);
    }),
  );
});
