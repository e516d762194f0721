import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { formatAddress, parseAddress } from '../../../src/resources/net/address.ts';
import {
  type Cidr,
  cidrSize,
  containsAddress,
  containsCidr,
  firstAddress,
  formatCidr,
  hostBits,
  isStrictlyMasked,
  lastAddress,
  maskOf,
  networkOf,
  overlaps,
  parseCidr,
  parseCidrOrAddress,
} from '../../../src/resources/net/cidr.ts';

const cidr = (text: string) => parseCidr(text)!;

/** Networks in a small corner of the address space, so that they often meet. */
const cidrs: fc.Arbitrary<Cidr> = fc.oneof(
  fc
    .tuple(fc.nat(255), fc.integer({ min: 24, max: 32 }))
    .map(([low, prefix]): Cidr => ({ address: { family: 4, value: 0x0a000000n + BigInt(low) }, prefix })),
  fc
    .tuple(fc.nat(255), fc.integer({ min: 120, max: 128 }))
    .map(([low, prefix]): Cidr => ({ address: { family: 6, value: (0xfdn << 120n) + BigInt(low) }, prefix })),
);
const anyCidrs: fc.Arbitrary<Cidr> = fc.oneof(
  cidrs,
  fc
    .tuple(fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), fc.nat(32))
    .map(([value, prefix]): Cidr => ({ address: { family: 4, value }, prefix })),
  fc
    .tuple(fc.bigInt({ min: 2n ** 64n, max: 2n ** 128n - 1n }), fc.nat(128))
    .map(([value, prefix]): Cidr => ({ address: { family: 6, value }, prefix })),
);

/** The bits of a network's prefix, as text. */
function bits({ address, prefix }: Cidr): string {
  const width = address.family === 4 ? 32 : 128;
  return `${address.family}:${address.value.toString(2).padStart(width, '0').slice(0, prefix)}`;
}

describe('CIDRs', () => {
  const read: readonly (readonly [string, string, string])[] = [
    ['10.0.0.0/8', '10.0.0.0/8', '10.0.0.0/8'],
    ['10.1.2.3/08', '10.1.2.3/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0', '0.0.0.0/0'],
    ['10.0.0.1/32', '10.0.0.1/32', '10.0.0.1/32'],
    ['FD00::1/64', 'fd00::1/64', 'fd00::/64'],
    ['::/0', '::/0', '::/0'],
    ['::ffff:10.1.0.0/104', '10.1.0.0/8', '10.0.0.0/8'],
    ['::ffff:10.0.0.0/90', '::ffff:10.0.0.0/90', '::ffc0:0:0/90'],
  ];
  test.each(read)('%s is %s in %s', (text, printed, network) => {
    expect(formatCidr(cidr(text))).toBe(printed);
    expect(formatCidr(networkOf(cidr(text)))).toBe(network);
  });

  const refused = [
    '',
    '/',
    '/8',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/+8',
    '::/129',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '10.0.0.0/8 ',
    '10.0.0.0/255.0.0.0',
    '010.0.0.0/8',
    '::1%lo/64',
    '10.0.0.0/0x8',
  ];
  test.each(refused)('%p is no CIDR', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  test('a bare address is a network of one', () => {
    expect(parseCidrOrAddress('10.0.0.1')).toEqual(cidr('10.0.0.1/32'));
    expect(parseCidrOrAddress('::1')).toEqual(cidr('::1/128'));
    expect(parseCidrOrAddress('10.0.0.1/24')).toEqual(cidr('10.0.0.1/24'));
    expect(parseCidrOrAddress('10.0.0.1/')).toBeUndefined();
    expect(parseCidrOrAddress('x')).toBeUndefined();
  });

  test('measures', () => {
    const network = cidr('192.168.5.77/26');
    expect(hostBits(network)).toBe(6);
    expect(cidrSize(network)).toBe(64n);
    expect(cidrSize(cidr('::/0'))).toBe(2n ** 128n);
    expect(formatAddress(maskOf(network))).toBe('255.255.255.192');
    expect(formatAddress(firstAddress(network))).toBe('192.168.5.64');
    expect(formatAddress(lastAddress(network))).toBe('192.168.5.127');
    expect(formatAddress(lastAddress(cidr('fd00::/120')))).toBe('fd00::ff');
    expect(formatAddress(maskOf(cidr('::/0')))).toBe('::');
    expect(isStrictlyMasked(network)).toBe(false);
    expect(isStrictlyMasked(networkOf(network))).toBe(true);
  });

  test('families do not meet', () => {
    expect(containsAddress(cidr('0.0.0.0/0'), parseAddress('::1')!)).toBe(false);
    expect(overlaps(cidr('0.0.0.0/0'), cidr('::/0'))).toBe(false);
    expect(containsAddress(cidr('10.0.0.0/8'), parseAddress('::ffff:10.0.0.1')!)).toBe(true);
  });

  test('what is printed is read as the same network', () => {
    fc.assert(fc.property(anyCidrs, (value) => expect(parseCidr(formatCidr(value))).toEqual(value)));
  });

  test('contains and overlaps are those of prefixes of bits', () => {
    fc.assert(
      fc.property(cidrs, cidrs, (left, right) => {
        expect(containsCidr(left, right)).toBe(bits(right).startsWith(bits(left)));
        expect(overlaps(left, right)).toBe(
          bits(right).startsWith(bits(left)) || bits(left).startsWith(bits(right)),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('contains and overlaps are those of sets of addresses', () => {
    const members = (value: Cidr) => {
      const first = firstAddress(value);
      return Array.from({ length: Number(cidrSize(value)) }, (_, index) =>
        formatAddress({ family: first.family, value: first.value + BigInt(index) }),
      );
    };
    fc.assert(
      fc.property(cidrs, cidrs, (left, right) => {
        const inLeft = new Set(members(left));
        expect(containsAddress(left, right.address)).toBe(inLeft.has(formatAddress(right.address)));
        expect(containsCidr(left, right)).toBe(members(right).every((address) => inLeft.has(address)));
        expect(overlaps(left, right)).toBe(members(right).some((address) => inLeft.has(address)));
        expect(isStrictlyMasked(left)).toBe(members(left)[0] === formatAddress(left.address));
      }),
    );
  });
});
