import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { countOf, covers, intervalOf, unionOf, within } from '../../../src/ipam/explain/intervals.ts';
import {
  type Cidr,
  containsAddress,
  formatCidr,
  networkOf,
  parseCidr,
} from '../../../src/resources/net/cidr.ts';

const cidr = (text: string): Cidr => parseCidr(text)!;

/** Networks within 10.0.0.0/24, so that all their addresses can be looked at. */
const network = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 24, max: 32 }))
  .map(([last, prefix]) => networkOf({ address: cidr(`10.0.0.${last}/32`).address, prefix }));

const everyAddress = Array.from({ length: 256 }, (_, last) => cidr(`10.0.0.${last}/32`).address);

describe('a union of ranges', () => {
  test('has what one of them has, and counts it once', () => {
    fc.assert(
      fc.property(fc.array(network, { maxLength: 6 }), network, (ranges, inside) => {
        const union = unionOf(ranges, 4);
        const has = (range: Cidr) =>
          everyAddress.filter(
            (address) =>
              containsAddress(range, address) && ranges.some((each) => containsAddress(each, address)),
          ).length;
        const part = within(union, intervalOf(inside));
        expect(countOf(part)).toBe(BigInt(has(inside)));
        expect(covers(union, intervalOf(inside))).toBe(has(inside) === 2 ** (32 - inside.prefix));
      }),
    );
  });

  test('leaves out the other family', () => {
    expect(unionOf([cidr('fd00::/64'), cidr('10.0.0.0/24')], 6)).toEqual([intervalOf(cidr('fd00::/64'))]);
  });

  test('joins neighbours', () => {
    const union = unionOf([cidr('10.0.0.128/25'), cidr('10.0.0.0/25')], 4);
    expect(union).toEqual([intervalOf(cidr('10.0.0.0/24'))]);
    expect(formatCidr(cidr('10.0.0.0/24'))).toBe('10.0.0.0/24');
  });
});
