import { afterAll, beforeAll, expect, test } from 'bun:test';
import { etcdDatastore } from '../../../src/datastore/etcdv3/store.ts';
import { openEtcd } from '../../../src/datastore/etcdv3/wire/client.ts';
import { calicoctl, start } from '../../faults/program.ts';
import { seeded } from '../../fuzz/random.ts';
import { namesOf, put } from '../../operations/stores.ts';
import { startEtcd } from '../../testbed/testbed.ts';
import { simulatedPods } from './simulated.ts';

/** The executable is killed at random moments of a whole migration on etcd, and started anew until it is over. */

const PODS = 24;

let stop: () => Promise<void>;
let url: string;
let open: Parameters<typeof simulatedPods>[0];
beforeAll(async () => {
  const server = await startEtcd();
  url = server.url;
  const client = openEtcd({ endpoints: [url] });
  const store = etcdDatastore(client);
  open = { store, node: (name) => put(store, 'Node', name, {}), stop: async () => undefined };
  stop = async () => {
    client.close();
    await server.stop();
  };
}, 60_000);
afterAll(() => stop());

test('a migration that is killed again and again comes to its end, and no pod is ever without a pool', async () => {
  const { store } = open;
  const env = { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: url };
  const random = seeded(7);
  await put(store, 'IPPool', 'blue', { cidr: '10.20.0.0/24', blockSize: 29, nodeSelector: 'all()' });
  for (const node of ['w1', 'w2', 'w3']) await open.node(node);
  const pods = simulatedPods(open);
  for (let index = 0; index < PODS; index++) await pods.start(`web-${index}`, `w${1 + (index % 3)}`);

  const goal = ['--to-block-size', '28', '--via-cidr', '10.61.0.0/24'];
  // Moments of a run are fractions of how long one takes here and now.
  const { milliseconds: whole } = await calicoctl(['ippool', 'migrate', 'blue', ...goal], env);
  let [killed, runs] = [0, 0];
  for (let over = false; !over; runs++) {
    expect(runs).toBeLessThan(300);
    const { child, ended } = start(['ippool', 'migrate', 'blue', ...goal, '--apply'], env);
    // Most runs are killed, many of them at work.
    const timer =
      runs % 6 === 5
        ? undefined
        : setTimeout(() => child.kill('SIGKILL'), whole * (0.3 + random.below(100) / 100));
    const { status, out, err } = await ended;
    clearTimeout(timer);
    if (status === undefined) killed++;
    over = out.includes('The migration is over.') || err.includes('with blocks of /28 already');
    if (status === 1 && !over) expect(err).toMatch(/^step \d+ is not done: \d+ address/);
    await pods.expectSound();
    if (status === 1 && !over)
      for (const pod of [...pods.running().keys()].slice(0, PODS / 2)) await pods.restart(pod);
    else await pods.restart([...pods.running().keys()][runs % PODS]!);
  }
  expect(killed).toBeGreaterThan(5);
  expect([...pods.running().values()].every((address) => address.startsWith('10.20.0.'))).toBe(true);
  await pods.expectSound();
  expect(await namesOf(store, 'IPPool')).toEqual(['IPPool/blue']);
  const blocks = await namesOf(store, 'IPAMBlock', 'BlockAffinity');
  expect(blocks.filter((name) => !name.endsWith('/28'))).toEqual([]);
  const { out } = await calicoctl(['get', 'ippool', 'blue', '-o', 'json'], env);
  expect(JSON.parse(out)).toMatchObject({ spec: { cidr: '10.20.0.0/24', blockSize: 28 } });
}, 120_000);
