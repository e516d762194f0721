import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { type KubeVictim, startKubeVictim } from './kube.ts';
import { calicoctl, documents, type Env, type Folder, start, tally, temporaryFolder } from './program.ts';
import { kubeconfigOf, PASS, startProxy } from './proxy.ts';

const COUNT = 1200;
const STOPPED = new RegExp(
  `^Stopped: interrupted: (\\d+) of ${COUNT} resources were (?:applied|deleted), (\\d+) were not tried\\.\n$`,
);

let kube: KubeVictim;
let folder: Folder;
beforeAll(async () => {
  kube = await startKubeVictim();
  folder = temporaryFolder();
}, 60_000);
afterAll(async () => {
  await kube.stop();
  folder.remove();
});
afterEach(() => kube.clear());

/** Interrupts a command after so many of its writes; returns how many it says were done. */
async function interruptAfter(
  writes: number,
  args: readonly string[],
  signal: NodeJS.Signals,
): Promise<number> {
  let seen = 0;
  let reached: () => void = () => {};
  const moment = new Promise<void>((done) => {
    reached = done;
  });
  const line = await startProxy(kube, ({ method }) => {
    if (method !== 'GET' && ++seen === writes) reached();
    return PASS;
  });
  const path = folder.write('kubeconfig', kubeconfigOf(kube, line.url, { token: kube.token }));
  const env: Env = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: path };
  try {
    const { child, ended } = start(args, env);
    await moment;
    const interrupted = performance.now();
    child.kill(signal);
    const { status, err } = await ended;
    expect(performance.now() - interrupted).toBeLessThan(2000);
    expect(status).toBe(130);
    const [done, left] = (STOPPED.exec(err) ?? [err]).slice(1).map(Number);
    expect({ err, sum: done! + left! }).toEqual({ err, sum: COUNT });
    return done!;
  } finally {
    line.close();
  }
}

describe(`work on ${COUNT} resources ends soon and tells how far it got`, () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'an apply after %s',
    async (signal) => {
      const file = folder.write('new.yaml', documents(COUNT, 'new'));
      // Some are there before, so that objects are both created and replaced.
      const some = folder.write('some.yaml', documents(COUNT / 20, 'old'));
      expect((await calicoctl(['apply', '-f', some], kube.env)).status).toBe(0);
      const applied = await interruptAfter(COUNT / 4, ['apply', '-f', file], signal);
      const { new: written, ...others } = tally([...(await kube.stored()).values()].map(({ mark }) => mark));
      expect({ written, others }).toEqual({ written: applied, others: {} });
    },
    30_000,
  );

  test('a delete after SIGINT', async () => {
    const file = folder.write('new.yaml', documents(COUNT, 'new'));
    expect((await calicoctl(['apply', '-f', file], kube.env)).status).toBe(0);
    const deleted = await interruptAfter(COUNT / 4, ['delete', '-f', file], 'SIGINT');
    expect((await kube.stored()).size).toBe(COUNT - deleted);
  }, 30_000);
});
