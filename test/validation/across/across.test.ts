import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Cidr, containsCidr, overlaps, parseCidr } from '../../../src/resources/net/cidr.ts';
import { Networks } from '../../../src/validation/matching/networks.ts';
import { documents, findings, told, yaml } from '../found.ts';

const pool = (name: string, cidr: string, more: object = {}) => yaml('IPPool', name, { cidr, ...more });
const policy = (name: string, tier: string) =>
  yaml('GlobalNetworkPolicy', name, { tier, types: ['Ingress'] });

describe('CAL1800', () => {
  test('the second place names the first', async () => {
    const text = documents(yaml('Tier', 'a', {}), yaml('Tier', 'b', {}), yaml('Tier', 'a', {}));
    expect(await told(text)).toEqual([
      'CAL1800 13:19 is given a second time, first at -:1: apply keeps the last, create refuses it',
    ]);
  });

  test('of one name in two namespaces, or of two kinds, each is another object', async () => {
    const text = documents(
      yaml('NetworkSet', 'a', {}, { namespace: 'x' }),
      yaml('NetworkSet', 'a', {}, { namespace: 'y' }),
      yaml('GlobalNetworkSet', 'a', {}),
    );
    expect(await told(text)).toEqual([]);
  });

  test('no namespace is the default one', async () => {
    const text = documents(
      yaml('NetworkSet', 'a', {}),
      yaml('NetworkSet', 'a', {}, { namespace: 'default' }),
    );
    expect((await findings(text)).map(({ rule, resource }) => [rule, resource])).toEqual([
      ['CAL1800', 'NetworkSet(default/a)'],
    ]);
  });
});

