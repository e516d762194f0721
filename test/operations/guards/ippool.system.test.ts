import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { CalicoctlError, formatPath, isError } from '../../../src/core/errors.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { applyResource } from '../../../src/operations/apply.ts';
import { createResource, deleteResource, replaceResource } from '../../../src/operations/write.ts';
import { API_VERSION } from '../../../src/resources/kind.ts';
import {
  blockSpec,
  clear,
  etcdStore,
  fileStore,
  interrupted,
  kubernetesStore,
  namesOf,
  type OpenStore,
  put,
  ref,
  specOf,
} from '../stores.ts';

async function pool(name: string, spec: object, resourceVersion?: string) {
  const metadata = { name, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  const resource = { apiVersion: API_VERSION, kind: 'IPPool', metadata, spec: spec as JsonObject };
  return { ref: await ref('IPPool', name), resource };
}

/** What a write was refused for: `path value message` of each problem. */
async function problemsOf(work: Promise<unknown>): Promise<readonly string[]> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isError(error, 'validation')) throw error ?? new Error('it was not refused');
  return error.details.problems!.map(
    ({ path, value, message }) => `${formatPath(path)} ${JSON.stringify(value)} ${message}`,
  );
}

async function claim(
  store: Datastore,
  cidr: string,
  size: number,
  used: Readonly<Record<number, string>>,
): Promise<void> {
  await put(store, 'IPAMBlock', cidr, blockSpec(cidr, size, used));
  const spec = { state: 'confirmed', node: 'worker-1', type: 'host', cidr, deleted: false };
  await put(store, 'BlockAffinity', `host/worker-1/${cidr}`, spec);
}

test('pools go without more ado where the datastore has no blocks', async () => {
  const { store, stop } = await fileStore();
  try {
    await put(store, 'IPPool', 'pods', { cidr: '10.0.0.0/24', disabled: true });
    const blockless: Datastore = {
      ...store,
      list(query) {
        if (query.kind.internal === true) throw new CalicoctlError('not-supported', 'no blocks here');
        return store.list(query);
      },
    };
    await createResource(blockless, await pool('more', { cidr: '10.0.1.0/24' }));
    await deleteResource(blockless, await pool('pods', {}));
    expect(await namesOf(store, 'IPPool')).toEqual(['IPPool/more']);
  } finally {
    await stop();
  }
});

