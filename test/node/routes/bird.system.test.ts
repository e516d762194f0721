import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { measured } from '../../../scripts/bench/measure.mjs';
import { EXECUTABLE } from '../../faults/program.ts';
import { type Lab, startLab } from '../../testbed/bird-lab.ts';
import { COMING_UP, everyFate, manyPeers } from '../../testbed/bird-networks.ts';
import { silent } from '../../testbed/bird-relay.ts';
import { gridRows } from '../../testbed/grids.ts';

/** `node routes` of the built executable, on nodes with real BIRD and real sessions. */

/** BIRD shows networks in no order of meaning. */
const sorted = (text: string) =>
  gridRows(text)
    .slice(1)
    .toSorted((a, b) => (a.join() < b.join() ? -1 : 1));

const HEADINGS = ['NETWORK', 'NEXT HOP', 'INTERFACE', 'PEER', 'SOURCE', 'AS PATH', 'PREFERENCE', 'STATUS'];

for (const version of [1, 2] as const) {
  describe(`BIRD ${version}`, () => {
    let lab: Lab;
    const routes = (...argv: readonly string[]) => lab.calicoctl('node', 'routes', ...argv);

    beforeAll(async () => {
      lab = await startLab(everyFate(version));
      const v6 = version === 1 ? 'bird6.ctl' : 'bird.ctl';
      await lab.established(COMING_UP.ipv4);
      await lab.established(COMING_UP.ipv6, v6);
      await lab.until('show protocols all Mesh_192_0_2_11', / 2 imported, 5 exported/);
      await lab.until('show protocols all Node_192_0_2_16', / 6 exported/);
      await lab.until('show protocols all Global_192_0_2_17_port_1790', / 5 exported/);
      await lab.until('show protocols all Mesh_2001_db8__11', / 3 exported/, v6);
      await lab.until('show protocols all Node_2001_db8__16', / 3 exported/, v6);
    });
    afterAll(() => lab?.stop());

    test('of one peer, both ways', async () => {
      const { stdout, stderr, status } = await routes('192.0.2.11');
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      expect(gridRows(stdout)[0]).toEqual(['DIRECTION', ...HEADINGS]);
      const peer = '192.0.2.11';
      const other = 'Global_192_0_2_17_port_1790';
      const own = 'static1';
      expect(sorted(stdout)).toEqual([
        ['advertised', '10.244.10.0/26', 'blackhole', '', peer, own, '', '200', 'sent'],
        ['advertised', '10.244.10.64/26', 'blackhole', '', peer, own, '', '200', 'sent'],
        ['advertised', '10.244.16.0/26', '192.0.2.16', 'eth0', peer, 'Node_192_0_2_16', '', '100', 'sent'],
        ['advertised', '192.0.2.0/24', 'directly connected', 'eth0', peer, 'direct1', '', '240', 'sent'],
        ['advertised', '198.51.100.0/24', '192.0.2.17', 'eth0', peer, other, '64517', '100', 'sent'],
        ['received', '10.244.11.0/26', '192.0.2.11', 'eth0', peer, 'Mesh_192_0_2_11', '', '100', 'best'],
        ['received', '10.244.11.64/26', '192.0.2.11', 'eth0', peer, 'Mesh_192_0_2_11', '', '100', 'best'],
      ]);
    });

    test('what the import filter refused is shown on demand', async () => {
      const name = 'Global_192_0_2_17_port_1790';
      const cells = (network: string, status: string) => [
        ...[network, '192.0.2.17', 'eth0', '192.0.2.17', name, '64517', '100', status],
      ];
      const accepted = await routes('--received', name);
      expect(gridRows(accepted.stdout)).toEqual([HEADINGS, cells('198.51.100.0/24', 'best')]);
      const all = await routes('--received', '--filtered', '192.0.2.17');
      expect(gridRows(all.stdout)).toEqual([
        HEADINGS,
        cells('198.51.100.0/24', 'best'),
        cells('203.0.113.0/24', 'refused'),
      ]);
    });

    test('so is what the export filter keeps back', async () => {
      const { stdout } = await routes('--advertised', '--filtered', '192.0.2.17');
      const statuses = sorted(stdout).map((cells) => [cells[0], cells.at(-1)]);
      expect(statuses).toEqual([
        ['10.244.10.0/26', 'sent'],
        ['10.244.10.64/26', 'refused'],
        ['10.244.11.0/26', 'sent'],
        ['10.244.11.64/26', 'sent'],
        ['10.244.16.0/26', 'sent'],
        ['192.0.2.0/24', 'sent'],
      ]);
    });

    test('IPv6 as JSON, the peer written another way', async () => {
      const { stdout, status } = await routes('--received', '-o', 'json', '2001:DB8:0::11');
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toEqual([
        {
          ...{ direction: 'received', status: 'best' },
          peer: { name: 'Mesh_2001_db8__11', type: 'mesh', address: '2001:db8::11' },
          ...{ network: 'fd00:11::/122', type: 'unicast' },
          nextHops: [{ address: '2001:db8::11', interface: 'eth0' }],
          ...{ source: 'Mesh_2001_db8__11', since: expect.stringMatching(/^\d\d:\d\d:\d\d/) },
          ...{ best: true, preference: 100, asPath: '' },
          attributes: { origin: 'IGP', next_hop: '2001:db8::11', local_pref: '100' },
          ...(version === 1 ? {} : { table: 'master6' }),
        },
      ]);
    });

    test('of all peers of Calico: JSON and YAML say the same as the table', async () => {
      const [table, json, yaml] = await Promise.all([routes(), routes('-o', 'json'), routes('-o', 'yaml')]);
      const documents = JSON.parse(json.stdout) as { network: string; peer: { address: string } }[];
      expect(load(yaml.stdout)).toEqual(documents);
      const column = (heading: number) =>
        gridRows(table.stdout)
          .slice(1)
          .map((cells) => cells[heading]);
      expect(documents.map(({ network }) => network)).toEqual(column(1) as string[]);
      expect(documents.map(({ peer }) => peer.address)).toEqual(column(4) as string[]);
      expect(documents).toHaveLength(28);
      expect(table.stderr).toBe('5 of 10 BGP sessions are not established; see calicoctl node status.\n');
    });

    test('a session that is not up has no routes, and it is said why', async () => {
      expect(await routes('192.0.2.13')).toEqual({
        status: 0,
        stdout: 'No routes found.\n',
        stderr: 'The BGP session with 192.0.2.13 (Mesh_192_0_2_13) is not established: Passive.\n',
      });
    });

    test('an unknown peer is told from those there are', async () => {
      const { stdout, stderr, status } = await routes('192.0.2.111');
      expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
      expect(stderr).toStartWith(
        'this node has no BGP session with "192.0.2.111" (did you mean "192.0.2.11"?)\n  Its peers are 192.0.2.11, 192.0.2.12, ',
      );
    });

    test('PEER never becomes a command of BIRD', async () => {
      for (const peer of [
        'Mesh_192_0_2_11\ndisable Mesh_192_0_2_11',
        'Mesh_192_0_2_11 all; down',
        'all"',
        'static1',
      ])
        expect((await routes(peer)).stderr).toStartWith('this node has no BGP session with "');
      expect(await lab.ask('show protocols Mesh_192_0_2_11')).toMatch(/ up .*Established/);
    });

    test('a BIRD that is silent does not hide what the other tells', async () => {
      const path = join(lab.run, 'silent.ctl');
      const relay = await silent(path);
      try {
        const argv = ['--received', '--bird-socket', path, '--bird-socket', join(lab.run, 'bird.ctl')];
        const { stdout, stderr, status } = await routes(...argv, '192.0.2.11');
        expect(status).toBe(1);
        expect(gridRows(stdout)).toHaveLength(3);
        expect(stderr).toContain(`BIRD at ${path} did not answer within 2s`);
      } finally {
        relay.stop();
      }
    });
  });

  test(`BIRD ${version} tells 100,000 routes without our keeping them`, async () => {
    const { node, ...rest } = manyPeers(version, 1, 1);
    const many = Array.from({ length: 100_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32`);
    const lab = await startLab({ ...rest, node: { ...node, routes: many } });
    try {
      const [peer] = node.sessions;
      await lab.until(`show protocols all ${peer!.name}`, / 100001 exported/);
      const words = ['node', 'routes', '--advertised', '--bird-socket', join(lab.run, 'bird.ctl')];
      const json = await measured({ program: EXECUTABLE, args: [...words, '-o', 'json'] });
      expect(json.memory).toBeLessThan(250 * 2 ** 20);
      const table = await measured({ program: EXECUTABLE, args: words });
      expect(table.memory).toBeLessThan(500 * 2 ** 20);
      const { stdout } = await lab.calicoctl('node', 'routes', '--advertised');
      expect(gridRows(stdout)).toHaveLength(100_002);
    } finally {
      lab.stop();
    }
  }, 60_000);
}
