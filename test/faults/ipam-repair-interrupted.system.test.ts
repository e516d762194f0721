import { afterAll, beforeAll, expect, test } from 'bun:test';
import { lockState } from '../../src/operations/lock.ts';
import { openAllocator } from '../ipam/allocator.ts';
import { openVictimStore, type VictimStore } from './ipam-stores.ts';
import { type Folder, start, temporaryFolder } from './program.ts';

let victim: VictimStore;
let folder: Folder;
beforeAll(async () => {
  victim = await openVictimStore('etcd');
  folder = temporaryFolder();
});
afterAll(async () => {
  await victim.stop();
  folder.remove();
});

const CIDR = '10.65.0.0/26';

test('a repair that is interrupted while it holds the lock unlocks, and tells how far it got', async () => {
  const allocator = openAllocator(victim.env['ETCD_ENDPOINTS']!);
  await allocator.setUp([CIDR]);
  // An address of unknown age makes the run wait under the lock.
  const stored = await allocator.block(CIDR);
  stored.allocations[0] = 0;
  stored.attributes = [{ handle_id: 'old' }];
  stored.unallocated = stored.unallocated.slice(1);
  stored.sequenceNumberForAllocation = { 0: stored.sequenceNumber };
  await allocator.putBlock(stored);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const { child, ended } = start(['ipam', 'repair', '--yes', '--lock'], victim.env, { cwd: folder.path });
    while (!(await lockState(victim.store)).locked) await Bun.sleep(5);
    await Bun.sleep(300);
    const began = performance.now();
    child.kill(signal);
    const { status, out, err } = await ended;
    expect(performance.now() - began).toBeLessThan(3000);
    expect({ status, err }).toEqual({ status: 130, err: 'interrupted\n' });
    expect(out).toEndWith('Interrupted: 2 of 2 were not tried; run it again to go on.\n');
    expect(await lockState(victim.store)).toEqual({ locked: false });
  }
  expect((await allocator.block(CIDR)).allocations[0]).toBe(0);
  allocator.close();
}, 60_000);
