import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test';
import { chmodSync, readFileSync } from 'node:fs';
import { claimOf, expectTrue } from './claim.ts';
import { type KubeVictim, startKubeVictim } from './kube.ts';
import { calicoctl, documents, type Ended, type Folder, tally, temporaryFolder } from './program.ts';
import { type Fault, kubeconfigOf, type Line, PASS, type Seen, startProxy } from './proxy.ts';

const COUNT = 500;
const REFUSED: Fault = { does: 'refuse', status: 401 };

let kube: KubeVictim;
beforeAll(async () => {
  kube = await startKubeVictim();
}, 60_000);
afterAll(() => kube.stop());

let folder: Folder;
let file: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = folder.write('sets.yaml', documents(COUNT, 'new'));
});
afterEach(async () => {
  folder.remove();
  await kube.clear();
});

/** A plugin that notes each of its runs and then does what `script` says. */
function plugin(script: string): { readonly user: object; readonly runs: () => number } {
  const notes = folder.write('runs', '');
  const command = folder.write('plugin', `#!/bin/sh\necho run >> ${notes}\n${script}\n`);
  chmodSync(command, 0o755);
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' };
  return { user: { exec }, runs: () => readFileSync(notes, 'utf8').split('\n').length - 1 };
}

const credential = (token: string) =>
  `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"${token}"}}'`;
const first = `[ $(wc -l < $(dirname $0)/runs) = 1 ]`;

/** An apply in whose midst the first token ends; what follows it is good where `renewable`. */
async function apply(user: object, renewable: boolean): Promise<{ ended: Ended; line: Line }> {
  const decide = ({ authorization, index }: Seen) => {
    const isGood = authorization === 'Bearer first' ? index < COUNT / 2 : renewable;
    return isGood ? PASS : REFUSED;
  };
  const line = await startProxy(kube, decide);
  try {
    const path = folder.write('kubeconfig', kubeconfigOf(kube, line.url, user));
    const env = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: path, PATH: process.env['PATH']! };
    return { ended: await calicoctl(['apply', '-f', file], env), line };
  } finally {
    line.close();
  }
}

const REFUSES = 'the datastore refuses access';

async function expectStopped({ status, err }: Ended, ...said: readonly string[]): Promise<void> {
  expect(status).toBe(1);
  for (const part of said) expect(err).toContain(part);
  const claim = claimOf({ err }, REFUSES);
  expect(claim?.applied).toBeGreaterThan(COUNT / 4);
  expectTrue(claim!, await kube.stored());
}

test('credentials that end in mid-run are renewed, and nobody notices', async () => {
  const { user, runs } = plugin(`if ${first}; then ${credential('first')}; else ${credential('second')}; fi`);
  const { ended, line } = await apply(user, true);
  expect(ended).toMatchObject({
    status: 0,
    out: `Successfully applied ${COUNT} 'GlobalNetworkSet' resource(s)\n`,
    err: '',
  });
  expect(tally([...(await kube.stored()).values()].map(({ mark, writes }) => `${mark} ${writes}`))).toEqual({
    'new 1': COUNT,
  });
  expect(line.log.filter(({ fault }) => fault.does === 'refuse').length).toBeGreaterThan(0);
  expect(runs()).toBe(2);
}, 30_000);

test('where the new credentials are no better, the work stops and tells how far it got', async () => {
  const { user, runs } = plugin(`if ${first}; then ${credential('first')}; else ${credential('second')}; fi`);
  const { ended } = await apply(user, false);
  await expectStopped(ended, 'it does not know us', 'a bearer token', folder.path);
  expect(runs()).toBeLessThan(4);
}, 30_000);

test('where the plugin has none, the work stops, the plugin is named, and the numbers are true', async () => {
  const { user } = plugin(`if ${first}; then ${credential('first')}; else echo no ticket >&2; exit 3; fi`);
  const { ended } = await apply(user, true);
  await expectStopped(ended, `${folder.path}/plugin`, 'no ticket');
}, 30_000);

test('a token that cannot be renewed stops the work likewise', async () => {
  const { ended } = await apply({ token: 'first' }, true);
  await expectStopped(ended, 'it does not know us', 'they may have expired');
}, 30_000);
