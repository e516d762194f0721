import { describe, expect, test } from 'bun:test';
import { FORMATS } from '../../src/resources/formats.ts';

interface Examples {
  readonly good: readonly string[];
  readonly bad: readonly string[];
}

const KEY = 'jlkVyQYooZYzI2wFfNhSZez5eWh44yfq1wKVjLvSXgY=';
const LONG = 'abcdefghijklmno';

const EXAMPLES: Readonly<Record<string, Examples>> = {
  cidr: {
    good: [
      '10.0.0.0/8',
      '10.1.2.3/8',
      'fd00::/64',
      'FD00:AB::/64',
      '0.0.0.0/0',
      '::/0',
      '::ffff:10.0.0.0/104',
    ],
    bad: [
      '',
      '10.0.0.0',
      '10.0.0.300/16',
      '10.0.0.0/33',
      '10.0.0.0-10.0.0.9',
      '010.0.0.0/8',
      'fd00::/129',
      ' 10.0.0.0/8',
    ],
  },
  net: {
    good: ['', '10.0.0.0/8', '10.1.2.3', '10.1.2.3/32', 'fd00::/64', 'fd00::1'],
    bad: ['10.1.2.3/8', 'fd00::1/64', 'ten', '10.0.0.0/'],
  },
  cidrOrIp: {
    good: ['', '10.0.0.0/8', '10.1.2.3/8', '10.1.2.3', 'fd00::1/64', 'fd00::1'],
    bad: ['ten', '10.0.0', '10.0.0.0/8/8', '10.0.0.0/-1'],
  },
  cidrv4: { good: ['192.0.2.10/24', '192.0.2.10'], bad: ['', '2001:db8::10/64', '10.0.1.256/24'] },
  cidrv6: { good: ['2001:db8::10/64', '2001:db8::10'], bad: ['', '192.0.2.10/24', '2001:db8:::1'] },
  ip: { good: ['192.0.2.10', '2001:db8::10'], bad: ['', '192.0.2.10/32', '192.0.2.300', 'fe80::1%eth0'] },
  ipv4: { good: ['192.0.2.10', '::ffff:192.0.2.10'], bad: ['', 'fe80::1', '1', '1.2.3'] },
  ipv6: { good: ['2001:db8::10', '::'], bad: ['', '192.0.2.10', '2001:db8::10/64'] },
  ipPort: {
    good: ['192.0.2.1', '192.0.2.1:179', '2001:db8::1', '[2001:db8::1]:179', '192.0.2.1:65535'],
    bad: [
      '',
      '192.0.2.1:0',
      '192.0.2.1:65536',
      '[2001:db8::1]',
      '[192.0.2.1]:179',
      '192.0.2.1:',
      'tor:179',
      '192.0.2.999',
    ],
  },
  reachableBy: { good: ['192.0.2.254', '2001:db8::fe'], bad: ['', 'gw1', '192.0.2.0/24'] },
  interface: { good: ['*', 'eth0', 'eth0.100', LONG], bad: ['', `${LONG}p`, 'eth*', 'eth0/1', 'eth 0'] },
  ignoredInterface: { good: ['eth9', 'tap*', '**'], bad: ['', '*', `${LONG}*`, 'a/b'] },
  bgpFilterInterface: { good: ['*', 'eth*', LONG], bad: ['', `${LONG}p`, 'eth0/1'] },
  ifaceFilter: { good: ['eth+', 'eth0:1'], bad: ['', 'eth*', `${LONG}+`] },
  prometheusHost: { good: ['localhost', '::1', '0.0.0.0'], bad: ['', 'a b', 'x'.repeat(65)] },
  keyValueList: {
    good: ['', 'A=true', 'A=true,B=', 'A=1,, B=2', 'A=b=c'],
    bad: ['A', 'A=1,B', 'A-B=1', '=1'],
  },
  regexp: { good: ['', '^eth[0-9]+$', '(?i)^ETH'], bad: ['(', '[', 'a(?=b)'] },
  mac: {
    good: ['66:ef:2f:50:9d:a0', '66-EF-2F-50-9D-A0', '66ef.2f50.9da0', '02:00:5e:10:00:00:00:01'],
    bad: ['', '66:00', '66:ef:2f-50:9d:a0', '66ef2f509da0'],
  },
  wireguardPublicKey: { good: [KEY], bad: ['', KEY.slice(0, -1), `A${KEY}`, KEY.replace('j', '-')] },
  containerID: { good: ['a', 'a1b2', 'a-b'], bad: ['', '-a', 'a-', 'a_b'] },
  portName: { good: ['http', 'a', 'http-8080'], bad: ['', '8080', 'HTTP', 'a--b', '-a', 'a-', `${LONG}p`] },
  port: { good: ['8000:8080', 'http'], bad: ['', '0:80', '00:80', '80-90', '-5', 'HTTP'] },
  protocol: { good: ['TCP', 'UDPLite', 'ICMPv6'], bad: ['', 'tcp', '0', '300'] },
  selector: {
    good: ['', '  ', 'all()', "has(a) && b in {'x'}"],
    bad: ['rack == ', 'rr == true', 'all(', '&&'],
  },
  name: {
    good: ['a', 'worker-1.example', 'x'.repeat(300)],
    bad: ['', 'Worker', 'a_b', '.a', 'a.', '-a', 'a..b'],
  },
  community: {
    good: ['64512:100', '0:0', '4294967295:0:1'],
    bad: ['', '65536:1', '1:65536', '1', '1:2:3:4', 'a:b'],
  },
};

test('every format has examples', () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(Object.keys(FORMATS).sort());
});

describe.each(Object.entries(EXAMPLES))('%s', (name, { good, bad }) => {
  const format = FORMATS[name]!;

  test.each(good.map((value) => [value]))('takes %j', (value) => {
    expect(format.test(value)).toBe(true);
  });

  test.each(bad.map((value) => [value]))('refuses %j', (value) => {
    expect(format.test(value)).toBe(false);
  });

  test('says what is expected', () => {
    expect(format.message).toMatch(/^is (not|neither) /);
  });
});

test('a selector that cannot be read is explained by place', () => {
  const said = FORMATS['selector']!.explain!('rack == ');
  expect(said).toStartWith('is not a selector: ');
  expect(said).toEndWith(' at character 9');
});

test('a regular expression that cannot be read is explained', () => {
  expect(FORMATS['regexp']!.explain!('a{2000}')).toBe(
    'is not a regular expression: {2000} is more than 1000 repeats',
  );
});
