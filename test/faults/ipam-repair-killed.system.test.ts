import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { allocationsOf } from '../../src/ipam/survey/allocation.ts';
import { initialise, unlessNotFound } from '../../src/operations/initialise.ts';
import { lockState } from '../../src/operations/lock.ts';
import { formatAddress } from '../../src/resources/net/address.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { type Random, seeded } from '../fuzz/random.ts';
import { block, putAffinity, putHandle } from '../ipam/repair/runs.ts';
import { clear, namesOf, put, specOf } from '../operations/stores.ts';
import { openVictimStore, type VictimStore } from './ipam-stores.ts';
import { calicoctl, type Folder, start, temporaryFolder } from './program.ts';

/** Killed at any point, a repair leaves every address as it was or free, and its lock with a note. */

const BLOCKS = Array.from({ length: 10 }, (_, index) => `10.66.0.${index * 4}/30`);
const LOCK = /^ipam repair, process \d+$/;

/** Of each block two addresses leak, one under a handle of its own and one under one shared by two blocks; one is young. */
async function build(store: Datastore): Promise<void> {
  await initialise(store);
  await put(store, 'IPPool', 'pods', { cidr: '10.66.0.0/16', blockSize: 30 });
  await put(store, 'KubeControllersConfiguration', 'default', { controllers: { node: {} } });
  const shared = (index: number) => `shared-${index >> 1}`;
  for (const [index, cidr] of BLOCKS.entries()) {
    const young = { handle: `young-${index}`, at: new Date().toISOString() };
    const taken = { 0: { handle: `leak-${index}` }, 1: { handle: shared(index) }, 2: young };
    await put(store, 'IPAMBlock', cidr, block(cidr, taken, { affinity: 'host:gone' }));
    await putAffinity(store, 'gone', cidr);
    await putHandle(store, `leak-${index}`, { [cidr]: 1 });
    await putHandle(store, `young-${index}`, { [cidr]: 1 });
    await putHandle(store, `orphan-${index}`, { [cidr]: 1 });
    if (index % 2 === 1) await putHandle(store, shared(index), { [BLOCKS[index - 1]!]: 1, [cidr]: 1 });
  }
}

/** `10.66.0.1 leak-0` and so on, of every address that is taken and does not rest. */
async function taken(store: Datastore): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { items } of store.list({ kind: await kindOf('IPAMBlock') }))
    for (const stored of items)
      for (const { address, handle, sequenceNumber, releasedAt } of allocationsOf(stored))
        if (releasedAt === undefined) found.push(`${formatAddress(address)} ${handle} ${sequenceNumber}`);
  return found;
}

const handleOf = (line: string) => line.split(' ')[1]!;
const isYoung = (line: string) => handleOf(line).startsWith('young');

async function handles(store: Datastore): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { items } of store.list({ kind: await kindOf('IPAMHandle') }))
    names.push(...items.map(({ metadata }) => metadata.name));
  return names;
}

/** How many addresses, handles and affinities there are. */
async function amount(store: Datastore): Promise<number> {
  const names = await namesOf(store, 'IPAMHandle', 'BlockAffinity');
  return names.length + (await taken(store)).length;
}

const after = (milliseconds: number) => () => Bun.sleep(milliseconds);

const REPAIR = ['ipam', 'repair', '--yes', '--lock', '--min-age=1h'];

