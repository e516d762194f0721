import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { recorded } from '../../bird/recorded.ts';
import { type BirdServer, birdServer, type Manners } from '../../bird/server.ts';
import { CALICO, machineWith } from '../../node/status/machine.ts';
import { type Workspace, workspace } from '../run.ts';

let at: Workspace;
let servers: BirdServer[];

beforeEach(async () => {
  at = await workspace();
  servers = [];
  await machineWith(at.folder, CALICO);
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await at.remove();
});

async function bird(path: string, manners: Manners): Promise<BirdServer> {
  const server = await birdServer(join(at.folder, path), manners);
  servers.push(server);
  return server;
}

async function status(...argv: readonly string[]) {
  const run = await at.calicoctl(['node', 'status', ...argv], { root: at.folder });
  const rootless = (text: string) => text.replaceAll(at.folder, '');
  return { ...run, out: rootless(run.out), err: rootless(run.err) };
}

function rows(...lines: readonly string[]): string {
  return `2002-name     proto    table    state  since       info\n1002-kernel1  Kernel   master   up     10:00:00    \n${lines.map((line) => ` ${line}\n`).join('')}0000 \n`;
}

/** Answers as a recording, to the command that was recorded and to `show status`. */
function playing(name: string): Manners {
  const said = recorded(name).toString();
  const end = said.indexOf('\n') + 1;
  const status = recorded('status-1.6.8').toString();
  return {
    greeting: said.slice(0, end),
    answers: {
      'show protocols': said.slice(end),
      'show protocols all': said.slice(end),
      'show status': status.slice(status.indexOf('\n') + 1),
    },
  };
}

const UP = rows('Mesh_172_17_8_102 BGP      master   up     10:00:02    Established   ');
const WAITING = rows(
  'Mesh_172_17_8_102 BGP      master   start  10:00:02    Active        Socket: No route to host',
);

describe('node status', () => {
  test('prints what the reference prints', async () => {
    await bird('/var/run/calico/bird.ctl', {
      answers: {
        'show protocols': rows(
          'Mesh_172_17_8_102 BGP      master   up     2016-11-21  Established   ',
          'Global_172_17_8_103 BGP      master   start  10:00:01    Idle          BGP Error: Bad peer AS',
          'Node_172_17_8_133_port_179 BGP      master   start  10:00:01    Active        Socket: Connection refused',
          'Local_Workload_10_65_0_2 BGP      master   start  10:00:01    Passive       ',
          'Node_172_17_8_140 BGP      master   down   10:00:01    ',
          'uplink BGP      master   up     10:00:01    Established   ',
        ),
      },
    });
    await bird('/var/run/bird/bird6.ctl', { answers: { 'show protocols': rows() }, piece: 1 });
    expect(await status()).toEqual({
      status: 0,
      out: `Calico process is running.

IPv4 BGP status
+-----------------------+-------------------+-------+------------+-----------------------------------+
| PEER ADDRESS          | PEER TYPE         | STATE | SINCE      | INFO                              |
+-----------------------+-------------------+-------+------------+-----------------------------------+
| 172.17.8.102          | node-to-node mesh | up    | 2016-11-21 | Established                       |
| 172.17.8.103          | global            | start | 10:00:01   | Idle BGP Error: Bad peer AS       |
| 172.17.8.133.port.179 | node specific     | start | 10:00:01   | Active Socket: Connection refused |
+-----------------------+-------------------+-------+------------+-----------------------------------+

IPv6 BGP status
No IPv6 peers found.

`,
      err: '',
    });
  });

  test('shows both families of one BIRD 2', async () => {
    await machineWith(at.folder, { 904: ['sleep', '60'] });
    await bird('/var/run/calico/bird.ctl', playing('bird-2.0.12'));
    const { status: exit, out } = await status();
    expect(out.split('\n').map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
      'Calico process is running.',
      '',
      'IPv4 BGP status',
      expect.stringMatching(/^\+-/),
      '| PEER ADDRESS | PEER TYPE | STATE | SINCE | INFO |',
      expect.stringMatching(/^\+-/),
      '| 172.17.8.101 | node-to-node mesh | up | 00:30:32.485 | Established |',
      '| 172.17.8.103 | node specific | start | 00:24:18.793 | Connect Socket: No route to host |',
      '| 172.17.8.101.port.1790 | global | start | 00:39:18.242 | Active Socket: Connection refused |',
      expect.stringMatching(/^\+-/),
      '',
      'IPv6 BGP status',
      expect.stringMatching(/^\+-/),
      '| PEER ADDRESS | PEER TYPE | STATE | SINCE | INFO |',
      expect.stringMatching(/^\+-/),
      '| fd00:8::101 | node-to-node mesh | up | 00:40:21.196 | Established |',
      '| fd00:8::105 | node specific | start | 00:24:18.793 | Connect Socket: No route to host |',
      expect.stringMatching(/^\+-/),
      '',
      '',
    ]);
    expect(exit).toBe(0);
  });

  test('shows one family where the other is silent', async () => {
    await bird('/var/run/calico/bird.ctl', { silent: true });
    await bird('/var/run/calico/bird6.ctl', { answers: { 'show protocols': rows() } });
    expect(await status()).toEqual({
      status: 1,
      out: 'Calico process is running.\n\nIPv4 BGP status\n\nIPv6 BGP status\nNo IPv6 peers found.\n\n',
      err: 'BIRD at /var/run/calico/bird.ctl did not answer within 2s\n  It is stuck, or too busy to answer.\n',
    });
  });

  test('asks the sockets it is given, whatever runs', async () => {
    await machineWith(at.folder, { 901: ['sleep', '60'], 903: ['sleep', '60'] });
    const { path } = await bird('/elsewhere/bird.ctl', playing('bird-1.6.8'));
    const { status: exit, out } = await status('--bird-socket', path, '--bird-socket', `${path}x`);
    expect(out.replaceAll(/ +/g, ' ')).toContain(
      '| 172.17.8.110 | local workload | start | 2026-11-22 00:24:18 | Passive |',
    );
    expect(out).toStartWith('\nBGP status of /elsewhere/bird.ctl (BIRD 1.6.8)\n+-');
    expect(exit).toBe(1);
  });
});

