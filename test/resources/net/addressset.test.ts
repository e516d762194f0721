import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  addressSet,
  countWithin,
  hasAddress,
  spanOf,
  spansWithin,
} from '../../../src/resources/net/addressset.ts';
import { type Cidr, firstAddress, lastAddress, parseCidr } from '../../../src/resources/net/cidr.ts';

const cidr = (text: string) => parseCidr(text)!;

/** Networks in a small corner of both address spaces, with host bits, so that they often meet. */
const network: fc.Arbitrary<Cidr> = fc
  .tuple(fc.boolean(), fc.nat(255), fc.nat(8))
  .map(([isV4, low, bits]) =>
    isV4
      ? { address: { family: 4, value: 0x0a000000n + BigInt(low) }, prefix: 32 - bits }
      : { address: { family: 6, value: (0xfdn << 120n) + BigInt(low) }, prefix: 128 - bits },
  );

function enumerated(range: Cidr): readonly string[] {
  const { family } = range.address;
  const [first, last] = [firstAddress(range).value, lastAddress(range).value];
  return Array.from({ length: Number(last - first) + 1 }, (_, more) => `${family} ${first + BigInt(more)}`);
}

describe('a set of addresses', () => {
  test('counts and knows what an enumeration of its networks has', () => {
    fc.assert(
      fc.property(fc.array(network, { maxLength: 8 }), network, (networks, range) => {
        const set = addressSet(networks);
        const naive = new Set(networks.flatMap(enumerated));
        const inside = enumerated(range).filter((text) => naive.has(text));
        expect(countWithin(set, range)).toBe(BigInt(inside.length));
        expect(hasAddress(set, range.address)).toBe(
          naive.has(`${range.address.family} ${range.address.value}`),
        );
      }),
    );
  });

  test('has spans that neither touch nor overlap', () => {
    fc.assert(
      fc.property(fc.array(network, { maxLength: 8 }), (networks) => {
        for (const spans of Object.values(addressSet(networks)))
          for (const [index, { first, last }] of spans.entries()) {
            expect(first <= last).toBe(true);
            if (index > 0) expect(first > spans[index - 1]!.last + 1n).toBe(true);
          }
      }),
    );
  });

  test('shows what of it lies in a network', () => {
    const set = addressSet([
      cidr('10.0.0.128/25'),
      cidr('10.0.0.0/25'),
      cidr('10.0.2.0/24'),
      cidr('fd00::/64'),
    ]);
    expect(spansWithin(set, cidr('10.0.0.64/26'))).toEqual([spanOf(cidr('10.0.0.64/26'))]);
    expect(spansWithin(set, cidr('10.0.0.0/8'))).toEqual([
      spanOf(cidr('10.0.0.0/24')),
      spanOf(cidr('10.0.2.0/24')),
    ]);
    expect(spansWithin(set, cidr('fd00:0:0:1::/64'))).toEqual([]);
  });

  test('counts the halves of networks too large to enumerate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 8 }), (prefix, deeper) => {
        const whole: Cidr = { address: { family: 6, value: 0n }, prefix };
        const part: Cidr = { address: whole.address, prefix: prefix + deeper };
        const size = 1n << BigInt(128 - prefix);
        expect(countWithin(addressSet([part]), whole)).toBe(size >> BigInt(deeper));
        expect(countWithin(addressSet([whole, part]), part)).toBe(size >> BigInt(deeper));
        expect(countWithin(addressSet([whole]), whole)).toBe(size);
      }),
    );
  });

  test('counts every address there is', () => {
    expect(countWithin(addressSet([cidr('::/0')]), cidr('::/0'))).toBe(1n << 128n);
    expect(countWithin(addressSet([cidr('::/0')]), cidr('0.0.0.0/0'))).toBe(0n);
    expect(countWithin(addressSet([cidr('0.0.0.0/1'), cidr('128.0.0.0/1')]), cidr('0.0.0.0/0'))).toBe(
      1n << 32n,
    );
  });
});
