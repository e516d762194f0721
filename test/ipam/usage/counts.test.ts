import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { blockUsage, percentOf, poolCounts } from '../../../src/ipam/usage/counts.ts';
import { API_VERSION, type Resource } from '../../../src/resources/kind.ts';
import { addressSet } from '../../../src/resources/net/addressset.ts';
import { type Cidr, cidrSize, firstAddress, formatCidr, parseCidr } from '../../../src/resources/net/cidr.ts';

const cidr = (text: string) => parseCidr(text)!;

function block(range: Cidr, unallocated: readonly number[]): Resource {
  const allocations = Array.from({ length: Number(cidrSize(range)) }, (_, ordinal) =>
    unallocated.includes(ordinal) ? null : 0,
  );
  const spec = { cidr: formatCidr(range), affinity: 'host:a', allocations, unallocated, attributes: [{}] };
  return { apiVersion: API_VERSION, kind: 'IPAMBlock', metadata: { name: spec.cidr }, spec };
}

/** A pool of 64 addresses, of some of whose blocks of 8 some addresses are free, and reservations around it. */
const situation = fc.record({
  isV4: fc.boolean(),
  blocks: fc.uniqueArray(
    fc.record({ at: fc.nat(7), unallocated: fc.uniqueArray(fc.nat(7), { maxLength: 8 }) }),
    { selector: ({ at }) => at },
  ),
  reservations: fc.array(fc.record({ at: fc.nat(95), bits: fc.nat(6) }), { maxLength: 5 }),
});

describe('counts', () => {
  test('are what an enumeration of the addresses of a pool finds', () => {
    fc.assert(
      fc.property(situation, ({ isV4, blocks, reservations }) => {
        const base = isV4 ? cidr('10.0.0.64/26') : cidr('fd00::40/122');
        const full = isV4 ? 32 : 128;
        const { family, value } = firstAddress(base);
        const network = (at: number, bits: number): Cidr => ({
          address: { family, value: value - 16n + BigInt(at) },
          prefix: full - bits,
        });
        const reserved = reservations.map(({ at, bits }) => network(at, bits));
        const usages = blocks.map(({ at, unallocated }) =>
          blockUsage(block(network(16 + at * 8, 3), unallocated), addressSet(reserved)),
        );
        const isReserved = (address: bigint) =>
          reserved.some((range) => {
            const first = firstAddress(range).value;
            return address >= first && address < first + cidrSize(range);
          });
        let [inUse, covered, free] = [0n, 0n, 0n];
        for (let address = value; address < value + 64n; address++) {
          const at = Number(address - value);
          const own = blocks.find((each) => each.at === at >> 3);
          const isFree = own === undefined || own.unallocated.includes(at & 7);
          if (!isFree) inUse++;
          if (isReserved(address)) covered++;
          else if (isFree) free++;
        }
        const counts = poolCounts(
          base,
          usages.map((usage) => usage!),
          reserved,
        );
        expect(counts).toEqual({ total: 64n, inUse, reserved: covered, free });
      }),
    );
  });

  test('of a block count what is reserved, taken or not, and what is free of reservations', () => {
    const usage = blockUsage(block(cidr('10.0.0.0/29'), [1, 2, 5, 6, 7]), addressSet([cidr('10.0.0.0/31')]));
    expect(usage).toEqual({
      ...{ range: cidr('10.0.0.0/29'), affinity: 'host:a' },
      ...{ total: 8n, inUse: 3n, reserved: 2n, free: 4n },
    });
  });

  test('of huge pools are exact', () => {
    const usage = blockUsage(block(cidr('fd00::/122'), [63]), addressSet([]))!;
    const counts = poolCounts(cidr('fd00::/48'), [usage], [cidr('fd00:0:0:1::/64')]);
    const total = 1n << 80n;
    const reserved = 1n << 64n;
    expect(counts).toEqual({ total, inUse: 63n, reserved, free: total - reserved - 63n });
  });

  test('of a block larger than its pool count it whole, as the reference does', () => {
    const usage = blockUsage(block(cidr('10.0.0.0/28'), [14, 15]), addressSet([]))!;
    expect(poolCounts(cidr('10.0.0.0/29'), [usage], [])).toEqual({
      ...{ total: 8n, inUse: 14n, reserved: 0n, free: 2n },
    });
  });

  test('of a block without a list of free addresses say that all are in use', () => {
    const stored = block(cidr('10.0.0.0/30'), []);
    const { unallocated: _, ...spec } = stored.spec;
    expect(blockUsage({ ...stored, spec }, addressSet([]))).toMatchObject({ inUse: 4n, free: 0n });
    expect(blockUsage({ ...stored, spec: { cidr: 'x' } }, addressSet([]))).toBeUndefined();
  });
});

describe('a percentage', () => {
  test.each([
    [1n, 8n, 12n],
    [3n, 8n, 38n],
    [5n, 8n, 62n],
    [7n, 8n, 88n],
    [1n, 200n, 0n],
    [3n, 200n, 2n],
    [0n, 1n, 0n],
    [9n, 4n, 225n],
    [1n, 0n, 0n],
  ])('of %p in %p is %p', (part, total, percent) => {
    expect(percentOf(part, total)).toBe(percent);
  });

  test('is the nearest whole number, the even one of two', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 1n << 90n), fc.bigInt(1n, 1n << 90n), (part, total) => {
        const percent = percentOf(part, total);
        const distance = (value: bigint) => {
          const off = part * 100n - value * total;
          return off < 0n ? -off : off;
        };
        for (const other of [percent - 1n, percent + 1n]) {
          expect(distance(percent) <= distance(other)).toBe(true);
          if (distance(percent) === distance(other)) expect(percent % 2n).toBe(0n);
        }
      }),
    );
  });
});
