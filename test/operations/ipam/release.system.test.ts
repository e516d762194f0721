import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { isError } from '../../../src/core/errors.ts';
import { parseJson } from '../../../src/core/json.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import type { ReleaseRequest } from '../../../src/operations/ipam/free.ts';
import { releaseAddresses } from '../../../src/operations/ipam/release.ts';
import { formatAddress, parseAddress } from '../../../src/resources/net/address.ts';
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

const BLOCK = '10.0.0.0/30';

function ask(text: string, more: Partial<ReleaseRequest> = {}): ReleaseRequest {
  return { address: parseAddress(text)!, ...more };
}

async function release(store: Datastore, ...requests: readonly ReleaseRequest[]) {
  const { released, notAllocated, errors, warnings } = await releaseAddresses(store, requests);
  return {
    released: released.map(formatAddress),
    notAllocated: notAllocated.map(formatAddress),
    errors: errors.map((error) => error.message),
    warnings: warnings.map((warning) => warning.message),
  };
}

const NOTHING = { released: [], notAllocated: [], errors: [], warnings: [] };

async function seed(store: Datastore, more: object = {}): Promise<void> {
  await put(store, 'IPPool', 'pods', { cidr: '10.0.0.0/24', blockSize: 30 });
  await put(store, 'IPAMBlock', BLOCK, blockSpec(BLOCK, 4, { 0: 'web', 1: 'web', 3: 'db' }, more));
  await put(store, 'IPAMHandle', 'web', { handleID: 'web', block: { [BLOCK]: 2 }, deleted: false });
  await put(store, 'IPAMHandle', 'db', { handleID: 'db', block: { [BLOCK]: 1 }, deleted: false });
}

