import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { BgpSession } from '../../../src/bird/session.ts';
import type { NodeStatus } from '../../../src/node/status/survey.ts';
import { type Lab, startLab } from '../../testbed/bird-lab.ts';
import { COMING_UP, everyFate, manyPeers } from '../../testbed/bird-networks.ts';
import { byteByByte, silent } from '../../testbed/bird-relay.ts';
import { gridRows } from '../../testbed/grids.ts';

/** `node status` of the built executable, on nodes with real BIRD and real sessions. */

/** A time of day, as BIRD writes when something was. */
const TIME = /^\d\d:\d\d:\d\d(\.\d+)?$/;
/** What BIRD tries where nobody is, or nobody who knows the password. */
const TRYING = /^(Connect|Active|Idle)( Socket: .*)?$/;
const WRONG_AS = /^(Idle|Active|Connect|OpenSent|OpenConfirm) BGP Error: Bad peer AS$/;

const HEADINGS = ['PEER ADDRESS', 'PEER TYPE', 'STATE', 'SINCE', 'INFO'];

/** Rows of every fate's node, in BIRD's order: the order of its configuration. */
const ROWS = {
  ipv4: [
    HEADINGS,
    row('192.0.2.11', 'node-to-node mesh', 'up', 'Established'),
    row('192.0.2.12', 'node-to-node mesh', 'start', TRYING),
    row('192.0.2.13', 'node-to-node mesh', 'start', 'Passive'),
    row('192.0.2.14', 'global', 'start', WRONG_AS),
    row('192.0.2.15', 'node specific', 'start', TRYING),
    row('192.0.2.16', 'node specific', 'up', 'Established'),
    row('192.0.2.17.port.1790', 'global', 'up', 'Established'),
  ],
  ipv6: [
    HEADINGS,
    row('2001:db8::11', 'node-to-node mesh', 'up', 'Established'),
    row('2001:db8::12', 'node-to-node mesh', 'start', TRYING),
    row('2001:db8::16', 'node specific', 'up', 'Established'),
  ],
};

function row(address: string, type: string, state: string, info: string | RegExp): string[] {
  const told = typeof info === 'string' ? info : expect.stringMatching(info);
  return [address, type, state, expect.stringMatching(TIME), told];
}

/** Sessions by the end of their names, of `-o json`. */
function sessionsIn(text: string): ReadonlyMap<string, BgpSession> {
  const { birds } = JSON.parse(text) as NodeStatus;
  return new Map(birds.flatMap(({ sessions }) => sessions).map((session) => [session.name, session]));
}

