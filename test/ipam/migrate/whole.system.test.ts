import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { abandon } from '../../../src/ipam/migrate/abandon.ts';
import { type Advance, advance } from '../../../src/ipam/migrate/advance.ts';
import type { Wishes } from '../../../src/ipam/migrate/goal.ts';
import { MIGRATION_NOTE } from '../../../src/ipam/migrate/note.ts';
import { viewOf } from '../../../src/ipam/migrate/view.ts';
import type { Resource } from '../../../src/resources/kind.ts';
import { API_VERSION } from '../../../src/resources/kind.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import {
  clear,
  etcdStore,
  fileStore,
  kubernetesStore,
  namesOf,
  type OpenStore,
  put,
  ref,
} from '../../operations/stores.ts';
import { type SimulatedPods, simulatedPods } from './simulated.ts';

/**
 * Whole migrations with pods that come and go, in which each run dies at one of its writes, just before or just after it;
 * each write of each step has its turn. Whatever is left, pods keep pools, new pods find one, and the next run goes on.
 */

class Died extends Error {}

/** The datastore of a run that dies at its n-th write. */
function dying(store: Datastore, write: number, when: 'before' | 'after'): Datastore {
  let count = 0;
  let dead = false;
  const mortal =
    <A extends readonly unknown[], T>(work: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      if (dead) throw new Died();
      const last = ++count === write;
      dead ||= last;
      if (last && when === 'before') throw new Died();
      const result = await work(...args);
      if (last) throw new Died();
      return result;
    };
  return {
    ...store,
    create: mortal(store.create),
    update: mortal(store.update),
    delete: mortal(store.delete),
  };
}

const patience = { wait: 0 };

let run = 0;

/** One that is asked for in between: there must be a pool for it on every node. */
async function expectRoom(pods: SimulatedPods): Promise<void> {
  for (const node of ['w1', 'w2']) {
    const name = `probe-${++run}`;
    await pods.start(name, node);
    await pods.stop(name);
  }
  await pods.expectSound();
}

interface Walk {
  readonly steps: readonly string[];
  readonly deaths: number;
}

/** Goes through a whole migration; whoever has to leave is restarted, one more each time. */
async function walk(open: OpenStore, pods: SimulatedPods, wishes: Wishes): Promise<Walk> {
  const steps: string[] = [];
  let deaths = 0;
  let write = 0;
  let before = '';
  const look = async () => {
    deaths++;
    await expectRoom(pods);
  };
  for (let guard = 0; guard < 100; guard++) {
    const next = await nextStep(open.store, wishes);
    if (next === undefined) return { steps, deaths };
    // Of a step with more writes than one each has its turn.
    write = next === before ? write + 1 : 1;
    before = next;
    const outcome = await oneStep(open.store, wishes, write, look);
    if (outcome === undefined) continue;
    if (outcome.done) steps.push(`${outcome.step.what} ${outcome.step.pool}`);
    if (outcome.view === undefined) return { steps, deaths };
    const [holder] = outcome.view.occupants?.holders ?? [];
    if (!outcome.done && holder !== undefined) await pods.restart(holder.name);
  }
  throw new Error(`it never ends: ${steps.join(', ')}`);
}

/** Undefined where nothing is left to do. */
async function nextStep(store: Datastore, wishes: Wishes): Promise<string | undefined> {
  try {
    const { next } = await viewOf(store, 'blue', wishes);
    return `${next.number} ${next.what}`;
  } catch (error) {
    const { message } = error as Error;
    if (/ with blocks of \S+ already$|^resource does not exist: IPPool\(blue\)$/.test(message))
      return undefined;
    throw error;
  }
}

/** Two runs that die, before their first write and after the write given; undefined where both did. */
async function oneStep(
  store: Datastore,
  wishes: Wishes,
  write: number,
  look: () => Promise<void>,
): Promise<Advance | undefined> {
  for (const mortal of [dying(store, 1, 'before'), dying(store, write, 'after')])
    try {
      return await advance(mortal, 'blue', wishes, patience);
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      await look();
    }
  return undefined;
}

async function pools(store: Datastore): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for await (const page of store.list({ kind: await kindOf('IPPool') }))
    for (const { metadata, spec } of page.items as readonly Resource[]) {
      expect(metadata.annotations?.[MIGRATION_NOTE]).toBeUndefined();
      found[metadata.name] = {
        labels: metadata.labels,
        cidr: spec['cidr'],
        blockSize: spec['blockSize'],
        disabled: spec['disabled'] ?? false,
      };
    }
  return found;
}

const BLUE = {
  cidr: '10.20.0.0/26',
  blockSize: 29,
  ipipMode: 'Always',
  nodeSelector: 'all()',
  natOutgoing: true,
};