describe.each([
  ['etcd', etcdStore],
  ['folder', fileStore],
  ['Kubernetes', kubernetesStore],
] as const)('releasing addresses in %s', (_name, openStore) => {
  let open: OpenStore;
  let store: Datastore;
  beforeAll(async () => {
    open = await openStore();
    store = open.store;
  }, 60_000);
  afterEach(() => clear(store));
  afterAll(() => open.stop());

  test('frees them, counts them off their handles, and drops handles without addresses', async () => {
    await seed(store);
    const outcome = await release(store, ask('10.0.0.1'), ask('10.0.0.3'), ask('10.0.0.2'));
    expect(outcome).toEqual({
      ...NOTHING,
      released: ['10.0.0.1', '10.0.0.3'],
      notAllocated: ['10.0.0.2'],
    });
    expect(await specOf(store, 'IPAMBlock', BLOCK)).toMatchObject({
      affinity: 'host:worker-1',
      allocations: [0, null, null, null],
      unallocated: [2, 1, 3],
      attributes: [{ handle_id: 'web' }],
      sequenceNumber: 1_800_000_000_000_000_002n,
      sequenceNumberForAllocation: { 0: 7 },
    });
    expect(await specOf(store, 'IPAMHandle', 'web')).toMatchObject({ block: { [BLOCK]: 1 } });
    expect(await specOf(store, 'IPAMHandle', 'db')).toBeUndefined();
  });

  test('writes nothing where nobody has the address', async () => {
    await seed(store);
    const before = await namesOf(store, 'IPAMBlock', 'IPAMHandle');
    const watched = interrupted(store, 'update', () => Promise.reject(new Error('written')));
    expect(await release(watched, ask('10.0.0.2'), ask('10.0.0.77'), ask('192.0.2.1'))).toEqual({
      ...NOTHING,
      notAllocated: ['10.0.0.2', '10.0.0.77', '192.0.2.1'],
    });
    expect(await namesOf(store, 'IPAMBlock', 'IPAMHandle')).toEqual(before);
  });

  test('finds addresses whose pool is gone', async () => {
    await put(store, 'IPAMBlock', 'fd00::/126', blockSpec('fd00::/126', 4, { 2: 'web', 3: 'db' }));
    expect(await release(store, ask('fd00::2'))).toEqual({ ...NOTHING, released: ['fd00::2'] });
  });

  test('lets addresses rest for as long as is configured', async () => {
    await seed(store);
    await put(store, 'IPAMConfig', 'default', { ipCooldownSeconds: 60 });
    expect((await release(store, ask('10.0.0.3'))).released).toEqual(['10.0.0.3']);
    const block = await specOf(store, 'IPAMBlock', BLOCK);
    expect(block).toMatchObject({ allocations: [0, 0, null, 1], unallocated: [2] });
    expect(block?.['sequenceNumberForAllocation']).toEqual({ 0: 7, 1: 7, 3: 1_800_000_000_000_000_001n });
    const attributes = (block?.['attributes'] ?? []) as readonly object[];
    expect(attributes.map(Object.keys)).toEqual([['handle_id'], ['releasedAt']]);
    expect((await release(store, ask('10.0.0.3'))).notAllocated).toEqual(['10.0.0.3']);
  });

  test('removes a block that is empty and has no owner', async () => {
    await seed(store, { affinity: null });
    await release(store, ask('10.0.0.0'), ask('10.0.0.1'), ask('10.0.0.3'));
    expect(await namesOf(store, 'IPAMBlock', 'IPAMHandle')).toEqual([]);
  });

  test('touches nothing of a block in which somebody else has an address now, but other blocks', async () => {
    await seed(store);
    await put(store, 'IPAMBlock', '10.0.0.4/30', blockSpec('10.0.0.4/30', 4, { 0: 'cache' }));
    const outcome = await release(
      store,
      ask('10.0.0.0', { handle: 'web' }),
      ask('10.0.0.3', { handle: 'web' }),
      ask('10.0.0.4', { handle: 'cache', sequenceNumber: 7 }),
    );
    expect(outcome).toEqual({
      ...NOTHING,
      released: ['10.0.0.4'],
      errors: ['10.0.0.3 is held by handle "db", not "web"'],
    });
    expect(await specOf(store, 'IPAMHandle', 'web')).toMatchObject({ block: { [BLOCK]: 2 } });
  });

  test('starts over when the block was changed in between', async () => {
    await seed(store);
    const disturbed = interrupted(store, 'update', async (call, { kind }) => {
      if (call <= 2 && kind.kind === 'IPAMBlock') await release(store, ask(`10.0.0.${call - 1}`));
    });
    expect((await release(disturbed, ask('10.0.0.3'))).released).toEqual(['10.0.0.3']);
    expect(await specOf(store, 'IPAMBlock', BLOCK)).toMatchObject({
      allocations: [null, null, null, null],
      unallocated: [2, 0, 1, 3],
      sequenceNumber: 1_800_000_000_000_000_004n,
    });
    expect(await namesOf(store, 'IPAMHandle')).toEqual([]);
  });

  test('keeps a handle that gets another address at the last moment', async () => {
    await seed(store);
    const held = { [BLOCK]: 1, '10.0.0.4/30': 1 };
    const disturbed = interrupted(store, 'delete', async (call, handle) => {
      if (call !== 1) return;
      const stored = await store.get(handle);
      await store.update(handle, { ...stored, spec: { ...stored.spec, block: held } });
    });
    await release(disturbed, ask('10.0.0.3'));
    expect((await specOf(store, 'IPAMHandle', 'db'))?.['block']).toEqual({ '10.0.0.4/30': 1 });
  });

  test('leaves alone a handle that counts too little or is gone', async () => {
    await seed(store);
    await store.delete(await ref('IPAMHandle', 'db'));
    await release(store, ask('10.0.0.0'));
    const handle = await store.get(await ref('IPAMHandle', 'web'));
    const wrong = { ...handle, spec: { ...handle.spec, block: { '10.0.0.4/30': 1 } } };
    await store.update(await ref('IPAMHandle', 'web'), wrong);
    expect(await release(store, ask('10.0.0.1'), ask('10.0.0.3'))).toEqual({
      ...NOTHING,
      released: ['10.0.0.1', '10.0.0.3'],
    });
    expect((await specOf(store, 'IPAMHandle', 'web'))?.['block']).toEqual({ '10.0.0.4/30': 1 });
  });

  test('takes an empty block from a node that its pool does not select any more', async () => {
    const selector = { cidr: '10.0.1.0/24', blockSize: 30, nodeSelector: "rack == 'a'" };
    await put(store, 'IPPool', 'rack', selector);
    await open.node('worker-1');
    const [first, second] = ['10.0.1.0/30', '10.0.1.4/30'];
    for (const cidr of [first!, second!]) {
      await put(store, 'IPAMBlock', cidr, blockSpec(cidr, 4, { 0: 'a', 1: 'b' }));
      await put(store, 'BlockAffinity', `host/worker-1/${cidr}`, {
        ...{ state: 'confirmed', node: 'worker-1', type: 'host', cidr, deleted: false },
      });
    }
    await release(store, ask('10.0.1.0'), ask('10.0.1.1'), ask('10.0.1.4'));
    expect(await namesOf(store, 'IPAMBlock', 'BlockAffinity')).toEqual([
      `IPAMBlock/${second}`,
      `BlockAffinity/host/worker-1/${second}`,
    ]);
  });

  test('releases hundreds of addresses, each block written once', async () => {
    await put(store, 'IPPool', 'pods', { cidr: '10.0.0.0/16', blockSize: 28 });
    const blocks = Array.from({ length: 8 }, (_, index) => `10.0.${index}.0/28`);
    const used = Object.fromEntries(Array.from({ length: 16 }, (_, ordinal) => [ordinal, undefined]));
    for (const cidr of blocks) await put(store, 'IPAMBlock', cidr, blockSpec(cidr, 16, used));
    let writes = 0;
    const counted = interrupted(store, 'update', async () => void writes++);
    const requests = blocks.flatMap((_, index) =>
      Array.from({ length: 16 }, (_unused, ordinal) => ask(`10.0.${index}.${ordinal}`)),
    );
    expect((await releaseAddresses(counted, requests)).released.length).toBe(128);
    expect(writes).toBe(8);
  });

  test('leaves a block alone whose entry contradicts itself', async () => {
    await seed(store, { attributes: [] });
    const { errors } = await releaseAddresses(store, [ask('10.0.0.0')]);
    expect(errors.map((error) => isError(error, 'corrupt'))).toEqual([true]);
  });
});

