import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectDiags, type Surroundings } from '../../../src/cluster/diags/collect.ts';
import { hasNodeContainer } from '../../../src/cluster/diags/dataplane.ts';
import { readOptions } from '../../../src/cluster/diags/options.ts';
import { CalicoctlError } from '../../../src/core/errors.ts';
import type { Cluster } from '../../../src/datastore/cluster.ts';
import type { Summary } from './unpacked.ts';

let folder: string;
let said: string;
let remarks: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calicoctl-test-'));
  mkdirSync(join(folder, 'cwd'));
  [said, remarks] = ['', []];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const none = () => Promise.reject(new CalicoctlError('unavailable', 'broken'));

/** An API server that has nothing, and does not say what it serves. */
const MUTE: Cluster = {
  server: 'https://mute',
  get: () => Promise.reject(new CalicoctlError('not-found', 'none')),
  async *list() {},
  async *table() {},
  version: async () => ({}),
  resources: none,
  async *logs() {},
  exec: none,
  allowed: async () => false,
};

const around = (cluster: Cluster | (() => Promise<Cluster>)): Surroundings => ({
  cluster: typeof cluster === 'function' ? cluster : async () => cluster,
  datastore: none,
  elsewhere: false,
  cwd: join(folder, 'cwd'),
  temporary: folder,
  keepTemporary: false,
  signal: new AbortController().signal,
  remark: (line) => void remarks.push(line),
  now: new Date('2026-01-02T03:04:05Z'),
});

const OPTIONS = readOptions({ since: undefined, maxLogs: '5', maxParallelism: '10', focusNodes: undefined });

async function run(surroundings: Surroundings): Promise<void> {
  for await (const chunk of collectDiags(OPTIONS, surroundings).chunks) said += chunk;
}

function keptFolder(): string {
  return /^the temporary folder (\S+) was kept$/m.exec(remarks.join('\n'))![1]!;
}

test('of kinds nothing is claimed where the server did not say which it serves', async () => {
  await run({ ...around(MUTE), keepTemporary: true });
  const root = join(keptFolder(), 'calico-diagnostics-20260102_030405');
  const { steps } = JSON.parse(readFileSync(join(root, 'summary.json'), 'utf8')) as Summary;
  expect(steps.find(({ step }) => step === 'endpoints')).toMatchObject({
    outcome: 'skipped',
    reason: 'what the API server serves could not be read',
  });
  expect(remarks).toContain('failed: kinds that the API server serves: broken');
});

test('a place that may not be written is told before anything is asked', async () => {
  rmSync(join(folder, 'cwd'), { recursive: true });
  let asked = false;
  const running = run(
    around(async () => {
      asked = true;
      return MUTE;
    }),
  );
  expect(running).rejects.toMatchObject({ errorClass: 'input' });
  await running.catch(() => undefined);
  expect([said, asked, readdirSync(folder)]).toEqual(['', false, []]);
});

test('what was collected is kept where the archive cannot be written in the end', async () => {
  const running = run(
    around(async () => {
      rmSync(join(folder, 'cwd'), { recursive: true });
      return MUTE;
    }),
  );
  expect(running).rejects.toMatchObject({ errorClass: 'input' });
  await running.catch(() => undefined);
  expect(said).toContain(
    '\nCould not create new archive ./calico-diagnostics-20260102_030405.tar.gz: cannot write ',
  );
  const root = join(keptFolder(), 'calico-diagnostics-20260102_030405');
  expect(readdirSync(join(root, 'cluster'))).toEqual(['version.yaml']);
});

test('programs are run only in pods that have the container for it', () => {
  const pod = (name: string) => ({
    ...{ namespace: 'calico-system', name: 'calico-node-windows-1', node: 'w' },
    object: { metadata: { name: 'calico-node-windows-1' }, spec: { containers: [{ name }] } },
  });
  expect(['calico-node', 'felix'].map((name) => hasNodeContainer(pod(name)))).toEqual([true, false]);
});
