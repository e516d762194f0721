import type { Form } from '../../../src/resources/schema.ts';

/** Values to draw from: at the edges of what is allowed, and beyond. */
export interface Pool {
  readonly good: readonly unknown[];
  readonly odd: readonly unknown[];
}

const V4_NETS = ['10.0.0.0/8', '192.168.4.0/22', '0.0.0.0/0', '10.1.2.3/32'];
const V6_NETS = ['fd00::/8', '2001:db8:1::/48', '::/0', 'fd00::1/128'];
const V4 = ['192.0.2.1', '10.0.0.0', '0.0.0.0', '255.255.255.255'];
const V6 = ['fd00::1', '2001:db8::', '::', 'FD00::A'];
const HOST_BITS = ['10.0.0.1/8', 'fd00::1/64', '192.168.4.1/22', '10.1.2.3/0'];
const SPOILT = [
  '',
  ' ',
  '10.0.0.0/33',
  'fd00::/129',
  '10.0.0.0/-1',
  '10.0.0.0/08',
  '10.0.0.0/+8',
  'fd00::/064',
  '10.0.0.0/8/8',
  '[fd00::]/8',
  'fd00::10.0.0.0/120',
  '::10.0.0.0',
  '1::2::3',
  '0x0a.0.0.1',
  '10.0.0.1:80',
  '10.0.0.0/',
  '010.0.0.0/8',
  '10.0.0/24',
  '10.0.0.300/16',
  '10.0.0.0/8 ',
  '::ffff:10.0.0.0/104',
  '::ffff:10.0.0.1',
  'fe80::1%eth0',
  'fd00:::1',
  'nonsense',
];

const NETS = [...V4_NETS, ...V6_NETS];
const ADDRESSES = [...V4, ...V6];

const TOO_LONG_NAME = 'n'.repeat(254);
const NAMES: Pool = {
  good: ['a', 'worker-1', 'shop.example.com', '0', 'n'.repeat(253)],
  odd: ['', 'Upper', 'a_b', '-a', 'a-', 'a..b', '.a', 'a.', 'a b', 'ä', TOO_LONG_NAME],
};

const LONG_SELECTOR = (length: number) => `a == "${'x'.repeat(length - 7)}"`;

const SELECTORS: Pool = {
  good: [
    '',
    'all()',
    'has(rack)',
    "role == 'db' && !has(retired)",
    'a in {"x", "y"} || b not in {}',
    'a starts with "x"',
    'has(in)',
    '  all( )  ',
    LONG_SELECTOR(1024),
    `a == "${'é'.repeat(1017)}"`,
  ],
  odd: [
    'global()',
    'a == global(',
    'has(a) || global()',
    'a = "b"',
    'has (a)',
    'a == "b',
    'has(a) &&',
    'has(a)\n&& has(b)',
    '!',
    LONG_SELECTOR(1025),
    '"',
    ' ',
  ],
};

const INTERFACES: Pool = {
  good: ['eth0', 'a', 'abcdefghijklmno', 'cali.1', 'bond_0-1'],
  odd: ['', '*', 'eth*', 'eth+', 'abcdefghijklmnop', 'eth0/1', 'eth 0', 'eth:0'],
};

/** By format (src/resources/formats.ts). */
export const FORMAT_POOLS: Readonly<Record<string, Pool>> = {
  cidr: {
    good: NETS,
    odd: [
      ...HOST_BITS,
      ...ADDRESSES,
      ...SPOILT,
      '169.254.1.0/24',
      'fe80::/10',
      '168.0.0.0/5',
      'fe00::/7',
      'FE80::/64',
      '169.254.0.0/15',
      'fe80::1/10',
    ],
  },
  net: { good: [...NETS, ...ADDRESSES], odd: [...HOST_BITS, ...SPOILT] },
  cidrOrIp: { good: [...NETS, ...ADDRESSES, ...HOST_BITS], odd: SPOILT },
  cidrv4: { good: [...V4, ...V4_NETS, '192.0.2.10/24'], odd: [...V6, ...SPOILT] },
  cidrv6: { good: [...V6, ...V6_NETS, '2001:db8::10/64'], odd: [...V4, ...SPOILT] },
  ip: { good: ADDRESSES, odd: [...NETS, ...SPOILT] },
  ipv4: { good: V4, odd: [...V6, ...NETS, ...SPOILT] },
  ipv6: { good: V6, odd: [...V4, ...NETS, ...SPOILT] },
  ipPort: {
    good: ['192.0.2.1', 'fd00::1', '192.0.2.1:179', '[fd00::1]:65535'],
    odd: ['192.0.2.1:0', '192.0.2.1:65536', '[fd00::1]', 'fd00::1:179:', '', 'host:179', ...NETS],
  },
  reachableBy: { good: ADDRESSES, odd: [...NETS, ...SPOILT] },
  interface: { good: [...INTERFACES.good, '*'], odd: INTERFACES.odd },
  ignoredInterface: { good: [...INTERFACES.good, 'eth*'], odd: INTERFACES.odd },
  bgpFilterInterface: { good: [...INTERFACES.good, 'eth*', '*'], odd: INTERFACES.odd },
  ifaceFilter: { good: [...INTERFACES.good, 'eth+'], odd: INTERFACES.odd },
  prometheusHost: { good: ['localhost', '0.0.0.0', 'h'.repeat(64)], odd: ['', 'h'.repeat(65), 'a/b', 'a b'] },
  keyValueList: { good: ['A=true', 'A=true,B=false', ''], odd: ['A', '=true', 'A=true,,', 'A true', ','] },
  regexp: { good: ['^eth.*', 'a|b', '', '[0-9]+'], odd: ['(', '[z-a]', 'a(?=b)', '*', '\\'] },
  selector: SELECTORS,
  mac: { good: ['66:ef:2f:50:9d:a0', '66-EF-2F-50-9D-A0', '66ef.2f50.9da0'], odd: ['', '66:ef', 'x'] },
  wireguardPublicKey: { good: [`${'A'.repeat(43)}=`], odd: ['', 'A', `${'A'.repeat(44)}`] },
  containerID: { good: ['abc', 'a-b', '0'], odd: ['', '-a', 'a_b'] },
  portName: { good: ['http', 'a', 'a-1'], odd: ['', '80', 'UPPER', 'a--b', 'abcdefghijklmnop'] },
  name: NAMES,
  community: { good: ['64512:100', '1:2:3'], odd: ['65536:1', '1', '1:2:3:4', '01:2'] },
};

