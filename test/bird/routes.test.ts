import { describe, expect, test } from 'bun:test';
import { type BirdRoute, RouteReader } from '../../src/bird/routes.ts';

/** Routes in the lines of an answer, as BIRD prints them behind the codes. */
function routesIn(text: string): readonly BirdRoute[] {
  const reader = new RouteReader();
  const routes = text
    .split('\n')
    .slice(1)
    .flatMap((line) => reader.take({ code: 1007, text: line }) ?? []);
  const last = reader.end();
  return last === undefined ? routes : [...routes, last];
}

describe('routes of BIRD 1.6', () => {
  test('a next hop stands in the line of the network', () => {
    const text = `
198.51.100.0/24    via 192.0.2.17 on eth0 [Global_192_0_2_17 00:29:46 from 192.0.2.9] * (100/0) [AS64517i]
	Type: BGP unicast univ
	BGP.origin: IGP
	BGP.as_path: 64520 64517
	BGP.next_hop: 192.0.2.17
	BGP.local_pref: 100
	BGP.community: (64512,1) (64512,2)
192.0.2.0/24       dev eth0 [direct1 2026-11-22 00:29:45] * (240)
	Type: device unicast univ
10.244.10.64/26    blackhole [static1 2026-11-22] * (200)
	Type: static unicast univ`;
    expect(routesIn(text)).toEqual([
      {
        ...{ network: '198.51.100.0/24', type: 'unicast', protocol: 'Global_192_0_2_17' },
        nextHops: [{ address: '192.0.2.17', interface: 'eth0' }],
        ...{ since: '00:29:46', from: '192.0.2.9', best: true, preference: 100, asPath: '64520 64517' },
        attributes: {
          ...{ origin: 'IGP', next_hop: '192.0.2.17', local_pref: '100' },
          community: '(64512,1) (64512,2)',
        },
      },
      {
        ...{ network: '192.0.2.0/24', type: 'unicast', protocol: 'direct1' },
        nextHops: [{ interface: 'eth0' }],
        ...{ since: '2026-11-22 00:29:45', best: true, preference: 240, attributes: {} },
      },
      {
        ...{ network: '10.244.10.64/26', type: 'blackhole', protocol: 'static1', nextHops: [] },
        ...{ since: '2026-11-22', best: true, preference: 200, attributes: {} },
      },
    ]);
  });

  test('several next hops stand below it, further routes leave the network out', () => {
    const text = `
10.0.0.0/26        multipath [Mesh_192_0_2_1 10:30:00] * (100/0) [i]
	via 192.0.2.1 on eth0 weight 1
	via 192.0.2.2 on eth1 weight 2
                   via 192.0.2.3 on eth0 [Mesh_192_0_2_3 10:31:00] (100/-) [?]
                   unreachable [Mesh_192_0_2_4 10:32:00 from 192.0.2.4] (100/-) [i]`;
    const routes = routesIn(text);
    expect(routes.map(({ network }) => network)).toEqual(Array(3).fill('10.0.0.0/26'));
    expect(routes.map(({ best }) => best)).toEqual([true, false, false]);
    expect(routes.map(({ type }) => type)).toEqual(['unicast', 'unicast', 'unreachable']);
    expect(routes[0]?.nextHops).toEqual([
      { address: '192.0.2.1', interface: 'eth0', weight: 1 },
      { address: '192.0.2.2', interface: 'eth1', weight: 2 },
    ]);
    expect(routes[2]?.from).toBe('192.0.2.4');
  });
});

describe('routes of BIRD 2 and 3', () => {
  test('next hops stand below the network, tables above their routes', () => {
    const text = `
Table master4:
10.244.11.64/26      unicast [Mesh_192_0_2_11 00:29:48.362] * (100) [i]
	via 192.0.2.11 on eth0
	Type: BGP univ
	BGP.origin: IGP
	BGP.as_path: 
	BGP.next_hop: 192.0.2.11

Table master6:
fd00:11::/122        unicast [Mesh_2001_db8__11 00:29:48.278] ! (100/5) [AS64513i]
	via fe80::11 on eth0 onlink
	Type: BGP univ
	BGP.as_path: 64513 {64514 64515}`;
    expect(routesIn(text)).toEqual([
      {
        ...{ network: '10.244.11.64/26', type: 'unicast', protocol: 'Mesh_192_0_2_11', table: 'master4' },
        nextHops: [{ address: '192.0.2.11', interface: 'eth0' }],
        ...{ since: '00:29:48.362', best: true, preference: 100, asPath: '' },
        attributes: { origin: 'IGP', next_hop: '192.0.2.11' },
      },
      {
        ...{ network: 'fd00:11::/122', type: 'unicast', protocol: 'Mesh_2001_db8__11', table: 'master6' },
        nextHops: [{ address: 'fe80::11', interface: 'eth0' }],
        ...{ since: '00:29:48.278', best: false, preference: 100, asPath: '64513 {64514 64515}' },
        attributes: {},
      },
    ]);
  });

  test('attributes of BIRD 3 have names of their own', () => {
    const text = `
Table master4:
10.1.0.1/32          unicast [Node_192_0_2_20 07:31:58.426] * (100) [AS64512i]
	via 192.0.2.20 on eth0
	preference: 100
	igp_metric: 0
	from: 192.0.2.20
	source: BGP
	bgp_origin: IGP
	bgp_path: 64512
	bgp_next_hop: 192.0.2.20
	bgp_local_pref: 100
	Internal route handling values: 0L 8G 0S id 2
                     unicast [ospf1 07:31:58.427] E2 (150/10/10000) [192.0.2.7]
	via 192.0.2.21 on eth0
	source: OSPF-E2`;
    const [first, second] = routesIn(text);
    expect(first).toMatchObject({
      asPath: '64512',
      attributes: { origin: 'IGP', next_hop: '192.0.2.20', local_pref: '100' },
    });
    expect(second).toMatchObject({ network: '10.1.0.1/32', preference: 150, best: false, protocol: 'ospf1' });
  });

  test('what is no route is passed over', () => {
    expect(routesIn('\nNetwork not found\n	via 192.0.2.1 on eth0\n\n')).toEqual([]);
  });
});