describe.each([
  ['etcd', etcdStore],
  ['folder', fileStore],
  ['Kubernetes', kubernetesStore],
] as const)('a whole migration on %s', (_name, openStore) => {
  let open: OpenStore;
  let pods: SimulatedPods;
  beforeAll(async () => {
    open = await openStore();
    if (open.post !== undefined) for (const node of ['w1', 'w2']) await open.node(node);
  }, 60_000);
  afterEach(async () => {
    for (const pod of pods.running().keys()) await pods.stop(pod);
    await clear(open.store);
  });
  afterAll(() => open.stop());

  async function populate(): Promise<void> {
    pods = simulatedPods(open);
    const metadata = { name: 'blue', labels: { team: 'a' } };
    const resource = { apiVersion: API_VERSION, kind: 'IPPool', metadata, spec: { ...BLUE } };
    await open.store.create(await ref('IPPool', 'blue'), resource);
    if (open.post === undefined) for (const node of ['w1', 'w2']) await open.node(node);
    run++;
    for (const [index, node] of ['w1', 'w1', 'w2'].entries()) await pods.start(`web-${run}-${index}`, node);
    // A block of nobody, and one whose owner is gone.
    const spec = {
      cidr: '10.20.0.48/29',
      allocations: Array(8).fill(null),
      unallocated: [0, 1, 2, 3, 4, 5, 6, 7],
      attributes: [],
      sequenceNumber: 1,
      sequenceNumberForAllocation: {},
      deleted: false,
    };
    await put(open.store, 'IPAMBlock', spec.cidr, spec);
    await put(open.store, 'IPAMBlock', '10.20.0.56/29', {
      ...spec,
      cidr: '10.20.0.56/29',
      affinity: 'host:gone',
    });
    await put(open.store, 'BlockAffinity', 'virtual/load-balancer/10.20.0.40/29', {
      state: 'pending',
      node: 'load-balancer',
      type: 'virtual',
      cidr: '10.20.0.40/29',
      deleted: false,
    });
  }

  const inPool = (prefix: string) =>
    [...pods.running().values()].every((address) => address.startsWith(prefix));

  test('to another range, dying at every write', async () => {
    await populate();
    const { deaths } = await walk(open, pods, { toCidr: '10.60.0.0/26', toName: 'green' });
    expect(deaths).toBeGreaterThan(12);
    expect(await pools(open.store)).toEqual({
      green: { labels: { team: 'a' }, cidr: '10.60.0.0/26', blockSize: 29, disabled: false },
    });
    expect(inPool('10.60.0.')).toBe(true);
    await pods.expectSound();
    const left = await namesOf(open.store, 'IPAMBlock', 'BlockAffinity');
    expect(left.filter((name) => name.includes('10.20.'))).toEqual([]);
  }, 60_000);

  test('to another block size through a temporary pool, dying at every write', async () => {
    await populate();
    await walk(open, pods, { toBlockSize: 28, viaCidr: '10.61.0.0/26' });
    expect(await pools(open.store)).toEqual({
      blue: { labels: { team: 'a' }, cidr: '10.20.0.0/26', blockSize: 28, disabled: false },
    });
    expect(inPool('10.20.0.')).toBe(true);
    await pods.expectSound();
    const blocks = await namesOf(open.store, 'IPAMBlock');
    expect(blocks.every((name) => /^IPAMBlock\/10\.20\.0\.\d+\/28$/.test(name))).toBe(true);
  }, 60_000);

  test('is given up until the old pool is gone, and not after', async () => {
    await populate();
    const { spec } = await open.store.get(await ref('IPPool', 'blue'));
    const wishes = { toCidr: '10.60.0.0/26', toName: 'green' };
    await advance(open.store, 'blue', wishes, patience);
    await advance(open.store, 'blue', {}, patience);
    const [moved] = [...pods.running().keys()];
    const name = await pods.restart(moved!);
    expect(name).toStartWith('10.60.');
    const first = await abandon(open.store, 'blue', 0);
    expect(first.left?.occupants.holders.map(({ address }) => address)).toEqual([name]);
    const refused = await advance(open.store, 'blue', {}, patience).catch((error) => error);
    expect(refused.message).toBe('the migration of blue is being given up');
    await expectRoom(pods);
    const back = [...pods.running()].find(([, address]) => address === name)![0];
    expect(await pods.restart(back)).toStartWith('10.20.');
    for (const when of ['before', 'after'] as const)
      for (let write = 1; write <= 4; write++) {
        await abandon(dying(open.store, write, when), 'blue', 0).catch((error) => {
          const known = error instanceof Died || error.message.startsWith('no migration of a pool blue');
          if (!known) throw error;
        });
        await expectRoom(pods);
      }
    expect(await pools(open.store)).toEqual({
      blue: { labels: { team: 'a' }, cidr: '10.20.0.0/26', blockSize: 29, disabled: false },
    });
    expect((await open.store.get(await ref('IPPool', 'blue'))).spec).toEqual(spec);
  }, 60_000);

  test('waits for those that still have addresses, and leaves alone what is used again', async () => {
    await populate();
    const wishes = { toCidr: '10.60.0.0/26', toName: 'green' };
    await advance(open.store, 'blue', wishes, patience);
    await advance(open.store, 'blue', {}, patience);
    const waiting = await advance(open.store, 'blue', {}, patience);
    expect([waiting.step.what, waiting.done, waiting.view?.occupants?.holders.length]).toEqual([
      'wait',
      false,
      3,
    ]);
    const leaving = advance(open.store, 'blue', {}, { wait: 20_000 });
    for (const pod of pods.running().keys()) await pods.restart(pod);
    expect((await leaving).done).toBe(true);
    expect((await advance(open.store, 'blue', {}, patience)).step.what).toBe('give-up');
    // Somebody who had not noticed that the pool is disabled.
    const late = {
      cidr: '10.20.0.0/29',
      affinity: null,
      allocations: [0, null, null, null, null, null, null, null],
    };
    await put(open.store, 'IPAMBlock', '10.20.0.0/29', {
      ...late,
      unallocated: [1, 2, 3, 4, 5, 6, 7],
      attributes: [{ handle_id: 'late' }],
      sequenceNumber: 1,
      sequenceNumberForAllocation: {},
      deleted: false,
    });
    const outcome = await advance(open.store, 'blue', {}, patience);
    expect([outcome.step.what, outcome.done]).toEqual(['wait', false]);
    expect(Object.keys(await names(open.store))).toEqual(['blue', 'green']);
    await abandon(open.store, 'blue', 0);
  }, 60_000);
});

async function names(store: Datastore): Promise<Record<string, true>> {
  const found: Record<string, true> = {};
  for (const name of await namesOf(store, 'IPPool')) found[name.slice('IPPool/'.length)] = true;
  return found;
}
