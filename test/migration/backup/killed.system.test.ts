import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { etcdDatastore } from '../../../src/datastore/etcdv3/store.ts';
import { type EtcdClient, openEtcd } from '../../../src/datastore/etcdv3/wire/client.ts';
import { openFileDatastore } from '../../../src/datastore/file/open.ts';
import { initialise } from '../../../src/operations/initialise.ts';
import { lockState } from '../../../src/operations/lock.ts';
import { calicoctl, type Env, type Folder, start, temporaryFolder } from '../../faults/program.ts';
import { seeded } from '../../fuzz/random.ts';
import { type EtcdServer, startEtcd } from '../../testbed/testbed.ts';
import { populate, population } from '../population.ts';
import { taken } from './texts.ts';

/** Killed anywhere, a restore goes on where it was, and ends as if nothing had been. */

const KILLS = 20;

interface Victim {
  readonly env: Env;
  readonly store: Datastore;
  /** Objects of about this number take a moment to write. */
  readonly size: number;
  count(): Promise<number>;
  wipe(): Promise<void>;
}

async function killed(victim: Victim, folder: Folder, seed: number): Promise<void> {
  const { env, store, size } = victim;
  await initialise(store);
  await populate(store, population(size).resources);
  const file = join(folder.path, 'saved.jsonl');
  const { text, objects } = await taken(store);
  folder.write('saved.jsonl', text);
  const random = seeded(seed);
  await victim.wipe();
  let halves = 0;
  for (let kills = 0; kills < KILLS; ) {
    const before = await victim.count();
    const more = random.below(objects / 4);
    const { child, ended } = start(['datastore', 'restore', '-f', file], env);
    while (child.exitCode === null && (await victim.count()) < before + more) await Bun.sleep(1);
    child.kill('SIGKILL');
    const { status, err } = await ended;
    if (status === undefined) {
      kills++;
      const reached = await victim.count();
      if (reached > 0 && reached < objects) halves++;
      continue;
    }
    // It was quicker than we, and is begun anew.
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect((await taken(store)).text).toBe(text);
    await victim.wipe();
  }
  expect(halves).toBeGreaterThan(KILLS / 2);
  expect(await calicoctl(['datastore', 'restore', '-f', file], env)).toMatchObject({ status: 0, err: '' });
  expect((await taken(store)).text).toBe(text);
}

describe('a restore that is killed again and again', () => {
  let server: EtcdServer;
  let client: EtcdClient;
  let folder: Folder;
  beforeAll(async () => {
    server = await startEtcd();
    client = openEtcd({ endpoints: [server.url] });
    folder = temporaryFolder();
  });
  afterAll(async () => {
    client.close();
    await server.stop();
    folder.remove();
  });

  test('comes to its end on etcd', async () => {
    const victim: Victim = {
      env: { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: server.url },
      store: etcdDatastore(client),
      size: 1500,
      count: async () => (await client.range({ prefix: '/calico/', countOnly: true })).count,
      async wipe() {
        await client.delete({ prefix: '/calico/' });
      },
    };
    await killed(victim, folder, 1);
  }, 60_000);

  test('comes to its end in a folder', async () => {
    const directory = join(folder.path, 'datastore');
    const store = await openFileDatastore({ directory });
    const victim: Victim = {
      env: { DATASTORE_TYPE: 'file', CALICO_FILE_DIR: directory },
      store,
      size: 300,
      count: async () => filesIn(directory),
      wipe: async () => {
        for (const name of readdirSync(directory))
          if (!name.startsWith('.')) rmSync(join(directory, name), { recursive: true });
      },
    };
    await killed(victim, folder, 2);
    await store.close();
  }, 60_000);
});

describe('Ctrl-C', () => {
  let folder: Folder;
  let directory: string;
  let env: Env;
  beforeAll(() => {
    folder = temporaryFolder();
    directory = join(folder.path, 'datastore');
    env = { DATASTORE_TYPE: 'file', CALICO_FILE_DIR: directory };
  });
  afterAll(() => folder.remove());

  test('ends a backup without a file and without its lock, and a restore with how far it got', async () => {
    const store = await openFileDatastore({ directory });
    await initialise(store);
    await populate(store, population(400).resources);
    const { text, objects } = await taken(store);
    const file = folder.write('saved.jsonl', text);
    const backup = start(['datastore', 'backup', '--lock', '-o', join(folder.path, 'new.jsonl')], env);
    while (!(await lockState(store)).locked) await Bun.sleep(2);
    backup.child.kill('SIGINT');
    expect(await backup.ended).toMatchObject({ status: 130, out: '' });
    expect(await lockState(store)).toEqual({ locked: false });
    expect(readdirSync(folder.path).sort()).toEqual(['datastore', 'saved.jsonl']);

    rmSync(directory, { recursive: true });
    const restore = start(['datastore', 'restore', '-f', file], env);
    while (!existsSync(directory) || filesIn(directory) < 20) await Bun.sleep(2);
    restore.child.kill('SIGINT');
    const { status, out } = await restore.ended;
    expect(status).toBe(130);
    expect(out).toMatch(
      new RegExp(`^\\d+ of ${objects} objects written; 0 were as in the backup already.\nRun the same`),
    );
    await calicoctl(['datastore', 'restore', '-f', file], env);
    expect((await taken(store)).text).toBe(text);
    await store.close();
  }, 60_000);
});

function filesIn(directory: string): number {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.yaml') && !name.startsWith('.')).length;
}
