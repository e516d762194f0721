import { describe, expect, test } from 'bun:test';
import { isIP } from 'node:net';
import fc from 'fast-check';
import {
  type Address,
  addressPlus,
  compareAddresses,
  formatAddress,
  parseAddress,
} from '../../../src/resources/net/address.ts';

const v4 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((value): Address => ({ family: 4, value }));
const group = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 0xffffn }));
const v6 = fc
  .array(group, { minLength: 8, maxLength: 8 })
  .map(
    (groups): Address => ({ family: 6, value: groups.reduce((value, next) => (value << 16n) | next, 0n) }),
  );
const addresses = fc.oneof(v4, v6).filter(({ family, value }) => family === 4 || value >> 32n !== 0xffffn);

describe('addresses', () => {
  const canonical: readonly (readonly [string, string])[] = [
    ['10.0.0.1', '10.0.0.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8::A', '2001:db8::a'],
    ['2001:0db8:0000:0000:0000:0000:0002:0001', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:a00:1', '10.0.0.1'],
    ['::1.2.3.4', '::102:304'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  ];
  test.each(canonical)('%s is %s', (text, printed) => {
    expect(formatAddress(parseAddress(text)!)).toBe(printed);
  });

  const refused = [
    '',
    ' ',
    '10.0.0',
    '10.0.0.0.0',
    '10.0.0.256',
    '10.0.0.01',
    '010.0.0.1',
    '10.0.0.-1',
    '10.0.0.1 ',
    '1e1.0.0.0',
    '0x0a.0.0.1',
    '10..0.1',
    ':',
    ':::',
    '1',
    '1:2',
    ':1::',
    '1::2::3',
    '12345::',
    '::g',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '::1%eth0',
    '1.2.3.4::',
    '::1.2.3',
    '::1.2.3.04',
    '1:2:3:4:5:6:7:1.2.3.4',
    '1:',
    ':1',
    '[::1]',
    '10.0.0.0/8',
    '::1.2.3.4:5',
  ];
  test.each(refused)('%p is no address', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test('what is printed is read as the same address', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        expect(parseAddress(formatAddress(address))).toEqual(address);
        expect(isIP(formatAddress(address))).toBe(address.family);
      }),
    );
  });

  test('IPv6 is printed as URLs print it', () => {
    fc.assert(
      fc.property(
        v6.filter(({ value }) => value >> 32n !== 0xffffn),
        (address) => {
          expect(`[${formatAddress(address)}]`).toBe(new URL(`http://[${formatAddress(address)}]/`).hostname);
        },
      ),
    );
  });

  test('order and distance', () => {
    const sorted = ['2.0.0.0', '10.0.0.0', '::', '::1'].map((text) => parseAddress(text)!);
    expect([sorted[3]!, sorted[1]!, sorted[2]!, sorted[0]!].toSorted(compareAddresses)).toEqual(sorted);
    expect(compareAddresses(sorted[0]!, sorted[0]!)).toBe(0);
    expect(addressPlus(parseAddress('10.0.0.255')!, 1n)).toEqual(parseAddress('10.0.1.0')!);
    expect(addressPlus(parseAddress('::1')!, -1n)).toEqual(parseAddress('::')!);
    expect(addressPlus(parseAddress('255.255.255.255')!, 1n)).toBeUndefined();
    expect(addressPlus(parseAddress('0.0.0.0')!, -1n)).toBeUndefined();
  });
});
