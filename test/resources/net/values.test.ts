import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { formatAsn, MAX_ASN, parseAsn } from '../../../src/resources/net/asn.ts';
import { formatCommunity, parseCommunity } from '../../../src/resources/net/community.ts';
import { DSCP_NAMES, dscpValue, parseDscp } from '../../../src/resources/net/dscp.ts';
import { formatMac, parseMac } from '../../../src/resources/net/mac.ts';
import { formatPort, isPortName, parsePort } from '../../../src/resources/net/port.ts';
import { type Protocol, parseProtocol } from '../../../src/resources/net/protocol.ts';

type Table = readonly (readonly [unknown, unknown])[];

describe('AS numbers', () => {
  const table: Table = [
    [0, 0],
    [65001, 65001],
    ['65001', 65001],
    ['007', 7],
    [MAX_ASN, 4294967295],
    ['4294967295', 4294967295],
    ['1.5', 65541],
    ['0.0', 0],
    ['65535.65535', 4294967295],
    [4294967296, undefined],
    ['4294967296', undefined],
    [-1, undefined],
    ['-1', undefined],
    [1.5, undefined],
    ['', undefined],
    ['1.', undefined],
    ['.1', undefined],
    ['1.65536', undefined],
    ['65536.1', undefined],
    ['1.2.3', undefined],
    ['AS1', undefined],
    [' 1', undefined],
    ['0x1', undefined],
    ['1_0', undefined],
    [null, undefined],
    [true, undefined],
    [[1], undefined],
    [1n, undefined],
  ];
  test.each(table)('%p is %p', (value, asn) => {
    expect(parseAsn(value)).toBe(asn as number);
  });

  test('what is written is read as the same number, dotted too', () => {
    fc.assert(
      fc.property(fc.nat(MAX_ASN), (asn) => {
        expect(parseAsn(formatAsn(asn))).toBe(asn);
        expect(parseAsn(`${Math.floor(asn / 65536)}.${asn % 65536}`)).toBe(asn);
      }),
    );
  });
});

describe('ports', () => {
  const table: Table = [
    [0, 0],
    [80, 80],
    ['80', 80],
    ['0080', 80],
    [65535, 65535],
    ['1:65535', '1:65535'],
    ['80:80', 80],
    ['08:09', '8:9'],
    ['http', 'http'],
    ['80-90', '80-90'],
    ['-5', '-5'],
    ['a.b_C-1', 'a.b_C-1'],
    ['x'.repeat(128), 'x'.repeat(128)],
    [65536, undefined],
    ['65536', undefined],
    [-1, undefined],
    [1.5, undefined],
    ['', undefined],
    ['90:80', undefined],
    ['1:65536', undefined],
    ['1:', undefined],
    [':1', undefined],
    ['1:2:3', undefined],
    ['a b', undefined],
    ['x'.repeat(129), undefined],
    [null, undefined],
    [true, undefined],
    ['1 :2', undefined],
  ];
  test.each(table)('%p is stored as %p', (value, stored) => {
    const port = parsePort(value);
    expect(port && formatPort(port)).toBe(stored as string);
  });

  test('the stored form is read as the same port', () => {
    const ends = fc.tuple(fc.nat(65535), fc.nat(65535)).map(([a, b]) => ({
      first: Math.min(a, b),
      last: Math.max(a, b),
    }));
    const names = fc.stringMatching(/^[a-zA-Z_.-][a-zA-Z0-9_.-]{0,20}$/).map((name) => ({ name }));
    fc.assert(
      fc.property(fc.oneof(ends, names), (port) => expect(parsePort(formatPort(port))).toEqual(port)),
    );
  });

  test('names by the rules of IANA', () => {
    const good = ['http', 'a', '8080-tcp', 'a-b-c', '1a', 'x23456789012345'];
    const bad = ['', '80', '-a', 'a-', 'a--b', 'HTTP', 'a.b', 'a_b', 'x234567890123456', '80-90', '-5'];
    expect(good.filter(isPortName)).toEqual(good);
    expect(bad.filter(isPortName)).toEqual([]);
  });
});

