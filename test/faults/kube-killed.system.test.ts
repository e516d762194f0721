import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { loadConfiguration } from '../../src/config/configuration.ts';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { openKubernetesDatastore } from '../../src/datastore/kubernetes/open.ts';
import { create, GlobalNetworkSet, globalSet, globalSetRef } from '../datastore/contract/objects.ts';
import { seeded } from '../fuzz/random.ts';
import { claimOf, expectTrue } from './claim.ts';
import { type KubeVictim, startKubeVictim } from './kube.ts';
import { documents, type Folder, start, tally, temporaryFolder } from './program.ts';

const COUNT = 500;

let kube: KubeVictim;
let folder: Folder;
let file: string;
beforeAll(async () => {
  kube = await startKubeVictim();
  folder = temporaryFolder();
  file = folder.write('sets.yaml', documents(COUNT, 'new'));
}, 60_000);
afterAll(async () => {
  await kube.stop();
  folder.remove();
});
beforeEach(() => kube.clear());

/** Kills the API server as soon as so many objects are stored. */
async function killAtWork(count: number, timeout: string) {
  const { ended } = start(['apply', '-f', file, '--request-timeout', timeout], kube.env);
  const end = performance.now() + 10_000;
  while ((await kube.stored()).size < count && performance.now() < end) await Bun.sleep(1);
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
    for (const count of [30, 300]) {
      const { ended } = await killAtWork(count, '30s');
      await kube.restart();
      expect(await ended).toMatchObject(ALL_APPLIED);
      expect(await writesStored()).toEqual({ 'new 1': COUNT });
      await kube.clear();
    }
  }, 60_000);

  test('and stays dead: the end comes in time and tells how far it got', async () => {
    const { ended, after } = await killAtWork(150, '2s');
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
      const attempt = await killAtWork(random.below(COUNT - 50), '600ms');
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

describe('an API server is killed', () => {
  let store: Datastore;
  beforeEach(async () => {
    const configuration = await loadConfiguration({ env: kube.env, cwd: '/' });
    store = await openKubernetesDatastore(configuration, new AbortController().signal);
  });
  afterEach(() => store.close());

  test('while somebody watches: nothing is missed and nothing told twice', async () => {
    await create(store, globalSet('before'));
    let version = '';
    for await (const page of store.list({ kind: GlobalNetworkSet })) version = page.version;
    const changes = store.watch({ kind: GlobalNetworkSet }, version)[Symbol.asyncIterator]();
    const told: string[] = [];
    const take = async () => {
      const { value } = await changes.next();
      told.push(`${value.type} ${value.resource.metadata.name}`);
    };
    for (const name of ['one', 'two']) {
      await create(store, globalSet(name));
      await take();
      await kube.kill();
      const waiting = take();
      await kube.restart();
      await store.delete(globalSetRef(name));
      await waiting;
    }
    await changes.return?.();
    expect(told).toEqual(['added one', 'deleted one', 'added two', 'deleted two']);
  }, 60_000);
});
