import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { startVictim, type Victim } from './etcd.ts';
import {
  calicoctl,
  documents,
  type Env,
  type Folder,
  marksStored,
  shell,
  start,
  tally,
  temporaryFolder,
  untilSome,
} from './program.ts';

let etcd: Victim;
let folder: Folder;
beforeAll(async () => {
  etcd = await startVictim();
});
afterAll(() => etcd.stop());
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  folder.remove();
  await etcd.clear();
});

const DATASTORES: readonly (readonly [string, () => Env])[] = [
  ['etcd', () => etcd.env],
  ['a folder', () => ({ DATASTORE_TYPE: 'file', CALICO_FILE_DIR: `${folder.path}/store` })],
];
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Largest concurrency of a datastore. */
const MOST_AT_ONCE = 128;
const COUNT = 5000;
const STOPPED = new RegExp(
  `^Stopped: interrupted: (\\d+) of ${COUNT} resources were applied, (\\d+) were not tried\\.\n$`,
);

for (const [datastore, environment] of DATASTORES) {
  describe(`an apply of ${COUNT} on ${datastore}`, () => {
    for (const signal of SIGNALS) {
      test(`ends soon after ${signal} and tells how far it got`, async () => {
        const env = environment();
        const file = folder.write('new.yaml', documents(COUNT, 'new'));
        // A tenth is there before, so that objects are both created and replaced.
        const some = folder.write('some.yaml', documents(COUNT / 10, 'old'));
        expect((await calicoctl(['apply', '-f', some], env)).status).toBe(0);
        const { child, ended } = start(['apply', '-f', file], env);
        await untilSome(env, 'new');
        const interrupted = performance.now();
        child.kill(signal);
        const { status, err } = await ended;
        expect(performance.now() - interrupted).toBeLessThan(2000);
        expect(status).toBe(130);
        const [applied, left] = (STOPPED.exec(err) ?? [err]).slice(1).map(Number);
        expect(applied! + left!).toBe(COUNT);
        const { new: written, old: kept = 0, ...others } = tally((await marksStored(env)).values());
        expect({ written, others }).toEqual({ written: applied!, others: {} });
        // Those that are under way together end in any order: new objects take one step, old ones two.
        const least = Math.max(0, COUNT / 10 - applied!);
        expect(kept).toBeGreaterThanOrEqual(least);
        expect(kept).toBeLessThanOrEqual(Math.min(COUNT / 10, least + MOST_AT_ONCE));
      }, 30_000);
    }
  });
}

describe('an interrupt', () => {
  test.each(SIGNALS)('ends the wait for standard input: %s', async (signal) => {
    const { child, ended } = start(['apply', '-f', '-'], DATASTORES[1]![1](), { openStdin: true });
    child.stdin!.write(documents(1, 'new'));
    await Bun.sleep(150);
    child.kill(signal);
    const { milliseconds, ...seen } = await ended;
    expect(seen).toEqual({ status: 130, out: '', err: 'interrupted while reading standard input\n' });
    expect(milliseconds).toBeLessThan(2000);
  });

  test('ends the wait for an etcd that does not answer', async () => {
    const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
    const file = folder.write('one.yaml', documents(1, 'new'));
    const env = { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: `http://127.0.0.1:${server.port}` };
    for (const words of [
      ['get', 'tier'],
      ['apply', '-f', file],
    ]) {
      const { child, ended } = start(words, env);
      await Bun.sleep(150);
      child.kill('SIGINT');
      const { milliseconds, ...seen } = await ended;
      expect(seen).toEqual({ status: 130, out: '', err: 'cancelled\n' });
      expect(milliseconds).toBeLessThan(2000);
    }
    server.stop(true);
  });
});

describe('standard output', () => {
  const env = (): Env => ({ DATASTORE_TYPE: 'file', CALICO_FILE_DIR: `${folder.path}/store` });
  beforeEach(async () => {
    const file = folder.write('sets.yaml', documents(1000, 'here'));
    await calicoctl(['apply', '-f', file], env());
  });

  test('whose reader goes away ends the program quietly', async () => {
    for (const format of ['json', 'yaml', 'name', 'ps']) {
      const line = `"$calicoctl" get globalnetworkset -o ${format} | head -n 1 > /dev/null; echo "\${PIPESTATUS[0]}"`;
      const { milliseconds, ...seen } = await shell(line, env());
      expect(seen).toEqual({ status: 0, out: '0\n', err: '' });
      expect(milliseconds).toBeLessThan(2000);
    }
  });

  test('whose reader is gone hides no failure', async () => {
    const file = folder.write('create.yaml', documents(1001, 'again'));
    const line = `{ sleep 0.2; "$calicoctl" create -f ${file}; echo $? >&2; } | true`;
    const lines = (await shell(line, env())).err.trimEnd().split('\n');
    expect(lines.at(-1)).toBe('1');
    expect(
      lines.filter((each) => each.startsWith('Failed to create: resource already exists: ')),
    ).toHaveLength(1000);
  });

  test('that is closed is no fault, and no stored file takes its place', async () => {
    const file = folder.write('more.yaml', documents(1000, 'there'));
    expect(await shell(`"$calicoctl" get globalnetworkset -o json >&-`, env())).toMatchObject({
      status: 0,
      err: '',
    });
    expect(await shell(`"$calicoctl" apply -f ${file} >&- 2>&- <&-`, env())).toMatchObject({ status: 0 });
    expect(tally((await marksStored(env())).values())).toEqual({ there: 1000 });
  });

  test('that is full is a failure, and told', async () => {
    expect(await shell(`"$calicoctl" get globalnetworkset -o json > /dev/full`, env())).toMatchObject({
      status: 1,
      err: 'cannot write to standard output: ENOSPC: no space left on device, write\n',
    });
  });
});
