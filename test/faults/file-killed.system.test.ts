import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { statSync } from 'node:fs';
import { seeded } from '../fuzz/random.ts';
import {
  calicoctl,
  documents,
  type Env,
  type Folder,
  marksStored,
  start,
  tally,
  temporaryFolder,
} from './program.ts';

let folder: Folder;
let env: Env;
beforeEach(() => {
  folder = temporaryFolder();
  env = { DATASTORE_TYPE: 'file', CALICO_FILE_DIR: `${folder.path}/store` };
});
afterEach(() => folder.remove());

const COUNT = 300;
const KILLS = 30;

/** Waits for the first entry of a folder to change. */
async function changed(path: string): Promise<void> {
  const before = statSync(path).mtimeMs;
  const end = performance.now() + 10_000;
  while (statSync(path).mtimeMs === before && performance.now() < end) await Bun.sleep(1);
}

describe('a folder datastore', () => {
  test(`whose writer is killed ${KILLS} times has every object whole, and takes the next apply`, async () => {
    const random = seeded(7);
    const mark = (round: number) => `round-${round}`;
    const fileOf = (round: number) => folder.write('sets.yaml', documents(COUNT, mark(round)));
    expect((await calicoctl(['apply', '-f', fileOf(0)], env)).status).toBe(0);
    let torn = 0;
    for (let round = 1; round <= KILLS; round++) {
      const { child, ended } = start(['apply', '-f', fileOf(round)], env);
      await changed(`${folder.path}/store/globalnetworksets`);
      await Bun.sleep(random.below(60));
      child.kill('SIGKILL');
      await ended;
      const stored = await marksStored(env);
      expect(stored.size).toBe(COUNT);
      const fresh = tally(stored.values())[mark(round)] ?? 0;
      if (fresh > 0 && fresh < COUNT) torn++;
    }
    expect(torn).toBeGreaterThan(KILLS / 10);
    const { milliseconds, ...last } = await calicoctl(['apply', '-f', fileOf(99)], env);
    expect(last).toEqual({
      status: 0,
      out: `Successfully applied ${COUNT} 'GlobalNetworkSet' resource(s)\n`,
      err: '',
    });
    expect(milliseconds).toBeLessThan(3000);
    expect(tally((await marksStored(env)).values())).toEqual({ [mark(99)]: COUNT });
  }, 60_000);
});