for (const version of [1, 2] as const) {
  describe(`BIRD ${version}`, () => {
    let lab: Lab;

    beforeAll(async () => {
      lab = await startLab(everyFate(version));
      await lab.established(version === 1 ? COMING_UP.ipv4 : [...COMING_UP.ipv4, ...COMING_UP.ipv6]);
      if (version === 1) await lab.established(COMING_UP.ipv6, 'bird6.ctl');
      await lab.until('show protocols Global_192_0_2_14', /Bad peer AS/);
      // Routes follow a moment later.
      await lab.until('show protocols all Global_192_0_2_17_port_1790', / 5 exported/);
      await lab.until('show protocols all Node_192_0_2_16', / 6 exported/);
      const v6 = version === 1 ? 'bird6.ctl' : 'bird.ctl';
      await lab.until('show protocols all Node_2001_db8__16', / 3 exported/, v6);
      await lab.until('show protocols all Mesh_192_0_2_11', / 2 imported/);
    });
    afterAll(() => lab?.stop());

    test('the text is that of the reference', async () => {
      const { stdout, stderr, status } = await lab.calicoctl('node', 'status');
      const [before, ipv4 = '', ipv6 = ''] = stdout.split(/IPv[46] BGP status\n/);
      expect({ stderr, status, before, end: stdout.slice(-3) }).toEqual({
        stderr: '',
        status: 0,
        before: 'Calico process is running.\n\n',
        end: '+\n\n',
      });
      expect(gridRows(ipv4)).toEqual(ROWS.ipv4);
      expect(gridRows(ipv6)).toEqual(ROWS.ipv6);
    });

    test('-o json tells both ends, the last error and counts of routes', async () => {
      const { stdout, status } = await lab.calicoctl('node', 'status', '-o', 'json');
      expect(status).toBe(0);
      const sessions = sessionsIn(stdout);
      expect([...sessions.keys()]).toEqual(everyFate(version).node.sessions.map(({ name }) => name));
      const time = expect.stringMatching(TIME) as unknown as string;
      expect(sessions.get('Global_192_0_2_17_port_1790')).toEqual({
        name: 'Global_192_0_2_17_port_1790',
        ...{ type: 'global', family: 'ipv4', peerAddress: '192.0.2.17', peerPort: 1790, peerAs: 64517 },
        localAddress: '192.0.2.10',
        // BIRD 1.6 does not tell it of a session with another AS.
        ...(version === 1 ? {} : { localAs: 64512 }),
        ...{ state: 'up', since: time, info: 'Established', established: true, routeReflector: false },
        routes: { ipv4: { received: 2, imported: 1, filtered: 1, exported: 5, preferred: 1 } },
      });
      expect(sessions.get('Node_2001_db8__16')).toEqual({
        name: 'Node_2001_db8__16',
        ...{ type: 'node', family: 'ipv6', peerAddress: '2001:db8::16', peerAs: 64512 },
        ...{ localAddress: '2001:db8::10', localAs: 64512 },
        ...{ state: 'up', since: time, info: 'Established', established: true, routeReflector: true },
        routes: { ipv6: { received: 1, imported: 1, exported: 3, preferred: 1 } },
      });
      const wrong = sessions.get('Global_192_0_2_14');
      expect({ ...wrong, routes: undefined, localAs: undefined }).toEqual({
        name: 'Global_192_0_2_14',
        ...{ type: 'global', family: 'ipv4', peerAddress: '192.0.2.14', peerAs: 64999 },
        ...{ state: 'start', since: time, established: false, lastError: 'BGP Error: Bad peer AS' },
        info: expect.stringMatching(WRONG_AS) as unknown as string,
      } as never);
      expect([...sessions.values()].filter(({ established }) => established).map(({ name }) => name)).toEqual(
        [...COMING_UP.ipv4, ...COMING_UP.ipv6],
      );
    });

    test('-o json names each BIRD, its socket, version and process', async () => {
      const { stdout } = await lab.calicoctl('node', 'status', '-o', 'json');
      const { birds, felixRunning } = JSON.parse(stdout) as NodeStatus;
      const names = version === 1 ? ['bird.ctl', 'bird6.ctl'] : ['bird.ctl'];
      expect(felixRunning).toBe(true);
      expect(birds.map(({ sessions, started, pid, ...rest }) => rest)).toEqual(
        names.map((name) => ({
          socket: `/var/run/calico/${name}`,
          version: version === 1 ? '1.6.8' : '2.0.12',
          routerId: '192.0.2.10',
        })),
      );
      for (const { started, pid } of birds) {
        expect(started).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/);
        expect(pid).toBeGreaterThan(1);
      }
    });

    test('-o wide shows reflector clients, counts and errors', async () => {
      const { stdout, status } = await lab.calicoctl('node', 'status', '-o', 'wide');
      expect(status).toBe(0);
      const [headings = [], ...rows] = gridRows(stdout);
      const cells = (name: string, ...wanted: readonly string[]) => {
        const found = rows.find((cells) => cells.includes(name));
        return wanted.map((heading) => found?.[headings.indexOf(heading)]);
      };
      expect(cells('Node_192_0_2_16', 'RR CLIENT', 'IPV4 RCV/ACC/EXP', 'LAST ERROR')).toEqual([
        'yes',
        '1/1/6',
        '-',
      ]);
      expect(cells('Mesh_192_0_2_11', 'RR CLIENT', 'PEER AS', 'LOCAL AS')).toEqual(['no', '64512', '64512']);
      expect(cells('Global_192_0_2_14', 'LAST ERROR')).toEqual(['BGP Error: Bad peer AS']);
    });

    test('--require-established names what is not, and why', async () => {
      const { status, stderr } = await lab.calicoctl('node', 'status', '--require-established');
      expect(status).toBe(1);
      expect(stderr).toMatch(/^5 of 10 BGP sessions are not established:\n/);
      expect(stderr).toMatch(/Global_192_0_2_14 \(192\.0\.2\.14\): \w+ BGP Error: Bad peer AS, since /);
    });

    test('a socket that answers one byte at a time tells the same', async () => {
      const bird = join(lab.run, 'bird.ctl');
      const path = join(lab.run, 'slow.ctl');
      const relay = await byteByByte(path, bird);
      const steady = (text: string) =>
        [...sessionsIn(text).values()]
          .filter(({ established }) => established)
          // BIRD 2 reckons times anew for each answer, and not to the same millisecond.
          .map(({ since, ...session }) => session);
      try {
        const slow = await lab.calicoctl('node', 'status', '--bird-socket', path, '-o', 'json');
        const direct = await lab.calicoctl('node', 'status', '--bird-socket', bird, '-o', 'json');
        expect(slow.status).toBe(0);
        expect(steady(slow.stdout)).toEqual(steady(direct.stdout));
        expect(steady(slow.stdout)).toHaveLength(version === 1 ? 3 : 5);
      } finally {
        relay.stop();
      }
    });

    test('one that never answers costs two seconds', async () => {
      const path = join(lab.run, 'silent.ctl');
      const relay = await silent(path);
      const begin = performance.now();
      try {
        const { status, stderr } = await lab.calicoctl('node', 'status', '--bird-socket', path);
        expect(performance.now() - begin).toBeWithin(2000, 6000);
        expect({ status, stderr }).toEqual({
          status: 1,
          stderr: expect.stringContaining(`BIRD at ${path} did not answer within 2s`),
        });
      } finally {
        relay.stop();
      }
    });
  });

  describe(`many peers of BIRD ${version}`, () => {
    test('300, of which ten are there', async () => {
      const lab = await startLab(manyPeers(version, 300, 10));
      try {
        await lab.until('show protocols', /(Established[\s\S]*){10}/);
        const [text, json] = await Promise.all([
          lab.calicoctl('node', 'status'),
          lab.calicoctl('node', 'status', '-o', 'json'),
        ]);
        const [headings, ...rows] = gridRows(text.stdout);
        expect(headings).toEqual(HEADINGS);
        expect(rows.map(([address]) => address)).toEqual(
          manyPeers(version, 300, 10).node.sessions.map(({ address }) => address),
        );
        expect(rows.flatMap((cells, index) => (cells[4] === 'Established' ? [index] : []))).toEqual([
          ...Array(10).keys(),
        ]);
        expect(sessionsIn(json.stdout).size).toBe(300);
      } finally {
        lab.stop();
      }
    });

    test('--wait returns as soon as all are established; BIRD may end', async () => {
      const lab = await startLab(manyPeers(version, 3, 3));
      try {
        const begin = performance.now();
        const waiting = await lab.calicoctl('node', 'status', '--wait', '20s', '--require-established');
        expect(performance.now() - begin).toBeLessThan(15_000);
        expect({ status: waiting.status, stderr: waiting.stderr }).toEqual({ status: 0, stderr: '' });
        expect(gridRows(waiting.stdout).map((cells) => cells[4])).toEqual([
          'INFO',
          ...Array(3).fill('Established'),
        ]);
        await lab.ask('down');
        const ended = 'Calico process is running.\n\nThe BGP backend process (BIRD) is not running.\n\n';
        await lab.gone('bird');
        expect((await lab.calicoctl('node', 'status')).stdout).toBe(ended);
      } finally {
        lab.stop();
      }
    });
  });
}
