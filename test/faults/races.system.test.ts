import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { startVictim, type Victim } from './etcd.ts';
import {
  calicoctl,
  documents,
  type Env,
  type Folder,
  marksStored,
  nameOf,
  tally,
  temporaryFolder,
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

const NAME = nameOf(0);

/** Runs command lines one after the other, each again until it meets no conflict; counts the conflicts. */
async function drive(lines: readonly (readonly string[])[], env: Env): Promise<number> {
  let conflicts = 0;
  for (const line of lines) {
    for (;;) {
      const { status, err } = await calicoctl(line, env);
      if (status === 0) break;
      if (!err.startsWith(`update conflict: GlobalNetworkSet(${NAME})`)) throw new Error(`${line}: ${err}`);
      conflicts++;
    }
  }
  return conflicts;
}

/** The labels of the one object, without the mark. */
async function labelsStored(env: Env): Promise<string[]> {
  const { out } = await calicoctl(['get', 'globalnetworkset', NAME, '-o', 'json'], env);
  return Object.keys(JSON.parse(out).metadata.labels)
    .filter((key) => key !== 'mark')
    .sort();
}

function keysOf(writer: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${writer}-${i}`);
}

for (const [datastore, environment] of DATASTORES) {
  describe(`two processes on ${datastore}`, () => {
    async function race(lineOf: (key: string) => string[], count: number): Promise<void> {
      const env = environment();
      await calicoctl(['apply', '-f', folder.write('one.yaml', documents(1, 'one'))], env);
      const writers = ['p1', 'p2'].map((writer) => keysOf(writer, count));
      await Promise.all(writers.map((keys) => drive(keys.map(lineOf), env)));
      expect(await labelsStored(env)).toEqual(writers.flat().sort());
    }

    test('lose none of 200 patches of one object each', async () => {
      const merge = (key: string) => ['-p', JSON.stringify({ metadata: { labels: { [key]: 'set' } } })];
      const json = (key: string) => [
        ...['-t', 'json', '-p'],
        JSON.stringify([{ op: 'add', path: `/metadata/labels/${key}`, value: 'set' }]),
      ];
      const patchOf = (key: string) => (key.startsWith('p1') ? merge : json)(key);
      await race((key) => ['patch', 'globalnetworkset', NAME, ...patchOf(key)], 200);
    }, 120_000);

    test('lose none of 25 labels of one object each', async () => {
      await race((key) => ['label', 'globalnetworkset', NAME, `${key}=set`], 25);
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
