import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { etcdDatastore } from '../../../src/datastore/etcdv3/store.ts';
import { findMore } from '../../../src/ipam/check/find.ts';
import { readSurvey } from '../../../src/ipam/survey/read.ts';
import { releaseAffinity } from '../../../src/operations/ipam/affinities.ts';
import type { Resource } from '../../../src/resources/kind.ts';
import { parseCidr } from '../../../src/resources/net/cidr.ts';
import { type Random, seeded } from '../../fuzz/random.ts';
import { blockSpec, put, ref } from '../../operations/stores.ts';
import { type EtcdServer, startEtcd } from '../../testbed/testbed.ts';
import { type Allocator, openAllocator } from '../allocator.ts';

/** Nothing is wrong with a cluster for being at work: pods come and go, blocks are claimed and given up. */

let etcd: EtcdServer;
let allocator: Allocator;
let store: Datastore;
beforeAll(async () => {
  etcd = await startEtcd();
  allocator = openAllocator(etcd.url);
  store = etcdDatastore(allocator.client);
});
afterAll(async () => {
  allocator.close();
  await etcd.stop();
});

const CIDRS = ['10.65.0.0/26', '10.65.0.64/26'];
const CHECKS = 8;
let names = 0;

/** With two addresses under one handle, of which the second comes late. */
async function podLives(random: Random): Promise<void> {
  const handle = `h${names++}`;
  const taken = await allocator.assign(random.pick(CIDRS), handle);
  if (taken === undefined) return;
  await allocator.putEndpoint(handle, taken.address);
  await allocator.assign(random.pick(CIDRS), handle, { gap: random.below(150) });
  await Bun.sleep(random.below(60));
  await allocator.deleteEndpoint(handle);
  await allocator.release(handle);
}

/** A block is claimed, kept for a while and given up. */
async function blockLives(random: Random, cidr: string): Promise<void> {
  const name = `host/node-1/${cidr}`;
  const affinity = { state: 'pending', node: 'node-1', type: 'host', cidr, deleted: false };
  const pending = await put(store, 'BlockAffinity', name, affinity);
  await Bun.sleep(random.below(100));
  const claimed = { affinity: 'host:node-1', affinityClaimTime: new Date().toISOString() };
  await put(store, 'IPAMBlock', cidr, blockSpec(cidr, 64, {}, claimed));
  await Bun.sleep(random.below(20));
  const confirmed: Resource = { ...pending, spec: { ...affinity, state: 'confirmed' } };
  await store.update(await ref('BlockAffinity', name), confirmed);
  await Bun.sleep(random.below(200));
  await releaseAffinity(store, { type: 'host', name: 'node-1' }, parseCidr(cidr)!, {
    mustBeEmpty: true,
    cooldownSeconds: 0,
  });
}

test('a cluster at work raises nothing', async () => {
  await allocator.setUp(CIDRS);
  let ended = false;
  const until = async (live: () => Promise<void>) => {
    while (!ended) await live();
  };
  const random = seeded(7);
  const writers = [
    ...[1, 2, 3, 4].map(() => until(() => podLives(random))),
    ...['10.65.1.0/26', '10.65.1.64/26', '10.65.1.128/26'].map((cidr) =>
      until(() => blockLives(random, cidr)),
    ),
  ];
  const raised: string[] = [];
  let halfDone = 0;
  for (let check = 0; check < CHECKS; check++) {
    const survey = await readSurvey(store);
    halfDone +=
      survey.handles.miscounted.length +
      survey.affinities.filter(({ state }) => state !== 'confirmed').length;
    for await (const { code, message } of findMore(store, survey)) raised.push(`${code} ${message}`);
  }
  ended = true;
  await Promise.all(writers);
  expect(raised).toEqual([]);
  expect(halfDone).toBeGreaterThan(0);
}, 60_000);
