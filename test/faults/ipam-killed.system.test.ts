import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { seeded } from '../fuzz/random.ts';
import { namesOf, specOf } from '../operations/stores.ts';
import { look, type Seen, type SmallCluster, writeReport } from './ipam-cluster.ts';
import { CLUSTER, onEtcd, onFolder, onKubernetes, type Scene, settled } from './ipam-scenes.ts';
import { calicoctl, type Ended, type Folder, start, temporaryFolder } from './program.ts';

interface Killing {
  /** Whether the program was dead before it ended by itself. */
  readonly killed: boolean;
  readonly ended: Ended;
}

/** How a command does when nobody disturbs it. */
interface Whole {
  readonly requests: number;
  readonly milliseconds: number;
}

async function whole(scene: Scene, args: readonly string[]): Promise<Whole> {
  scene.killAt(undefined, 'before', () => undefined);
  const { milliseconds, status, err } = await calicoctl(args, scene.env);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  return { requests: scene.requests(), milliseconds };
}

/** Kills the program at one of its requests where they can be counted, else at a moment of its life. */
async function killed(
  scene: Scene,
  args: readonly string[],
  { requests, milliseconds }: Whole,
  part: number,
  when: 'before' | 'behind',
): Promise<Killing> {
  let child: ReturnType<typeof start>['child'] | undefined;
  const kill = () => void child?.kill('SIGKILL');
  const request = Math.max(1, Math.ceil(part * requests));
  scene.killAt(requests === 0 ? undefined : request, when, kill);
  const running = start(args, scene.env);
  child = running.child;
  if (requests === 0) setTimeout(kill, part * milliseconds);
  const ended = await running.ended;
  scene.killAt(undefined, 'before', () => undefined);
  return { killed: ended.status === undefined, ended };
}

/** What must hold at any moment: every address is with its handle or free, and no handle counts too few. */
function expectWhole({ taken, handles, affinities }: Seen, cluster: SmallCluster): void {
  for (const [address, handle] of cluster.live)
    expect([address, taken.get(address)]).toEqual([address, handle]);
  const counts = new Map<string, number>();
  for (const [address, handle] of taken) {
    expect(cluster.live.get(address) ?? cluster.leaked.get(address)).toBe(handle);
    counts.set(handle, (counts.get(handle) ?? 0) + 1);
  }
  for (const [handle, count] of counts) expect(handles.get(handle) ?? 0).toBeGreaterThanOrEqual(count);
  expect(affinities).toBe(cluster.blocks.length);
}

async function expectLockExplained({ env }: Scene): Promise<void> {
  const { out } = await calicoctl(['datastore', 'status'], env);
  for (const words of ['State:            locked', 'ada@laptop', 'a fault test', 'datastore migrate unlock'])
    expect(out).toContain(words);
}

describe.each([
  ['etcd', onEtcd, 70],
  ['Kubernetes', onKubernetes, 10],
  ['a folder', onFolder, 8],
] as const)('calicoctl is killed on %s', (_name, open, points) => {
  let scene: Scene;
  let folder: Folder;
  beforeAll(async () => {
    scene = await open();
    folder = temporaryFolder();
  }, 60_000);
  afterAll(async () => {
    await scene?.stop();
    folder?.remove();
  });

  /** Parts of a run, all over it, and both sides of a request. */
  function* moments(seed: number): Generator<readonly [number, 'before' | 'behind']> {
    const random = seeded(seed);
    for (let point = 0; point < points; point++)
      yield [(point + random.below(100) / 100) / points, point % 2 === 0 ? 'before' : 'behind'];
  }

  test('while it releases: every address is old or new, and a repetition finishes', async () => {
    await scene.rebuild();
    const file = await writeReport(scene.store, CLUSTER, folder.path);
    const args = ['ipam', 'release', `--from-report=${file}`];
    const undisturbed = await whole(scene, args);
    const states = new Set<string>();
    for (const [part, when] of moments(20260501)) {
      await scene.rebuild();
      await writeReport(scene.store, CLUSTER, folder.path);
      await killed(scene, args, undisturbed, part, when);
      const seen = await settled(scene.store);
      expectWhole(seen, CLUSTER);
      const left = [...CLUSTER.leaked.keys()].filter((address) => seen.taken.has(address)).length;
      states.add(`${left} ${seen.handles.size}`);
      await expectLockExplained(scene);
      const again = await calicoctl(args, scene.env);
      expect(again).toMatchObject({ status: 0, err: '' });
      expect(again.out).toContain(`Released ${left} IPs successfully\n`);
      const after = await look(scene.store);
      expectWhole(after, CLUSTER);
      expect([...after.taken.keys()].sort()).toEqual([...CLUSTER.live.keys()].sort());
      for (const id of CLUSTER.lostHandles) expect(after.handles.has(id)).toBe(false);
    }
    if (points === 70) expect(states.size).toBeGreaterThan(2);
  }, 240_000);

  test('while it splits: the pool or all of its parts are there, and a repetition finishes', async () => {
    const args = ['ipam', 'split', '8', '--name=pods'];
    const parts = Array.from({ length: 8 }, (_, index) => [`split-pods-${index}`, `10.0.${index * 32}.0/19`]);
    await scene.rebuild();
    const undisturbed = await whole(scene, args);
    const states = new Set<string>();
    for (const [part, when] of moments(20260502)) {
      await scene.rebuild();
      const { ended, killed: dead } = await killed(scene, args, undisturbed, part, when);
      expectWhole(await settled(scene.store), CLUSTER);
      const there = await namesOf(scene.store, 'IPPool');
      const made = there.filter((name) => name !== 'IPPool/pods').length;
      states.add(`${there.includes('IPPool/pods')} ${made === 0 ? 'none' : made === 8 ? 'all' : 'some'}`);
      expect(there.includes('IPPool/pods') || made === 8).toBe(true);
      if (!dead) expect(ended).toMatchObject({ status: 0 });
      await expectLockExplained(scene);
      const again = await calicoctl(args, scene.env);
      if (there.includes('IPPool/pods')) expect(again).toMatchObject({ status: 0 });
      else expect(again.err).toContain('seems to have been split already');
      for (const [name, cidr] of parts) {
        const spec = await specOf(scene.store, 'IPPool', name!);
        expect([spec?.['cidr'], spec?.['disabled'] ?? false]).toEqual([cidr, false]);
      }
      expect((await namesOf(scene.store, 'IPPool')).length).toBe(8);
      const after = await look(scene.store);
      expect(after.taken.size).toBe(CLUSTER.leaked.size + CLUSTER.live.size);
    }
    if (points === 70) expect(states.size).toBeGreaterThan(2);
  }, 240_000);
});
