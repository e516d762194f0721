import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test';
import { readdirSync, rmSync } from 'node:fs';
import { calicoctl, type Folder, start, temporaryFolder } from '../../faults/program.ts';
import { startKubelet } from '../../testbed/kubelet.ts';
import { openStage, type Stage } from './stage.ts';
import { summaryOf, unpacked } from './unpacked.ts';

/** `cluster diags` of the built executable, and what remains of it. */

let stage: Stage;
let folder: Folder;
let env: Record<string, string>;

beforeAll(async () => {
  stage = await openStage();
}, 60_000);
afterAll(() => stage.close());
beforeEach(() => {
  folder = temporaryFolder();
  env = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: stage.server.kubeconfig, TMPDIR: folder.path };
});
afterEach(() => folder.remove());

const left = () => readdirSync(folder.path).sort();
const ARCHIVE = /^calico-diagnostics-\d{8}_\d{6}(-2)?\.tar\.gz$/;

test('Ctrl-C while kubelets hang packs what there is, soon, and leaves nothing else', async () => {
  const hanging = Promise.withResolvers<void>();
  const silent = await startKubelet({
    logs() {
      hanging.resolve();
      return new Promise<never>(() => {});
    },
    exec: () => new Promise<never>(() => {}),
  });
  for (const node of ['worker-1', 'worker-2', 'worker-3']) await stage.scene.node(node, silent);
  const running = start(['cluster', 'diags', '--max-parallelism', '64'], env, { cwd: folder.path });
  await hanging.promise;
  const began = performance.now();
  running.child.kill('SIGINT');
  const ended = await running.ended;
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(ended.status).toBe(130);
  expect(ended.err).toContain('interrupted: the bundle holds what had been collected until then\n');
  expect(left()).toEqual([expect.stringMatching(ARCHIVE)]);
  const { steps } = summaryOf(unpacked(folder.path, { ...ended, status: 130 }));
  expect(steps.find(({ step }) => step.startsWith('logs of pod calico-node-1abcd'))).toMatchObject({
    outcome: 'failed',
    reason: 'interrupted',
  });
  for (const node of ['worker-1', 'worker-2', 'worker-3']) await stage.scene.node(node, stage.kubelet);
  await silent.stop();
}, 60_000);

test('two at once give two archives', async () => {
  const run = () => calicoctl(['cluster', 'diags'], env, folder.path);
  const ended = await Promise.all([run(), run()]);
  expect(ended.map(({ status }) => status)).toEqual([0, 0]);
  expect(left()).toEqual([expect.stringMatching(ARCHIVE), expect.stringMatching(ARCHIVE)]);
  for (const { out } of ended)
    expect(left()).toContain(/^Diagnostic bundle created at \.\/(.*)$/m.exec(out)![1]!);
}, 60_000);

test('the temporary folder stays where that is wanted, also when the program has ended', async () => {
  const { out } = await calicoctl(['cluster', 'diags', '--skip-temp-dir-cleanup'], env, folder.path);
  const [, kept] = /^Created temporary directory: (.*)$/m.exec(out)!;
  expect(readdirSync(kept!)).toEqual([expect.stringMatching(/^calico-diagnostics-\d{8}_\d{6}$/)]);
  rmSync(kept!, { recursive: true });
}, 60_000);
