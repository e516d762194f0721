import { afterEach, beforeEach, expect, test } from 'bun:test';
import { advance } from '../../../src/ipam/migrate/advance.ts';
import { occupantsOf } from '../../../src/ipam/migrate/occupants.ts';
import { readWorld } from '../../../src/ipam/migrate/world.ts';
import { parseCidr } from '../../../src/resources/net/cidr.ts';
import { fileStore, namesOf, type OpenStore, put, ref } from '../../operations/stores.ts';
import { memoryStore } from '../memory-store.ts';

let open: OpenStore;
beforeEach(async () => {
  open = await fileStore();
});
afterEach(() => open.stop());

test('a migration sees nodes give up their tunnel addresses while it waits', async () => {
  const { store } = open;
  await put(store, 'IPPool', 'blue', { cidr: '10.20.0.0/26', blockSize: 29 });
  await put(store, 'Node', 'w1', { bgp: { ipv4IPIPTunnelAddr: '10.20.0.1' } });
  const step = (wait: number) => advance(store, 'blue', { toCidr: '10.60.0.0/26' }, { wait });
  await step(0);
  await step(0);
  expect(await step(0)).toMatchObject({ done: false, step: { what: 'wait' } });
  const waiting = step(2500);
  await Bun.sleep(200);
  const node = await store.get(await ref('Node', 'w1'));
  await store.update(await ref('Node', 'w1'), { ...node, spec: {} });
  expect(await waiting).toMatchObject({ done: true, step: { what: 'wait' } });
});

test.each([19, 33])('no step leads to a pool that cannot be made in the end: blocks of /%d', async (size) => {
  const { store } = open;
  const wishes = { toBlockSize: size, viaCidr: '10.70.0.0/16' };
  await put(store, 'IPPool', 'blue', { cidr: '10.20.0.0/16', blockSize: 26 });
  await expect(advance(store, 'blue', wishes, { wait: 0 })).rejects.toThrow(
    'pool blue cannot be made: spec.blockSize is not in the range 20 to 32 for IPv4 pools',
  );
  expect(await namesOf(store, 'IPPool')).toEqual(['IPPool/blue']);
});

test('a block that cannot be read may be in use', async () => {
  const store = memoryStore();
  store.spoil('IPAMBlock', { entry: 'IPAMBlock(10.20.0.0/29)', reason: 'not JSON' });
  const world = await readWorld(store);
  await expect(occupantsOf(store, parseCidr('10.20.0.0/26')!, world)).rejects.toThrow(
    'IPAMBlock(10.20.0.0/29) cannot be read, so it is not known who has addresses of it: not JSON',
  );
});
