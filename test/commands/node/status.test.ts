import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { CALICO, machineWith } from '../../node/status/machine.ts';
import { type Workspace, workspace } from '../run.ts';

let at: Workspace;
let machines = 0;

beforeAll(async () => {
  at = await workspace();
});
afterAll(() => at.remove());

async function status(processes: Readonly<Record<number, readonly string[]>>, ...argv: readonly string[]) {
  const root = await machineWith(join(at.folder, `machine-${machines++}`), processes);
  const run = await at.calicoctl(['node', 'status', ...argv], { root });
  const rootless = (text: string) => text.replaceAll(root, '');
  return { ...run, out: rootless(run.out), err: rootless(run.err) };
}

const { 901: felix } = CALICO;

describe('node status without a socket', () => {
  test('where Felix does not run', async () => {
    const { status: exit, out, err } = await status({ 1: ['/sbin/init'], 7: ['calico-node', '-confd'] });
    expect({ exit, out, first: err.split('\n')[0] }).toEqual({
      exit: 1,
      out: '',
      first: 'Calico process is not running.',
    });
  });

  test('where words that Felix and BIRD are started with stand elsewhere', async () => {
    const { status: exit } = await status({
      5: ['vi', 'calico-felix'],
      6: ['tail', '-felix'],
      7: ['man', 'bird'],
    });
    expect(exit).toBe(1);
  });

  test.each([
    [['/usr/bin/calico-felix']],
    [['/usr/local/bin/calico-node', '-felix']],
    [['calico-node', '--felix']],
  ])('where Felix runs as %j and no BIRD', async (argv) => {
    expect(await status({ 5: argv, 6: ['less', 'bird'] })).toEqual({
      status: 0,
      out: 'Calico process is running.\n\nThe BGP backend process (BIRD) is not running.\n\n',
      err: '',
    });
  });

  test('where one BIRD runs and has no socket', async () => {
    const { status: exit, out, err } = await status({ 5: felix, 6: ['/usr/sbin/bird'] });
    expect(out).toBe(
      'Calico process is running.\n\nIPv4 BGP status\n' +
        'Error querying BIRD: unable to connect to BIRDv4 socket: dial unix /var/run/bird/bird.ctl: connect: no such file or directory\n' +
        "\nINFO: BIRDv6 process: 'bird6' is not running.\n\n",
    );
    expect(err.split('\n')[0]).toBe(
      'there is no socket /var/run/calico/bird.ctl; there is no socket /var/run/bird/bird.ctl',
    );
    expect(err).toContain('--bird-socket PATH');
    expect(exit).toBe(1);
  });

  test('as JSON', async () => {
    const { status: exit, out, err } = await status(CALICO, '-o', 'json');
    const { host, ...told } = JSON.parse(out);
    expect(told).toEqual({ felixRunning: true, birds: [] });
    expect(host).toBeString();
    expect(err).toStartWith('no control socket of BIRD was found; tried /var/run/calico/bird.ctl, ');
    expect(exit).toBe(1);
  });

  test('as YAML, of a socket that is not there', async () => {
    const { out } = await status({}, '--output', 'yaml', '--bird-socket', '/nowhere/bird.ctl');
    expect(out).toContain('birds:\n- advice: BIRD does not run here');
    expect(out).toContain(
      '\n  error: there is no socket /nowhere/bird.ctl\n  sessions: []\n  socket: /nowhere/bird.ctl\n',
    );
  });
});

describe('node status refuses', () => {
  test.each([
    [['-o', 'ps'], "unrecognized output format 'ps': use wide, json or yaml"],
    [['--wait', '1m'], '--wait says how long to wait for --require-established: give both'],
    [['--require-established', '--wait', 'soon'], "--wait 'soon' is not a duration such as 90s or 10m"],
  ])('%j', async (argv, message) => {
    expect(await status(CALICO, ...argv)).toEqual({ status: 1, out: '', err: `${message}\n` });
  });
});