describe('node status -o', () => {
  test('wide shows every session of every BIRD', async () => {
    await bird('/var/run/calico/bird.ctl', playing('bird-1.6.8-all'));
    await bird('/var/run/calico/bird6.ctl', playing('bird-3.3-all'));
    await bird('/run/bird/bird.ctl', {
      answers: { 'show protocols all': rows(), 'show status': '0013 up\n' },
    });
    const { status: exit, out } = await status('-o', 'wide');
    const lines = out.split('\n').map((line) => line.replaceAll(/ +/g, ' '));
    expect(lines[1]).toBe(
      '| SOCKET | BIRD | NAME | TYPE | PEER ADDRESS | PEER AS | LOCAL ADDRESS | LOCAL AS | STATE | SINCE | BGP | RR CLIENT | IPV4 RCV/ACC/EXP | IPV6 RCV/ACC/EXP | LAST ERROR |',
    );
    expect(lines).toContain(
      '| /var/run/calico/bird.ctl | 1.6.8 | Mesh_172_17_8_102 | mesh | 172.17.8.102 | 64512 | 172.17.8.101 | 64512 | up | 2026-11-22 00:30:31 | Established | no | 4/3/3 | - | - |',
    );
    expect(lines).toContain(
      '| /var/run/calico/bird6.ctl | 3.3.2 | Mesh_fd00_8__11 | mesh | fd00:8::11 | 64512 | fd00:8::10 | 64512 | up | 07:11:05.310 | Established | no | 6/5/3 | 2/2/1 | - |',
    );
    expect(lines).toContain(`| /run/bird/bird.ctl | 1.6.8 |${' - |'.repeat(12)} no BGP sessions |`);
    expect(exit).toBe(0);
  });

  test('json tells each BIRD once, by whatever path it is found', async () => {
    await bird('/run/calico/bird.ctl', playing('bird-1.6.8-all'));
    await mkdir(join(at.folder, 'var'));
    await symlink('../run', join(at.folder, 'var/run'));
    await bird('/opt/second.ctl', { answers: { 'show protocols all': rows(), 'show status': '0013 up\n' } });
    await bird('/proc/951/root/run/third.ctl', { silent: true });
    await machineWith(at.folder, {
      950: ['/usr/sbin/bird', '-d', '-s/opt/second.ctl'],
      951: ['bird', '-s', '/run/third.ctl'],
    });
    const { status: exit, out, err } = await status('-o', 'json');
    const { felixRunning, birds } = JSON.parse(out);
    expect(felixRunning).toBe(true);
    expect(
      birds.map(({ sessions, ...bird }: { sessions: unknown[] }) => ({ ...bird, sessions: sessions.length })),
    ).toEqual([
      { socket: '/opt/second.ctl', pid: 950, version: '1.6.8', sessions: 0 },
      {
        socket: '/proc/951/root/run/third.ctl',
        pid: 951,
        sessions: 0,
        error: 'BIRD at /proc/951/root/run/third.ctl did not answer within 2s',
        advice: 'It is stuck, or too busy to answer.',
      },
      {
        socket: '/var/run/calico/bird.ctl',
        pid: 903,
        version: '1.6.8',
        routerId: '172.17.8.101',
        started: '2026-11-22 00:24:18',
        sessions: 6,
      },
    ]);
    expect(err).toBe(
      'BIRD at /proc/951/root/run/third.ctl did not answer within 2s\n  It is stuck, or too busy to answer.\n',
    );
    expect(exit).toBe(1);
  });
});

