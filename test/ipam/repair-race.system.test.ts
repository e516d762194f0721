import { afterAll, beforeAll, expect, test } from 'bun:test';
import { calicoctl, type Env, type Folder, tally, temporaryFolder } from '../faults/program.ts';
import { type Random, seeded } from '../fuzz/random.ts';
import { type EtcdServer, startEtcd } from '../testbed/testbed.ts';
import { type Allocator, handleKey, openAllocator } from './allocator.ts';
import { type Life, replay } from './replay.ts';

let etcd: EtcdServer;
let folder: Folder;
let allocator: Allocator;
let env: Env;
beforeAll(async () => {
  etcd = await startEtcd();
  folder = temporaryFolder();
  allocator = openAllocator(etcd.url);
  env = { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: etcd.url };
});
afterAll(async () => {
  allocator.close();
  await etcd.stop();
  folder.remove();
});

const CIDRS = ['10.65.0.0/26', '10.65.0.64/26', '10.65.0.128/26'];
/** Nobody but the one who is slow writes this block. */
const QUIET = '10.65.0.192/26';
const RUNS = 100;
/** So many repairs at once, which race each other too. */
const TOGETHER = 4;
const WRITERS = 4;
const LONG_AGO = new Date('2026-01-01T00:00:00Z');

/** Everybody who had an address, and what goes on. */
interface World {
  readonly lives: Life[];
  count: number;
  ended: boolean;
}

const nextName = (world: World) => `h${world.count++}`;

/** A pod comes and goes: its address, some time later its endpoint; then the endpoint goes, then the address. */
async function podLives(world: World, random: Random, place?: { cidr: string; ordinal?: number }) {
  const handle = nextName(world);
  const cidr = place?.cidr ?? random.pick(CIDRS);
  const gap = cidr === QUIET ? 50 + random.below(200) : 0;
  const taken = await allocator.assign(cidr, handle, {
    gap,
    ...(place?.ordinal !== undefined && { ordinal: place.ordinal }),
  });
  if (taken === undefined) return;
  const life: Life = { ...taken, isLeak: false };
  world.lives.push(life);
  await Bun.sleep(random.below(30));
  await allocator.putEndpoint(handle, taken.address);
  await Bun.sleep(random.below(60));
  life.endedAt = await allocator.deleteEndpoint(handle);
  await Bun.sleep(random.below(10));
  await allocator.release(handle);
}

/** Somebody counts a handle and never comes to write the block. */
async function breakOff(world: World) {
  const counts = { block: { [QUIET]: 1 }, deleted: false };
  await allocator.client.put(handleKey(nextName(world)), JSON.stringify(counts));
}

/** Somebody goes without giving its address back; sometimes it comes to do so late, and the next pod gets the address. */
async function leak(world: World, random: Random) {
  const handle = nextName(world);
  const taken = await allocator.assign(random.pick(CIDRS), handle, { at: LONG_AGO });
  if (taken === undefined) return;
  const life: Life = { ...taken, isLeak: true };
  world.lives.push(life);
  if (!random.once(2)) return;
  await Bun.sleep(random.below(60));
  await allocator.release(handle);
  await podLives(world, random, taken);
}

async function write(world: World, random: Random) {
  while (!world.ended) {
    if (random.once(12)) await breakOff(world);
    await (random.once(3) ? leak(world, random) : podLives(world, random));
  }
}

/** A pod whose handle is counted long before its block is written: to a repair it looks like a handle of nobody. */
async function writeSlowly(world: World, random: Random) {
  while (!world.ended) await podLives(world, random, { cidr: QUIET });
}

/** Pods that were there long before and stay. */
async function settle(world: World) {
  for (let index = 0; index < 24; index++) {
    const handle = nextName(world);
    const taken = (await allocator.assign(CIDRS[index % CIDRS.length]!, handle, { at: LONG_AGO }))!;
    world.lives.push({ ...taken, isLeak: false });
    await allocator.putEndpoint(handle, taken.address);
  }
}

interface Told {
  readonly counts: Readonly<Record<string, number>>;
  readonly repairs: readonly { readonly write: string; readonly verdict: string; readonly why?: string }[];
}

let runs = 0;

async function repair(): Promise<Told> {
  const undo = `--undo-file=${++runs}.jsonl`;
  const { out, err } = await calicoctl(['ipam', 'repair', '--yes', undo, '-o', 'json'], env, folder.path);
  expect(err).toBe('');
  return JSON.parse(out);
}

test(`${RUNS} repairs free no address that is in use while others take and free them, and free what leaks`, async () => {
  await allocator.setUp([...CIDRS, QUIET]);
  const world: World = { lives: [], count: 0, ended: false };
  await settle(world);
  const writers = Array.from({ length: WRITERS }, (_, index) => write(world, seeded(index)));
  writers.push(writeSlowly(world, seeded(99)));
  const verdicts: string[] = [];
  const repairs = async (count: number) => {
    for (let round = 0; round < count; round++)
      for (const { write, verdict } of (await repair()).repairs) verdicts.push(`${write} ${verdict}`);
  };
  await Promise.all(Array.from({ length: TOGETHER }, () => repairs(RUNS / TOGETHER)));
  world.ended = true;
  await Promise.all(writers);
  await repairs(1);
  const { faults, freed } = await replay(allocator.client, [...CIDRS, QUIET], world.lives);
  expect(faults).toEqual([]);
  const leaks = world.lives.filter(({ isLeak }) => isLeak);
  expect(freed).toBe(leaks.length);
  const counts = tally(verdicts);
  expect(counts['release-address done']).toBeGreaterThan(leaks.length / 3);
  expect(counts['delete-handle done']).toBeGreaterThan(0);
}, 120_000);