describe.each([
  ['etcd', etcdStore],
  ['folder', fileStore],
  ['Kubernetes', kubernetesStore],
] as const)('pools in %s', (_name, openStore) => {
  let open: OpenStore;
  let store: Datastore;
  beforeAll(async () => {
    open = await openStore();
    store = open.store;
  }, 60_000);
  afterEach(() => clear(store));
  afterAll(() => open.stop());

  const create = async (name: string, spec: object) => createResource(store, await pool(name, spec));
  const replace = async (name: string, spec: object) => replaceResource(store, await pool(name, spec));

  test('that overlap others are refused, with each of them named', async () => {
    await create('east', { cidr: '10.64.0.0/16' });
    await create('west', { cidr: '10.65.0.0/16', disabled: true });
    await create('v6', { cidr: 'fd00::/48' });
    const refused = await problemsOf(create('both', { cidr: '10.64.0.0/15' }));
    expect(refused).toEqual([
      'spec.cidr "10.64.0.0/15" overlaps 10.64.0.0/16, the CIDR of IPPool(east)',
      'spec.cidr "10.64.0.0/15" overlaps 10.65.0.0/16, the CIDR of IPPool(west), which is disabled',
    ]);
    const within = applyResource(store, await pool('part', { cidr: 'fd00::1:0:0/96' }));
    expect(await problemsOf(within)).toHaveLength(1);
    await create('beside', { cidr: '10.66.0.0/16' });
  });

  test('of the same name exist, rather than overlap; apply changes them', async () => {
    await create('east', { cidr: '10.64.0.0/16' });
    const error = await create('east', { cidr: '10.64.0.0/16' }).catch((thrown) => thrown);
    expect(isError(error, 'already-exists')).toBe(true);
    await applyResource(store, await pool('east', { cidr: '10.64.0.0/16', natOutgoing: true }));
    expect(await specOf(store, 'IPPool', 'east')).toMatchObject({ natOutgoing: true });
  });

  test('must fit the size of blocks that exist in their range', async () => {
    await put(store, 'IPAMBlock', '10.0.0.8/29', blockSpec('10.0.0.8/29', 8, { 0: 'a' }));
    await put(store, 'IPAMBlock', 'fd00::/126', blockSpec('fd00::/126', 4, {}));
    expect(await problemsOf(create('pods', { cidr: '10.0.0.0/24' }))).toEqual([
      'spec.blockSize 26 does not fit the blocks that exist in 10.0.0.0/24: 10.0.0.8/29 is one of size 29',
    ]);
    expect(await problemsOf(create('v6', { cidr: 'fd00::/64' }))).toHaveLength(1);
    expect(await problemsOf(create('tiny', { cidr: '10.0.0.8/30', blockSize: 30 }))).toHaveLength(1);
    await put(store, 'IPAMBlock', '10.1.0.0/20', blockSpec('10.1.0.0/20', 4096, {}));
    expect(await problemsOf(create('inside', { cidr: '10.1.3.0/24' }))).toHaveLength(1);
    await create('beside', { cidr: '10.0.1.0/24' });
    await create('pods', { cidr: '10.0.0.0/24', blockSize: 29 });
    await create('v6', { cidr: 'fd00::/64', blockSize: 126 });
  });

  test('keep their range, however it is spelled, and the size of their blocks', async () => {
    await put(store, 'IPPool', 'v6', { cidr: 'FD00:0::/64' });
    const respelled = replace('v6', { cidr: 'fd00::/64', natOutgoing: true });
    if (store.capabilities.name === 'kubernetes') {
      // The definition of the kind allows no other text.
      expect(await problemsOf(respelled)).toEqual([
        'spec.cidr undefined cannot be changed: make a new pool and move to it',
      ]);
      return;
    }
    await respelled;
    expect(await specOf(store, 'IPPool', 'v6')).toMatchObject({ cidr: 'fd00::/64', natOutgoing: true });
    expect(await problemsOf(replace('v6', { cidr: 'fd01::/64' }))).toEqual([
      'spec.cidr "fd01::/64" cannot be changed: the pool has fd00::/64; create another pool for another range',
    ]);
    expect(await problemsOf(replace('v6', { cidr: 'fd00::/64', blockSize: 120 }))).toEqual([
      'spec.blockSize 120 cannot be changed: spec.blockSize of the pool is 122, and its blocks are cut to that; not 120',
    ]);
  });

  test('for load balancers take no other use, but others may become such', async () => {
    await create('vips', { cidr: '192.0.2.0/24', allowedUses: ['LoadBalancer'] });
    await create('pods', { cidr: '10.0.0.0/24' });
    expect(await problemsOf(replace('vips', { cidr: '192.0.2.0/24' }))).toEqual([
      'spec.allowedUses ["Workload","Tunnel"] cannot become Workload: a pool for load balancers takes no other use',
    ]);
    await replace('pods', { cidr: '10.0.0.0/24', allowedUses: ['LoadBalancer'] });
    expect(await problemsOf(replace('pods', { cidr: '10.0.0.0/24', allowedUses: ['Tunnel'] }))).toHaveLength(
      1,
    );
  });

  test('are disabled before their blocks are given up, and go last', async () => {
    await create('pods', { cidr: '10.0.0.0/24', blockSize: 30 });
    await claim(store, '10.0.0.0/30', 4, {});
    await claim(store, '10.0.0.4/30', 4, { 1: 'web' });
    await claim(store, '10.0.1.0/30', 4, {});
    const seen: string[] = [];
    const watched = interrupted(
      interrupted(store, 'update', async (_call, { kind, name }) => {
        if (kind.kind !== 'BlockAffinity' || seen.length > 1) return;
        seen.push(`${name} ${(await specOf(store, 'IPPool', 'pods'))?.['disabled']}`);
      }),
      'delete',
      async () => undefined,
    );
    const began = Date.now();
    await deleteResource(watched, await pool('pods', {}));
    expect(Date.now() - began).toBeGreaterThanOrEqual(490);
    expect(seen.sort()).toEqual(['host/worker-1/10.0.0.0/30 true', 'host/worker-1/10.0.0.4/30 true']);
    expect(await namesOf(store, 'IPPool', 'IPAMBlock', 'BlockAffinity')).toEqual([
      'IPAMBlock/10.0.0.4/30',
      'IPAMBlock/10.0.1.0/30',
      'BlockAffinity/host/worker-1/10.0.1.0/30',
    ]);
  });

  test('whose delete broke off say how far it got; the next delete finishes it', async () => {
    await create('pods', { cidr: '10.0.0.0/24', blockSize: 30 });
    await claim(store, '10.0.0.0/30', 4, {});
    await claim(store, '10.0.0.4/30', 4, {});
    const broken = interrupted(store, 'delete', async (_call, { name }) => {
      if (name.endsWith('10.0.0.4/30')) throw new CalicoctlError('unavailable', 'the server went away');
    });
    const error = await deleteResource(broken, await pool('pods', {})).catch((thrown) => thrown);
    expect(isError(error, 'unavailable')).toBe(true);
    expect(error.message).toStartWith('IPPool(pods) is not deleted yet, but it was disabled: ');
    expect(error.details.hint).toStartWith('Repeat the delete to finish it.');
    const began = Date.now();
    await deleteResource(store, await pool('pods', {}));
    expect(Date.now() - began).toBeLessThan(490);
    expect(await namesOf(store, 'IPPool', 'IPAMBlock', 'BlockAffinity')).toEqual([]);
  });

  test('are deleted at the version given and no other, before anything is done', async () => {
    const { metadata } = await create('pods', { cidr: '10.0.0.0/24', disabled: true });
    const stale = metadata.resourceVersion!;
    await replace('pods', { cidr: '10.0.0.0/24', natOutgoing: true });
    const error = await deleteResource(store, await pool('pods', {}, stale)).catch((thrown) => thrown);
    expect(isError(error, 'conflict')).toBe(true);
    const stored = await store.get(await ref('IPPool', 'pods'));
    expect(stored.spec['disabled'] ?? false).toBe(false);
    const { metadata: current } = await replace('pods', { cidr: '10.0.0.0/24', disabled: true });
    await deleteResource(store, await pool('pods', {}, current.resourceVersion));
    const gone = await deleteResource(store, await pool('pods', {})).catch((thrown) => thrown);
    expect(isError(gone, 'not-found')).toBe(true);
  });

  test('that somebody touches meanwhile go all the same, unless they are enabled again', async () => {
    const touch = (change: object) =>
      interrupted(store, 'delete', async (call) => {
        if (call !== 1) return;
        const stored = await store.get(await ref('IPPool', 'pods'));
        await store.update(await ref('IPPool', 'pods'), { ...stored, spec: { ...stored.spec, ...change } });
      });
    const spec = { cidr: '10.0.0.0/24', disabled: true };
    await create('pods', spec);
    const error = await deleteResource(touch({ disabled: false }), await pool('pods', {})).catch(
      (thrown) => thrown,
    );
    expect(error.message).toBe(
      'IPPool(pods) is not deleted yet, but it was disabled and its blocks were released: somebody enabled it again meanwhile',
    );
    await replace('pods', spec);
    await deleteResource(touch({ natOutgoing: true }), await pool('pods', {}));
    expect(await namesOf(store, 'IPPool')).toEqual([]);
  });
});