describe('node status --require-established', () => {
  const answers = (protocols: string) => ({
    answers: { 'show protocols': protocols, 'show protocols all': protocols, 'show status': '0013 up\n' },
  });

  test('looks once, and says what is missing', async () => {
    const { path } = await bird('/x.ctl', answers(WAITING));
    const { status: exit, err } = await status('--require-established', '--bird-socket', path);
    expect(err).toBe(
      '1 of 1 BGP sessions is not established:\n  Mesh_172_17_8_102 (172.17.8.102): Active Socket: No route to host, since 10:00:02\n',
    );
    expect(exit).toBe(1);
  });

  test('succeeds where all that are not switched off are established', async () => {
    const off = 'Node_172_17_8_140 BGP      master   down   10:00:01    ';
    const { path } = await bird('/x.ctl', answers(UP.replace('0000 \n', ` ${off}\n0000 \n`)));
    expect(await status('--require-established', '--bird-socket', path, '-o', 'yaml')).toMatchObject({
      status: 0,
      err: '',
    });
  });

  test('fails where there is no session, and where a BIRD does not answer', async () => {
    const { path } = await bird('/x.ctl', answers(rows()));
    expect((await status('--require-established', '--bird-socket', path)).err).toBe(
      'no BGP session is configured that could be established\n',
    );
    await bird('/y.ctl', answers(UP));
    const sockets = ['--bird-socket', `${at.folder}/y.ctl`, '--bird-socket', `${at.folder}/z.ctl`];
    const { status: exit, err } = await status('--require-established', ...sockets);
    expect(err).toEndWith(
      'it is not known whether all BGP sessions are established:\n  /z.ctl: its sessions are not known\n',
    );
    expect(exit).toBe(1);
  });

  test('waits until they are', async () => {
    const server = await bird('/x.ctl', answers(WAITING));
    setTimeout(() => server.behave(answers(UP)), 600);
    const from = performance.now();
    const argv = ['--require-established', '--wait', '20s', '--bird-socket', server.path, '-o', 'wide'];
    expect(await status(...argv)).toMatchObject({ status: 0, err: '' });
    expect(performance.now() - from).toBeLessThan(5000);
  });

  test('waits no longer than it may', async () => {
    const { path } = await bird('/x.ctl', answers(WAITING));
    const from = performance.now();
    const { status: exit } = await status('--require-established', '--wait', '1s', '--bird-socket', path);
    expect(exit).toBe(1);
    expect(performance.now() - from).toBeWithin(990, 4000);
  });

  test('ends when it is interrupted', async () => {
    const { path } = await bird('/x.ctl', answers(WAITING));
    const enough = new AbortController();
    setTimeout(() => enough.abort(), 200);
    const argv = ['node', 'status', '--require-established', '--wait', '20s', '--bird-socket', path];
    const { status: exit } = await at.calicoctl(argv, { root: at.folder, signal: enough.signal });
    expect(exit).toBe(130);
  });
});