/** By value form (src/resources/forms.ts). */
export const FORM_POOLS: Readonly<Record<Form, Pool>> = {
  any: { good: [1, 'a', true], odd: [null, {}, []] },
  asn: {
    good: [1, 64512, 2147483647, 0],
    odd: [2147483648, 4294967295, 4294967296, -1, '64512', '1.10', '1.65536', 1.5, 'x'],
  },
  dscp: { good: [0, 46, 63, 'EF', 'AF11', 'CS7'], odd: [64, 255, 256, -1, '46', 'ef', 'AF14', ''] },
  duration: {
    good: ['0s', '10s', '1m30s', '1h0m0s', '5ms'],
    odd: ['90s', '1500ms', '1.5s', '-1s', '5us', '1d', '10', '', 'x', 10, '0', '24h', '1h', '3ns'],
  },
  float: { good: [0, 1, -1.5, 1e300, 100], odd: ['1', true] },
  int32: { good: [0, 1, 100], odd: [-1, 2147483647, 2147483648, 1.5, '1', -2147483649] },
  intOrString: { good: [0, 80, 'http'], odd: [-1, 70000, 1.5, true, ''] },
  port: {
    good: [1, 80, 65535, '80:443', 'http', '1:65535', '80'],
    odd: [0, 65536, -1, '90:80', '80:80', '0:80', '80-90', '-5', 'http_1', 'UPPER', '', '1:65536', 1.5],
  },
  protocol: {
    good: ['TCP', 'UDP', 'ICMP', 'ICMPv6', 'SCTP', 'UDPLite', 1, 58, 255, '6'],
    odd: ['tcp', 0, 256, '256', '0', -1, 'Nonsense', '', 'IGMP', 6.5],
  },
  time: { good: ['2026-01-31T12:00:00Z'], odd: ['2026-01-31', 'now', '', 5, '2026-01-31T12:00:00.5+01:00'] },
  uint8: { good: [0, 1, 255], odd: [256, -1, '1', 1.5] },
  uint16: { good: [1, 179, 65535], odd: [0, 65536, -1, '1', 1.5] },
  uint32: { good: [0, 1, 86400], odd: [2147483647, 2147483648, 4294967295, 4294967296, -1, '1', 86401] },
  uint64: { good: [0, 1, 42], odd: [9007199254740993n, 9223372036854775808n, 18446744073709551616n, -1] },
};

/** By pattern text: the few fields whose form is a pattern of their own, whatever they are. */
export const PATTERN_POOL: Pool = {
  good: [],
  odd: [
    ...(FORM_POOLS.duration.good as string[]),
    ...(FORM_POOLS.duration.odd as unknown[]),
    'Auto',
    'auto',
    '20.5s',
    '5us',
    '64512:100',
    '01:2',
    '65536:1',
    '1:2:3',
    '1:4294967296:3',
    'A=B',
    'A=B,C=D',
    'ChecksumOffloadBroken=true',
    '10/minute',
    '10/second',
    '5/year',
    'host:worker-1',
    'Name',
    'x'.repeat(400),
  ],
};

export const NAME_POOL = NAMES;

/** For any field: what is not of its type, or says nothing. */
export const ANYTHING: readonly unknown[] = [
  null,
  '',
  'Nonsense',
  0,
  -1,
  7,
  1.5,
  true,
  false,
  [],
  {},
  [null],
  'ä\n',
];

const QUALIFIED: readonly string[] = ['a', 'example.com/a', `${'p'.repeat(253)}/a`, 'n'.repeat(63), 'A_b.C'];
const NOT_QUALIFIED: readonly string[] = [
  '',
  '/a',
  'a/',
  'a/b/c',
  'Example.com/a',
  '-a',
  'a b',
  'n'.repeat(64),
];

export const LABEL_KEYS: Pool = {
  good: QUALIFIED,
  odd: [...NOT_QUALIFIED, 'projectcalico.org/namespace', `${'p'.repeat(254)}/a`],
};
export const LABEL_VALUES: Pool = {
  good: ['', 'a', 'v'.repeat(63)],
  odd: ['-a', 'a b', 'v'.repeat(64), 5, true, null, 'ä'],
};