describe('CAL1801', () => {
  test('the later pool is told of, whichever contains the other', async () => {
    expect(await told(documents(pool('a', '10.0.0.0/16'), pool('b', '10.0.128.0/20')))).toEqual([
      'CAL1801 9:15 overlaps 10.0.0.0/16, the CIDR of IPPool(a)',
    ]);
    expect(await told(documents(pool('a', '10.0.128.0/20'), pool('b', '10.0.0.0/16')))).toEqual([
      'CAL1801 9:15 overlaps 10.0.128.0/20, the CIDR of IPPool(a)',
    ]);
    expect(
      await told(documents(pool('a', '10.0.0.0/20'), pool('b', '10.0.16.0/20'), pool('c', 'fd00::/64'))),
    ).toEqual([]);
  });

  test('is a warning without a datastore and an error with it', async () => {
    const text = documents(pool('a', '10.0.0.0/16'), pool('b', '10.0.0.0/16', { disabled: true }));
    expect((await findings(text)).map(({ severity }) => severity)).toEqual(['warning']);
    expect((await findings(text, true)).map(({ severity }) => severity)).toEqual(['error']);
  });

  test('networks are found as by comparing each with each', () => {
    const cidr = fc
      .tuple(fc.boolean(), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 8 }))
      .map(
        ([isV4, byte, bits]) =>
          parseCidr(isV4 ? `10.0.0.${byte}/${24 + bits}` : `fd00::${byte.toString(16)}/${120 + bits}`)!,
      );
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 12 }), cidr, (all, one) => {
        const networks = new Networks<Cidr>();
        for (const each of all) networks.add(each, each);
        const agrees = (found: Cidr | undefined, test: (other: Cidr) => boolean) =>
          found === undefined ? !all.some(test) : all.includes(found) && test(found);
        expect(agrees(networks.find(one), (other) => overlaps(other, one))).toBe(true);
        expect(agrees(networks.around(one), (other) => containsCidr(other, one))).toBe(true);
        expect(agrees(networks.within(one), (other) => containsCidr(one, other))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('many pools take a time that grows with their number only', () => {
    const networks = new Networks<number>();
    const started = performance.now();
    for (let index = 0; index < 20_000; index++) {
      const range = parseCidr(`10.${index >> 8}.${index & 255}.0/${24 + (index % 3)}`)!;
      expect(networks.find(range)).toBeUndefined();
      networks.add(range, index);
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('CAL1802', () => {
  test('tiers may stand before their policies or behind them, and three are built in', async () => {
    const builtIn = ['default', 'kube-admin', 'kube-baseline'].map((tier, index) =>
      policy(`p${index}`, tier),
    );
    expect(await told(documents(...builtIn, yaml('Tier', 'a', {}), policy('q', 'a')))).toEqual([]);
    expect(await told(documents(policy('q', 'a'), yaml('Tier', 'a', {})))).toEqual([]);
  });

  test('every policy of a tier that is nowhere is told of, also where there are many', async () => {
    const many = Array.from({ length: 30 }, (_, index) => policy(`p${index}`, 'none'));
    const found = await findings(documents(...many));
    expect(found.map(({ rule, resource }) => `${rule} ${resource}`)).toEqual(
      many.map((_text, index) => `CAL1802 GlobalNetworkPolicy(p${index})`),
    );
    expect(found.map(({ place }) => place?.line)).toEqual(
      many.map((_text, index) => 5 * index + (index < 20 ? 4 : 1)),
    );
  });
});

describe('CAL2020', () => {
  const felix = (name: string, spec: object) => yaml('FelixConfiguration', name, spec);
  const host = (name: string, node: string, more: object = {}, labels: object = {}) =>
    yaml('HostEndpoint', name, { node, interfaceName: 'eth0', ...more }, { labels });
  const noSsh = felix('default', { failsafeInboundHostPorts: [{ protocol: 'udp', port: 68 }] });
  const none = felix('default', { failsafeInboundHostPorts: [], failsafeOutboundHostPorts: [] });
  const ssh = (selector: string, action = 'Allow') =>
    yaml('GlobalNetworkPolicy', 'ssh', {
      selector,
      types: ['Ingress'],
      ingress: [{ action, protocol: 'TCP', destination: { ports: ['20:25'] } }],
    });
  const said = async (...texts: readonly string[]) =>
    (await findings(documents(...texts))).map(
      ({ rule, path, message }) => `${rule} ${path.at(-1)}: ${message}`,
    );

  test('both ways are looked at, and hosts are counted', async () => {
    expect(await said(none, host('a', 'n1'), host('b', 'n2'))).toEqual([
      'CAL2020 failsafeInboundHostPorts: has no tcp 22, and no policy here allows ssh to HostEndpoint(a) and 1 more: such a host is cut off',
      'CAL2020 failsafeOutboundHostPorts: has neither tcp 6443, 443 nor 2379, and no policy here allows the datastore to HostEndpoint(a) and 1 more: such a host is cut off',
    ]);
  });

  test.each([
    ['the ports that Felix has by itself', [felix('default', {}), host('a', 'n1')], 0],
    ['ports without ssh', [noSsh, host('a', 'n1')], 1],
    [
      'ssh and the datastore elsewhere',
      [
        felix('default', {
          failsafeInboundHostPorts: [{ protocol: 'tcp', port: 2222 }],
          failsafeOutboundHostPorts: [{ protocol: 'tcp', port: 8443 }],
        }),
        host('a', 'n1'),
      ],
      0,
    ],
    ['a host first', [host('a', 'n1'), noSsh], 1],
    ['no host', [noSsh], 0],
    ['a policy that allows it', [noSsh, host('a', 'n1', {}, { role: 'x' }), ssh('role == "x"')], 0],
    ['a policy for other hosts', [noSsh, host('a', 'n1', {}, { role: 'y' }), ssh('role == "x"')], 1],
    ['a policy that denies it', [noSsh, host('a', 'n1'), ssh('all()', 'Deny')], 1],
    [
      'a configuration of the node',
      [noSsh, felix('node.n1', { failsafeInboundHostPorts: [{ port: 22 }] }), host('a', 'n1')],
      0,
    ],
    [
      'a configuration of another node',
      [noSsh, felix('node.n2', { failsafeInboundHostPorts: [{ port: 22 }] }), host('a', 'n1')],
      1,
    ],
    ['a profile that allows all', [noSsh, host('a', 'n1', { profiles: ['projectcalico-default-allow'] })], 0],
    [
      'a profile behind a policy',
      [noSsh, host('a', 'n1', { profiles: ['projectcalico-default-allow'] }), ssh('all()', 'Deny')],
      1,
    ],
    ['a profile that nothing is known of', [noSsh, host('a', 'n1', { profiles: ['other'] })], 0],
  ] as const)('%s', async (_what, texts, count) => {
    expect(await said(...texts)).toHaveLength(count);
  });
});

describe('CAL2021', () => {
  const reserve = (...reservedCIDRs: readonly string[]) => yaml('IPReservation', 'r', { reservedCIDRs });
  test.each([
    ['around', pool('p', '10.0.0.0/24'), reserve('10.0.0.0/16'), 1],
    ['the same', pool('p', '10.0.0.0/24'), reserve('1.2.3.4/32', '10.0.0.0/24'), 1],
    ['a part', pool('p', '10.0.0.0/24'), reserve('10.0.0.0/25'), 0],
    ['of a disabled pool', pool('p', '10.0.0.0/24', { disabled: true }), reserve('10.0.0.0/24'), 0],
  ] as const)('%s', async (_what, first, second, count) => {
    for (const text of [documents(first, second), documents(second, first)])
      expect((await findings(text)).map(({ rule }) => rule)).toEqual(Array(count).fill('CAL2021'));
  });
});

describe('CAL2022', () => {
  const services = (field: string, cidr: string) =>
    yaml('BGPConfiguration', 'default', { [field]: [{ cidr }] });
  const forServices = { allowedUses: ['LoadBalancer'] };
  test.each([
    ['cluster IPs', services('serviceClusterIPs', '10.96.0.0/12'), pool('p', '10.100.0.0/16'), 1],
    ['external IPs', services('serviceExternalIPs', '10.100.1.0/24'), pool('p', '10.100.0.0/16'), 1],
    ['what is apart', services('serviceClusterIPs', '10.96.0.0/12'), pool('p', '10.244.0.0/16'), 0],
    [
      'a disabled pool',
      services('serviceClusterIPs', '10.96.0.0/12'),
      pool('p', '10.96.0.0/16', { disabled: true }),
      0,
    ],
    [
      'the pool of load balancers',
      services('serviceLoadBalancerIPs', '10.9.0.0/16'),
      pool('p', '10.9.0.0/16', forServices),
      0,
    ],
    [
      'that pool and cluster IPs',
      services('serviceClusterIPs', '10.9.0.0/16'),
      pool('p', '10.9.0.0/16', forServices),
      1,
    ],
  ] as const)('%s', async (_what, first, second, count) => {
    for (const text of [documents(first, second), documents(second, first)])
      expect((await findings(text)).map(({ rule }) => rule)).toEqual(Array(count).fill('CAL2022'));
  });
});
