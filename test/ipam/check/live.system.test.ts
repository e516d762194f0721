import { afterAll, beforeAll, expect, test } from 'bun:test';
import { etcdDatastore } from '../../../src/datastore/etcdv3/store.ts';
import { findKnown } from '../../../src/ipam/check/find.ts';
import { readSurvey } from '../../../src/ipam/survey/read.ts';
import { seeded } from '../../fuzz/random.ts';
import { type EtcdServer, startEtcd } from '../../testbed/testbed.ts';
import { type Allocator, openAllocator } from '../allocator.ts';

let etcd: EtcdServer;
let allocator: Allocator;
beforeAll(async () => {
  etcd = await startEtcd();
  allocator = openAllocator(etcd.url);
});
afterAll(async () => {
  allocator.close();
  await etcd.stop();
});

const CIDRS = ['10.65.0.0/26', '10.65.0.64/26'];
const WRITERS = 6;
const CHECKS = 8;

test('a cluster where pods come and go has nothing wrong, but for what is', async () => {
  await allocator.setUp(CIDRS);
  const long = new Date('2026-01-01T00:00:00Z');
  const leaked = (await allocator.assign(CIDRS[0]!, 'gone', { at: long }))!;
  let [ended, count, lives] = [false, 0, 0];
  const live = async (seed: number) => {
    const random = seeded(seed);
    while (!ended) {
      const pod = `h${count++}`;
      // Times are of long ago, so that no address is spared for being new.
      const taken = await allocator.assign(random.pick(CIDRS), pod, { at: long, gap: random.below(20) });
      if (taken === undefined) continue;
      await allocator.putEndpoint(pod, taken.address);
      await Bun.sleep(random.below(40));
      await allocator.deleteEndpoint(pod);
      await Bun.sleep(random.below(20));
      await allocator.release(pod);
      lives++;
    }
  };
  const writers = Array.from({ length: WRITERS }, (_, seed) => live(seed));
  const store = etcdDatastore(allocator.client);
  const found: string[] = [];
  for (let at = 0; at < CHECKS; at++)
    for await (const { code, subject } of findKnown(store, await readSurvey(store)))
      found.push(`${code} ${subject.name}`);
  ended = true;
  await Promise.all(writers);
  expect(lives).toBeGreaterThan(CHECKS);
  expect(found).toEqual(Array.from({ length: CHECKS }, () => `CAL3001 ${leaked.address}`));
}, 60_000);
