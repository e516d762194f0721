import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { startVictim, type Victim } from './etcd.ts';
import {
  calicoctl,
  documents,
  type Env,
  type Folder,
  marksStored,
  tally,
  temporaryFolder,
} from './program.ts';
import { labelLine, patchLine, race } from './race.ts';

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

for (const [datastore, environment] of DATASTORES) {
  describe(`two processes on ${datastore}`, () => {
    test('lose none of 200 patches of one object each', async () => {
      await race(environment(), folder, patchLine, 200);
    }, 120_000);

    test('lose none of 25 labels of one object each', async () => {
      await race(environment(), folder, labelLine, 25);
    }, 120_000);

    test('leave whole objects when they apply the same 100', async () => {
      const env = environment();
      const files = ['left', 'right'].map((mark) => folder.write(`${mark}.yaml`, documents(100, mark)));
      for (let round = 0; round < 3; round++) {
        const both = await Promise.all(files.map((file) => calicoctl(['apply', '-f', file], env)));
        expect(both.map(({ status, err }) => ({ status, err }))).toEqual(
          both.map(() => ({ status: 0, err: '' })),
        );
        const { left = 0, right = 0, ...others } = tally((await marksStored(env)).values());
        expect({ sum: left + right, others }).toEqual({ sum: 100, others: {} });
      }
    }, 120_000);
  });
}
