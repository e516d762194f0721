import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { groundOf, takenIn } from '../../../src/ipam/explain/room.ts';
import { readSurvey } from '../../../src/ipam/survey/read.ts';
import { addBlock, addPool, inMemory, scene, type Taken } from '../findings/scene.ts';

/** A pool of 64 addresses in blocks of 8, with some blocks and reservations by chance. */
const shape = fc.record({
  blocks: fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 8 }),
  taken: fc.uniqueArray(fc.integer({ min: 0, max: 63 }), { maxLength: 30 }),
  reserved: fc.array(fc.tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 26, max: 32 })), {
    maxLength: 4,
  }),
});

const network = (last: number, prefix: number) => last - (last % 2 ** (32 - prefix));

test('room of a pool is that of a count of all its addresses', async () => {
  await fc.assert(
    fc.asyncProperty(shape, async ({ blocks, taken, reserved }) => {
      const cluster = scene();
      addPool(cluster, 'pods', '10.0.0.0/26');
      const reservedCIDRs = reserved.map(([last, prefix]) => `10.0.0.${network(last, prefix)}/${prefix}`);
      cluster.set('IPReservation', 'kept', { reservedCIDRs });
      for (const block of blocks) {
        const used = taken.filter((address) => Math.floor(address / 8) === block);
        const each = (address: number): [number, Taken] => [address % 8, { handle: `h-${address}` }];
        addBlock(cluster, { cidr: `10.0.0.${block * 8}/29`, taken: Object.fromEntries(used.map(each)) });
      }
      const survey = await readSurvey(await inMemory(cluster));
      const ground = groundOf(survey, () => 0, new Date());
      const pool = survey.pools[0]!;
      const isReserved = (address: number) =>
        reserved.some(([last, prefix]) => network(last, prefix) === network(address, prefix));
      const all = Array.from({ length: 64 }, (_, address) => address);
      const whole = Array.from({ length: 8 }, (_, block) =>
        all.slice(block * 8, block * 8 + 8).every(isReserved),
      );
      const isFree = (address: number) =>
        blocks.includes(Math.floor(address / 8)) && !taken.includes(address) && !isReserved(address);
      expect(ground.roomIn(pool)).toEqual({
        blocks: 8n,
        existing: blocks.length,
        reserved: BigInt(whole.filter((is, block) => is && !blocks.includes(block)).length),
        unclaimed: BigInt(whole.filter((is, block) => !is && !blocks.includes(block)).length),
      });
      expect(takenIn(ground, pool)).toEqual({
        size: 64n,
        taken: taken.filter((address) => blocks.includes(Math.floor(address / 8))).length,
        resting: 0,
        reserved: BigInt(all.filter(isReserved).length),
        freeInBlocks: all.filter(isFree).length,
      });
    }),
    { numRuns: 60 },
  );
});

describe('room of IPv6 pools', () => {
  test('is counted beyond 2^53', async () => {
    const cluster = scene();
    addPool(cluster, 'huge', 'fd00::/48', { blockSize: 122 });
    cluster.set('IPReservation', 'half', { reservedCIDRs: ['fd00::/49'] });
    const survey = await readSurvey(await inMemory(cluster));
    const ground = groundOf(survey, () => 0, new Date());
    expect(ground.roomIn(survey.pools[0]!)).toEqual({
      blocks: 2n ** 74n,
      existing: 0,
      reserved: 2n ** 73n,
      unclaimed: 2n ** 73n,
    });
  });
});
