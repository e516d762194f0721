import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Cidr, formatCidr, networkOf, parseCidr } from '../../../src/resources/net/cidr.ts';
import { without } from '../../../src/resources/net/without.ts';

const BASE = 0x0a00_0000n;

/** Networks within ten host bits, so that each of their addresses can be looked at. */
const network = fc
  .tuple(fc.integer({ min: 22, max: 32 }), fc.bigInt(0n, 1023n))
  .map(([prefix, offset]) => networkOf({ address: { family: 4, value: BASE + offset }, prefix }));

function addressesOf({ address, prefix }: Cidr): readonly bigint[] {
  return Array.from({ length: 2 ** (32 - prefix) }, (_, index) => address.value + BigInt(index));
}

describe('a network without others', () => {
  test('has exactly the addresses that are left, each once and in order', () => {
    const property = fc.property(network, fc.array(network, { maxLength: 5 }), (whole, parts) => {
      const gone = new Set(parts.flatMap(addressesOf));
      const left = without(whole, parts);
      expect(left.flatMap(addressesOf)).toEqual(addressesOf(whole).filter((each) => !gone.has(each)));
      for (const part of left) expect(networkOf(part)).toEqual(part);
    });
    fc.assert(property, { numRuns: 300 });
  });

  test('is in as few networks as there can be', () => {
    const property = fc.property(network, fc.array(network, { maxLength: 5 }), (whole, parts) => {
      const left = without(whole, parts).map(formatCidr);
      for (const text of left) {
        const { address, prefix } = parseCidr(text)!;
        const sibling = {
          family: address.family,
          value: address.value ^ (1n << BigInt(32 - prefix)),
        } as const;
        if (prefix > whole.prefix) expect(left).not.toContain(formatCidr({ address: sibling, prefix }));
      }
    });
    fc.assert(property, { numRuns: 300 });
  });

  test('of the other family loses nothing; everything without one address is quick', () => {
    const whole = parseCidr('10.0.0.0/8')!;
    expect(without(whole, [parseCidr('::/0')!])).toEqual([whole]);
    expect(without(parseCidr('::/0')!, [parseCidr('fd00::1/128')!]).length).toBe(128);
  });
});
