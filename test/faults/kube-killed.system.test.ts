import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { seeded } from '../fuzz/random.ts';
import { claimOf, expectTrue } from './claim.ts';
import { type KubeVictim, startKubeVictim } from './kube.ts';
import { calicoctl, documents, type Folder, start, tally, temporaryFolder } from './program.ts';

const COUNT = 500;

let kube: KubeVictim;
let folder: Folder;
let file: string;
/** How long an apply takes here and now, in milliseconds: moments of it are fractions. */
let whole: number;
beforeAll(async () => {
  kube = await startKubeVictim();
  folder = temporaryFolder();
  file = folder.write('sets.yaml', documents(COUNT, 'new'));
  // The first makes the datastore usable; what follows takes no more than the second.
  await calicoctl(['apply', '-f', folder.write('one.yaml', documents(1, 'new'))], kube.env);
  await kube.clear();
  whole = (await calicoctl(['apply', '-f', file], kube.env)).milliseconds;
}, 60_000);
afterAll(async () => {
  await kube.stop();
  folder.remove();
});
beforeEach(() => kube.clear());

/** Kills the API server so long after the start of an apply. */
async function killAtWork(milliseconds: number, timeout: string) {
  const { ended } = start(['apply', '-f', file, '--request-timeout', timeout], kube.env);
  await Bun.sleep(milliseconds);
  await kube.kill();
  const killed = performance.now();
  const after = ended.then(() => performance.now() - killed);
  return { ended, after };
}

const ALL_APPLIED = {
  status: 0,
  out: `Successfully applied ${COUNT} 'GlobalNetworkSet' resource(s)\n`,
  err: '',
};
const SILENCE = 'the datastore does not answer';

async function writesStored(): Promise<Record<string, number>> {
  return tally([...(await kube.stored()).values()].map(({ mark, writes }) => `${mark} ${writes}`));
}

describe('an API server is killed while 500 resources are applied', () => {
  test('and comes back in time: everything lands, once', async () => {
    for (const moment of [0.45, 0.85]) {
      const { ended } = await killAtWork(whole * moment, '30s');
      await kube.restart();
      expect(await ended).toMatchObject(ALL_APPLIED);
      expect(await writesStored()).toEqual({ 'new 1': COUNT });
      await kube.clear();
    }
  }, 60_000);

  test('and stays dead: the end comes in time and tells how far it got', async () => {
    const { ended, after } = await killAtWork(0.7 * whole, '2s');
    const apply = await ended;
    expect(apply.status).toBe(1);
    expect(apply.err).toContain(`Kubernetes API server at ${kube.url}: `);
    expect(await after).toBeLessThan(4000);
    const claim = claimOf(apply, SILENCE);
    expect(claim?.applied).toBeGreaterThan(0);
    expectTrue(claim!, await kube.stored());
    await kube.restart();
  }, 60_000);

  test('at any moment: what is said is what is there', async () => {
    const random = seeded(20260131);
    let caught = 0;
    for (let round = 0; round < 3; round++) {
      const attempt = await killAtWork(whole * (0.2 + random.below(75) / 100), '600ms');
      const apply = await attempt.ended;
      expect(await attempt.after).toBeLessThan(2600);
      const claim = claimOf(apply, SILENCE);
      const stored = await kube.stored();
      if (apply.status === 0) {
        expect(apply).toMatchObject(ALL_APPLIED);
        expect(stored.size).toBe(COUNT);
      } else if (claim !== undefined) {
        caught++;
        expectTrue(claim, stored);
      } else {
        expect(apply.err).toStartWith(`Kubernetes API server at ${kube.url}: `);
        expect(stored.size).toBe(0);
      }
      await kube.clear();
      await kube.restart();
    }
    expect(caught).toBeGreaterThan(1);
  }, 90_000);
});