describe('in etcd', () => {
  test('a released address leaves what the other components of Calico expect to read', async () => {
    const { store, client, stop } = await etcdStore();
    try {
      await seed(store, { affinityClaimTime: '2026-01-01T00:00:00Z', hostAffinity: 'x' });
      await release(store, ask('10.0.0.3'));
      const { kv } = await client.get('/calico/ipam/v2/assignment/ipv4/block/10.0.0.0-30');
      expect(parseJson(new TextDecoder().decode(kv!.value))).toEqual({
        cidr: BLOCK,
        affinity: 'host:worker-1',
        affinity_claim_time: '2026-01-01T00:00:00Z',
        allocations: [0, 0, null, null],
        unallocated: [2, 3],
        attributes: [{ handle_id: 'web' }],
        sequenceNumber: 1_800_000_000_000_000_002n,
        sequenceNumberForAllocation: { 0: 7, 1: 7 },
        deleted: false,
        hostAffinity: 'x',
      });
    } finally {
      await stop();
    }
  });

  test('neither a handle nor a cool-down that is no number is counted with', async () => {
    const { store, client, stop } = await etcdStore();
    try {
      await seed(store);
      const odd = `{"block":{"${BLOCK}":"two"}}`;
      await client.put('/calico/ipam/v2/handle/web', odd);
      expect(await release(store, ask('10.0.0.0'))).toEqual({ ...NOTHING, released: ['10.0.0.0'] });
      const { kv } = await client.get('/calico/ipam/v2/handle/web');
      expect(new TextDecoder().decode(kv!.value)).toBe(odd);
      await client.put('/calico/ipam/v2/config', '{"ipCooldownSeconds":"x"}');
      const refusal = await release(store, ask('10.0.0.1')).catch((error: Error) => error.message);
      expect(refusal).toContain('ipCooldownSeconds that are no number: x');
    } finally {
      await stop();
    }
  });
});
