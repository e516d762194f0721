import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { seeded } from '../fuzz/random.ts';
import { type KubeVictim, startKubeVictim } from './kube.ts';
import {
  calicoctl,
  documents,
  type Ended,
  type Env,
  type Folder,
  nameOf,
  tally,
  temporaryFolder,
} from './program.ts';
import { type Fault, kubeconfigOf, type Line, PASS, startProxy } from './proxy.ts';

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

const FAULTS: readonly Fault[] = [
  { does: 'refuse', status: 429, retryAfter: '1' },
  { does: 'refuse', status: 429, retryAfter: '0' },
  { does: 'refuse', status: 500 },
  { does: 'lie', status: 500 },
  { does: 'cut', when: 'before' },
  { does: 'cut', when: 'after' },
  { does: 'cut', when: 'within' },
];

/** Three requests of ten go wrong, each in one of the ways; that which takes a second is rarer than the others. */
function flaky(seed: number): () => Fault {
  const random = seeded(seed);
  const ways = [...FAULTS, ...FAULTS.slice(1), ...FAULTS.slice(1)];
  return () => (random.below(10) < 3 ? ways[random.below(ways.length)]! : PASS);
}

/** Runs `work` behind a proxy and sees to it that something went wrong in every way. */
async function behind(seed: number, work: (env: Env, proxy: Line) => Promise<void>): Promise<void> {
  const proxy = await startProxy(kube, flaky(seed));
  const path = folder.write(`kubeconfig-${seed}`, kubeconfigOf(kube, proxy.url, { token: kube.token }));
  try {
    await work({ DATASTORE_TYPE: 'kubernetes', KUBECONFIG: path }, proxy);
  } finally {
    proxy.close();
  }
}

async function done(args: readonly string[], env: Env): Promise<string> {
  const { status, out, err }: Ended = await calicoctl(args, env);
  expect({ args, status, err }).toEqual({ args, status: 0, err: '' });
  return out;
}

/** How many objects have which mark and were written how often. */
async function stored(): Promise<Record<string, number>> {
  return tally([...(await kube.stored()).values()].map(({ mark, writes }) => `${mark} ${writes}`));
}

function said(verb: string): string {
  return `Successfully ${verb} 200 'GlobalNetworkSet' resource(s)\n`;
}

describe('behind a line on which three of ten requests go wrong', () => {
  test('200 are created, applied over, and deleted: each once', async () => {
    const [old, fresh] = ['old', 'new'].map((mark) => folder.write(`${mark}.yaml`, documents(200, mark)));
    await behind(1, async (env, proxy) => {
      expect(await done(['create', '-f', old!], env)).toBe(said('created'));
      expect(await stored()).toEqual({ 'old 1': 200 });
      expect(await done(['apply', '-f', fresh!], env)).toBe(said('applied'));
      expect(await stored()).toEqual({ 'new 2': 200 });
      expect(await done(['delete', '-f', fresh!], env)).toBe(said('deleted'));
      expect(await stored()).toEqual({});
      expect(Object.keys(tally(proxy.log.map(({ fault }) => JSON.stringify(fault)))).sort()).toEqual(
        [PASS, ...FAULTS].map((fault) => JSON.stringify(fault)).sort(),
      );
    });
  }, 60_000);

  test('200 are applied, each once', async () => {
    const file = folder.write('new.yaml', documents(200, 'new'));
    await behind(2, async (env) => {
      expect(await done(['apply', '-f', file], env)).toBe(said('applied'));
      expect(await stored()).toEqual({ 'new 1': 200 });
    });
  }, 60_000);

  test('patches and labels of one object all land, each once', async () => {
    await calicoctl(['apply', '-f', folder.write('one.yaml', documents(1, 'one'))], kube.env);
    const keys = Array.from({ length: 8 }, (_, i) => `k${i}`);
    await behind(3, async (env) => {
      for (const [index, key] of keys.entries()) {
        const patch = JSON.stringify({ metadata: { labels: { [key]: 'set' } } });
        const change = index % 2 === 0 ? ['patch', 'globalnetworkset', nameOf(0), '-p', patch] : [];
        await done(change.length > 0 ? change : ['label', 'globalnetworkset', nameOf(0), `${key}=set`], env);
      }
    });
    const { out } = await calicoctl(['get', 'globalnetworkset', nameOf(0), '-o', 'json'], kube.env);
    expect(Object.keys(JSON.parse(out).metadata.labels).sort()).toEqual([...keys, 'mark'].sort());
  }, 60_000);

  test('500 are read whole', async () => {
    const file = folder.write('sets.yaml', documents(500, 'here'));
    await calicoctl(['apply', '-f', file], kube.env);
    // The version of the list is that of the whole server, which never rests.
    const read = async (env: Env) =>
      JSON.parse(await done(['get', 'globalnetworkset', '-o', 'json'], env)).items;
    const direct = await read(kube.env);
    await behind(4, async (env) => {
      for (let round = 0; round < 4; round++) expect(await read(env)).toEqual(direct);
    });
  }, 60_000);
});