describe('protocols', () => {
  const table: Table = [
    ['TCP', 'TCP'],
    ['ICMPv6', 'ICMPv6'],
    ['UDPLite', 'UDPLite'],
    [1, 1],
    [255, 255],
    ['17', 17],
    ['017', 17],
    ['tcp', undefined],
    ['ICMPV6', undefined],
    [0, undefined],
    ['0', undefined],
    [256, undefined],
    ['256', undefined],
    [-1, undefined],
    [6.5, undefined],
    ['', undefined],
    [null, undefined],
    ['IPIP', undefined],
  ];
  test.each(table)('%p is %p', (value, protocol) => {
    expect(parseProtocol(value)).toBe(protocol as Protocol);
  });
});

describe('DiffServ code points', () => {
  const table: Table = [
    ['DF', 0],
    ['EF', 46],
    ['AF11', 10],
    ['AF23', 22],
    ['AF43', 38],
    ['CS0', 0],
    ['CS6', 48],
    [0, 0],
    [63, 63],
    ['20', 20],
    [64, undefined],
    ['64', undefined],
    [-1, undefined],
    ['af11', undefined],
    ['AF44', undefined],
    ['AF14', undefined],
    ['CS7', undefined],
    ['', undefined],
    [null, undefined],
    [1.5, undefined],
    ['constructor', undefined],
  ];
  test.each(table)('%p is code point %p', (value, code) => {
    const dscp = parseDscp(value);
    expect(dscp === undefined ? undefined : dscpValue(dscp)).toBe(code as number);
  });

  test('names are kept, digits become numbers', () => {
    expect(Object.keys(DSCP_NAMES).map(parseDscp)).toEqual(Object.keys(DSCP_NAMES));
    expect(Object.keys(DSCP_NAMES)).toHaveLength(2 + 12 + 7);
    expect(parseDscp('46')).toBe(46);
  });
});

describe('BGP communities', () => {
  const table: Table = [
    ['65535:0', [65535, 0]],
    ['1:2:3', [1, 2, 3]],
    ['4294967295:0:4294967295', [4294967295, 0, 4294967295]],
    ['01:2', [1, 2]],
    ['65536:0', undefined],
    ['4294967296:0:0', undefined],
    ['1', undefined],
    ['1:', undefined],
    ['1:2:3:4', undefined],
    ['a:b', undefined],
    ['', undefined],
    ['-1:2', undefined],
    ['1::2', undefined],
  ];
  test.each(table)('%p is %p', (text, numbers) => {
    expect(parseCommunity(text as string)).toEqual(numbers as [number, number]);
  });

  test('what is printed is read as the same community', () => {
    const small = fc.tuple(fc.nat(65535), fc.nat(65535));
    const large = fc.tuple(fc.nat(MAX_ASN), fc.nat(MAX_ASN), fc.nat(MAX_ASN));
    fc.assert(
      fc.property(fc.oneof(small, large), (community) => {
        expect(parseCommunity(formatCommunity(community))).toEqual(community);
      }),
    );
  });
});

describe('hardware addresses', () => {
  const table: Table = [
    ['66:4B:1c:00:00:01', '66:4b:1c:00:00:01'],
    ['66-4b-1c-00-00-01', '66:4b:1c:00:00:01'],
    ['664b.1c00.0001', '66:4b:1c:00:00:01'],
    ['02:00:5e:10:00:00:00:01', '02:00:5e:10:00:00:00:01'],
    ['0200.5e10.0000.0001', '02:00:5e:10:00:00:00:01'],
    [Array(20).fill('ab').join('-'), Array(20).fill('ab').join(':')],
    [Array(10).fill('abcd').join('.'), Array(10).fill('ab:cd').join(':')],
    ['66:4b-1c:00:00:01', undefined],
    ['66:4b:1c:00:00', undefined],
    ['66:4b:1c:00:00:01:02', undefined],
    ['66:4b:1c:00:00:0g', undefined],
    ['66:4b:1c:0:0:1', undefined],
    ['664b1c000001', undefined],
    ['664b:1c00:0001', undefined],
    ['66:4b:1c:00:00:01:', undefined],
    ['', undefined],
  ];
  test.each(table)('%p is %p', (text, printed) => {
    const mac = parseMac(text as string);
    expect(mac && formatMac(mac)).toBe(printed as string);
  });

  test('what is printed is read as the same bytes', () => {
    const bytes = fc
      .constantFrom(6, 8, 20)
      .chain((length) => fc.array(fc.nat(255), { minLength: length, maxLength: length }));
    fc.assert(fc.property(bytes, (mac) => expect(parseMac(formatMac(mac))).toEqual(mac)));
  });
});
