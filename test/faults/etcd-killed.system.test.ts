import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { seeded } from '../fuzz/random.ts';
import { claimOf, expectTrue } from './claim.ts';
import { startVictim, type Victim } from './etcd.ts';
import { calicoctl, documents, type Folder, start, tally, temporaryFolder } from './program.ts';

const COUNT = 500;

let etcd: Victim;
let folder: Folder;
let file: string;
beforeAll(async () => {
  etcd = await startVictim();
  folder = temporaryFolder();
  file = folder.write('sets.yaml', documents(COUNT, 'new'));
});
afterAll(async () => {
  await etcd.stop();
  folder.remove();
});
beforeEach(async () => {
  await etcd.restart();
  await etcd.clear();
});

/** How long an apply takes here and now, in milliseconds: moments of it are fractions. */
async function wholeApply(): Promise<number> {
  const { milliseconds } = await calicoctl(['apply', '-f', file], etcd.env);
  await etcd.clear();
  return milliseconds;
}

async function killAtWork(milliseconds: number, timeout: string) {
  const { ended } = start(['apply', '-f', file, '--request-timeout', timeout], etcd.env);
  await Bun.sleep(milliseconds);
  await etcd.kill();
  const killed = performance.now();
  const after = ended.then(() => performance.now() - killed);
  return { ended, after };
}

const SILENCE = 'the datastore does not answer';

const ALL_APPLIED = {
  status: 0,
  out: `Successfully applied ${COUNT} 'GlobalNetworkSet' resource(s)\n`,
  err: '',
};

describe('etcd is killed while 500 resources are applied', () => {
  test('and comes back in time: everything lands, once', async () => {
    const whole = await wholeApply();
    for (const moment of [0.6, 0.75, 0.9]) {
      const { ended } = await killAtWork(whole * moment, '10s');
      await Bun.sleep(300);
      await etcd.restart();
      expect(await ended).toMatchObject(ALL_APPLIED);
      expect(
        tally([...(await etcd.stored()).values()].map(({ mark, writes }) => `${mark} ${writes}`)),
      ).toEqual({
        [`new 1`]: COUNT,
      });
      await etcd.clear();
    }
  }, 30_000);

  test('again and again: everything lands, once', async () => {
    const { ended } = await killAtWork(0.6 * (await wholeApply()), '10s');
    for (let round = 0; round < 3; round++) {
      await etcd.restart();
      await Bun.sleep(30);
    }
    expect(await ended).toMatchObject(ALL_APPLIED);
    const stored = [...(await etcd.stored()).values()];
    expect(tally(stored.map(({ mark, writes }) => `${mark} ${writes}`))).toEqual({ [`new 1`]: COUNT });
  }, 30_000);

  test('and stays dead: the end comes in time and tells how far it got', async () => {
    const whole = await wholeApply();
    let { ended, after } = await killAtWork(0.7 * whole, '2s');
    let apply = await ended;
    // An apply that was faster than expected is tried again, killed earlier.
    for (let part = 0.6; apply.status === 0 && part > 0.2; part -= 0.1) {
      await etcd.restart();
      await etcd.clear();
      ({ ended, after } = await killAtWork(part * whole, '2s'));
      apply = await ended;
    }
    expect(apply.status).toBe(1);
    expect(apply.err).toContain(`etcd at ${etcd.url}: the connection broke off`);
    expect(await after).toBeLessThan(4000);
    const claim = claimOf(apply, SILENCE)!;
    await etcd.restart();
    expectTrue(claim, await etcd.stored());
  }, 30_000);

  test('at any moment: what is said is what is there', async () => {
    const random = seeded(20260131);
    const whole = await wholeApply();
    let caught = 0;
    for (let round = 0; round < 10; round++) {
      const milliseconds = whole * (0.3 + random.below(70) / 100);
      const attempt = await killAtWork(milliseconds, '600ms');
      const apply = await attempt.ended;
      expect(await attempt.after).toBeLessThan(2600);
      await etcd.restart();
      const claim = claimOf(apply, SILENCE);
      if (apply.status === 0) {
        expect(apply).toMatchObject(ALL_APPLIED);
        expect((await etcd.stored()).size).toBe(COUNT);
      } else if (claim !== undefined) {
        caught++;
        expectTrue(claim, await etcd.stored());
      } else {
        expect(apply.err).toStartWith(`etcd at ${etcd.url}: `);
        expect((await etcd.stored()).size).toBe(0);
      }
      await etcd.clear();
    }
    expect(caught).toBeGreaterThan(2);
  }, 60_000);
});
