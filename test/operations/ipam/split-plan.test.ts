import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { CalicoctlError } from '../../../src/core/errors.ts';
import type { Pool } from '../../../src/operations/ipam/pools.ts';
import { partsOf } from '../../../src/operations/ipam/split-plan.ts';
import {
  cidrSize,
  containsCidr,
  firstAddress,
  formatCidr,
  networkOf,
  parseCidr,
} from '../../../src/resources/net/cidr.ts';

function pool(cidr: string, blockSize: number, name = 'p'): Pool {
  return { name, range: networkOf(parseCidr(cidr)!), blockSize, disabled: false, nodeSelector: '' } as Pool;
}

const pools = fc.oneof(
  fc.record({
    cidr: fc.tuple(fc.ipV4(), fc.integer({ min: 8, max: 32 })).map(([ip, prefix]) => `${ip}/${prefix}`),
    blockSize: fc.integer({ min: 20, max: 32 }),
  }),
  fc.record({
    cidr: fc.tuple(fc.ipV6(), fc.integer({ min: 97, max: 128 })).map(([ip, prefix]) => `${ip}/${prefix}`),
    blockSize: fc.integer({ min: 116, max: 128 }),
  }),
);

describe('the parts of a pool', () => {
  test('are equal, in order, without gaps, all of it, and whole blocks; or the number is refused', () => {
    const property = fc.property(pools, fc.integer({ min: -2, max: 70 }), ({ cidr, blockSize }, count) => {
      const whole = pool(cidr, blockSize);
      const isPower = count >= 2 && (count & (count - 1)) === 0;
      const prefix = whole.range.prefix + Math.log2(count);
      if (!isPower || prefix > blockSize) {
        expect(() => partsOf(whole, count)).toThrow(CalicoctlError);
        return;
      }
      const parts = partsOf(whole, count);
      expect(parts.map(({ range }) => range.prefix)).toEqual(Array(count).fill(prefix));
      let next = firstAddress(whole.range).value;
      for (const { range } of parts) {
        expect(range.address.value).toBe(next);
        expect(containsCidr(whole.range, range)).toBe(true);
        next += cidrSize(range);
      }
      expect(next).toBe(firstAddress(whole.range).value + cidrSize(whole.range));
    });
    fc.assert(property, { numRuns: 500 });
  });

  test('have names that an object may have, all different', () => {
    const names = partsOf(pool('10.0.0.0/16', 28, 'x'.repeat(253)), 128).map(({ name }) => name);
    expect(new Set(names).size).toBe(128);
    expect(Math.max(...names.map(({ length }) => length))).toBe(253);
    expect(names[3]).toBe(`split-${'x'.repeat(245)}-3`);
  });

  test('of IPv6 pools too', () => {
    expect(partsOf(pool('fd00::/112', 122), 4).map(({ range }) => formatCidr(range))).toEqual([
      'fd00::/114',
      'fd00::4000/114',
      'fd00::8000/114',
      'fd00::c000/114',
    ]);
  });
});