function kindsOfTest(name: string, rounds: number): void {
  describe(`a repair of ${name}`, () => {
    let victim: VictimStore;
    let folder: Folder;
    beforeAll(async () => {
      victim = await openVictimStore(name);
      folder = temporaryFolder();
    }, 60_000);
    afterAll(async () => {
      await victim.stop();
      folder.remove();
    });

    const reset = async () => {
      await clear(victim.store);
      const controllers = { kind: await kindOf('KubeControllersConfiguration'), name: 'default' };
      await unlessNotFound(victim.store.delete(controllers));
      await build(victim.store);
    };

    /** What holds wherever a run is killed. */
    const expectWhole = async (before: readonly string[]) => {
      const now = await taken(victim.store);
      expect(now.filter((line) => !before.includes(line))).toEqual([]);
      expect(now.filter(isYoung)).toEqual(before.filter(isYoung));
      const known = new Set(await handles(victim.store));
      expect(now.map(handleOf).filter((handle) => !known.has(handle))).toEqual([]);
      const { locked, note } = await lockState(victim.store);
      if (!locked) return;
      expect(note!.purpose).toMatch(LOCK);
      const { out } = await calicoctl(['datastore', 'status'], victim.env);
      expect(out).toContain(note!.purpose);
    };

    /** Starts a repair and kills it at a moment. True where that was before its end. */
    const kill = async (moment: (isRunning: () => boolean) => Promise<unknown>) => {
      const { child, ended } = start(REPAIR, victim.env, { cwd: folder.path });
      await moment(() => child.exitCode === null);
      child.kill('SIGKILL');
      return (await ended).status === undefined;
    };

    /** Lines of the undo files that are not among the old ones. */
    const noted = (old: ReadonlySet<string>) =>
      readdirSync(folder.path)
        .filter((file) => !old.has(file))
        .reduce((sum, file) => sum + readFileSync(join(folder.path, file), 'utf8').split('\n').length - 1, 0);

    /** Each write has a line before it and one behind it, so that a line is a moment between two writes. */
    const untilNoted = (lines: number, old: ReadonlySet<string>) => async (isRunning: () => boolean) => {
      while (isRunning() && noted(old) < lines) await Bun.sleep(0);
    };

    const expectFinished = async (before: readonly string[]) => {
      const rerun = await calicoctl(REPAIR, victim.env, folder.path);
      expect({ status: rerun.status, err: rerun.err }).toEqual({ status: 0, err: '' });
      expect(await taken(victim.store)).toEqual(before.filter(isYoung));
      expect([...(await handles(victim.store))].sort()).toEqual(before.filter(isYoung).map(handleOf).sort());
      expect(await lockState(victim.store)).toEqual({ locked: false });
      expect(await specOf(victim.store, 'BlockAffinity', `host/gone/${BLOCKS[0]}`)).toBeUndefined();
    };

    /** The undo files of both runs, the later first, bring back what was there. */
    const expectUndone = async (before: readonly string[], files: readonly string[]) => {
      for (const file of [...files].sort().reverse()) {
        const undone = await calicoctl(['ipam', 'repair', '--yes', '--undo', file], victim.env, folder.path);
        expect(undone.err).toBe('');
      }
      const withoutNumber = (line: string) => line.split(' ').slice(0, 2).join(' ');
      expect((await taken(victim.store)).map(withoutNumber)).toEqual(before.map(withoutNumber));
      const known = new Set(await handles(victim.store));
      expect(before.map(handleOf).filter((handle) => !known.has(handle))).toEqual([]);
    };

    test(`killed at ${rounds} moments leaves every address whole; the next run finishes`, async () => {
      const random: Random = seeded(11);
      await reset();
      const whole = await amount(victim.store);
      const { milliseconds } = await calicoctl(REPAIR, victim.env, folder.path);
      const [finished, lines] = [await amount(victim.store), noted(new Set())];
      let [caught, locked, partly] = [0, 0, 0];
      for (let round = 0; round < rounds; round++) {
        await reset();
        const before = await taken(victim.store);
        const old = new Set(readdirSync(folder.path));
        const moment =
          round % 4 === 0 ? after(random.below(milliseconds)) : untilNoted(random.below(lines), old);
        if (await kill(moment)) caught++;
        await expectWhole(before);
        if ((await lockState(victim.store)).locked) locked++;
        const left = await amount(victim.store);
        if (left > finished && left < whole) partly++;
        await expectFinished(before);
        const files = readdirSync(folder.path).filter((file) => !old.has(file));
        if (round % 5 === 0) await expectUndone(before, files);
      }
      expect(caught).toBeGreaterThan(rounds / 2);
      expect(locked).toBeGreaterThan(rounds / 2);
      expect(partly).toBeGreaterThan(rounds / 4);
    }, 300_000);
  });
}

kindsOfTest('etcd', 57);
kindsOfTest('Kubernetes', 5);
kindsOfTest('a folder', 8);
