import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { startEtcd } from '../testbed/testbed.ts';
import {
  calicoctl,
  documents,
  type Env,
  type Folder,
  marksStored,
  tally,
  temporaryFolder,
} from './program.ts';

let folder: Folder;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const COUNT = 300;

/** Mounts a small file system, which not every user and not every machine may; says whether it is there. */
function mountSmall(path: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', path]).status === 0;
}

function unmount(path: string): void {
  spawnSync('umount', [path]);
}

function canMount(): boolean {
  const probe = temporaryFolder();
  const mounted = mountSmall(probe.path);
  if (mounted) unmount(probe.path);
  probe.remove();
  return mounted;
}

if (canMount()) {
  describe('a folder datastore on a full disk', () => {
    let env: Env;
    beforeEach(() => {
      mountSmall(folder.path);
      env = { DATASTORE_TYPE: 'file', CALICO_FILE_DIR: `${folder.path}/store` };
    });
    afterEach(() => unmount(folder.path));

    test('says so once, has nothing half-written, and goes on when there is room', async () => {
      const files = temporaryFolder();
      const [old, fresh] = ['old', 'new'].map((mark) => files.write(`${mark}.yaml`, documents(COUNT, mark)));
      const few = files.write('few.yaml', documents(5, 'old'));
      expect((await calicoctl(['apply', '-f', few], env)).status).toBe(0);

      const { out, err, status } = await calicoctl(['apply', '-f', fresh!], env);
      const stored = await marksStored(env);
      const written = tally(stored.values())['new'] ?? 0;
      expect({ out, err, status }).toEqual({
        out: `Partial success: applied ${written} out of ${COUNT} 'GlobalNetworkSet' resources\n`,
        err: `Failed to apply ${COUNT - written} resources: cannot write to ${folder.path}/store: no space left on the device\n`,
        status: 1,
      });
      expect(stored.size).toBeLessThan(COUNT);
      expect(readdirSync(`${folder.path}/store/.calicoctl`)).toEqual(['.gitignore']);

      spawnSync('mount', ['-o', 'remount,size=4m', folder.path]);
      expect((await calicoctl(['apply', '-f', old!], env)).status).toBe(0);
      expect(tally((await marksStored(env)).values())).toEqual({ old: COUNT });
      files.remove();
    });
  });
}

/** etcd looks at its size only every tenth of a second, and takes thousands until then. */
const MANY = 20_000;

describe('an etcd without space', () => {
  let etcd: Awaited<ReturnType<typeof startEtcd>>;
  beforeAll(async () => {
    etcd = await startEtcd({ args: ['--quota-backend-bytes', String(256 * 1024)] });
  });
  afterAll(() => etcd.stop());

  test('is named once with what to do; reads and deletions go on', async () => {
    const env = { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: etcd.url };
    const file = folder.write('sets.yaml', documents(MANY, 'new'));
    const { out, err, status } = await calicoctl(['apply', '-f', file], env);
    const stored = await marksStored(env);
    const { new: written = 0, ...others } = tally(stored.values());
    expect(others).toEqual({});
    expect(written).toBeLessThan(MANY);
    expect({ out, err, status }).toEqual({
      out:
        written === 0
          ? ''
          : `Partial success: applied ${written} out of ${MANY} 'GlobalNetworkSet' resources\n`,
      err: [
        `Failed to apply ${MANY - written} resources: `,
        `etcd at ${etcd.url}: the database has no space left and takes no writes\n`,
        '  Compact and defragment etcd, then disarm its NOSPACE alarm.\n',
      ].join(''),
      status: 1,
    });
    const { status: deleted } = await calicoctl(['delete', 'globalnetworkset', [...stored.keys()][0]!], env);
    expect(deleted).toBe(0);
  }, 60_000);
});
