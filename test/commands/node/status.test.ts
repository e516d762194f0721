import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { openFileDatastore } from '../../../src/datastore/file/open.ts';
import { fill, startAgent } from '../../node/everywhere/agent.ts';
import { ADDRESSES, fromMesh, MESH } from '../../node/everywhere/mesh.ts';
import { CALICO, machineWith } from '../../node/status/machine.ts';
import { namesOf, put } from '../../operations/stores.ts';
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

describe('node status --all', () => {
  let other: Workspace;
  let store: Datastore;

  beforeAll(async () => {
    other = await workspace();
    store = await openFileDatastore({ directory: join(other.folder, '.datastore') });
    for (const [name, address] of Object.entries(ADDRESSES))
      await put(store, 'Node', name, { bgp: { ipv4Address: `${address}/24` } });
    const fresh = { node: 'worker-1', classes: ['BGP'], updatePeriodSeconds: 60 };
    const created = await put(store, 'CalicoNodeStatus', 'of-worker-1', fresh);
    await fill(
      { store, node: async () => undefined, stop: async () => undefined },
      created,
      MESH['worker-1']!,
    );
  });
  afterAll(() => other.remove());

  const silent =
    '2 of 3 nodes show no current BGP state:\n' +
    '  worker-2, worker-10: it has no CalicoNodeStatus that tells of BGP: --yes makes one for the question\n';

  test('as a table of what is known, and of what is not', async () => {
    const { status: exit, out, err } = await other.calicoctl(['node', 'status', '--all']);
    const why = 'it has no CalicoNodeStatus that tells of BGP: --yes makes one for the question';
    const rule = `+-----------+--------------+-----------+-------------------+---------+----------+${'-'.repeat(why.length + 2)}+`;
    expect(out).toBe(
      [
        rule,
        `| NODE      | PEER ADDRESS | PEER NODE | PEER TYPE         | STATE   | SINCE    | INFO${' '.repeat(why.length - 4)} |`,
        rule,
        `| worker-1  | 192.0.2.2    | worker-2  | node-to-node mesh | up      | 10:11:12 | Established${' '.repeat(why.length - 11)} |`,
        `| worker-1  | 192.0.2.3    | worker-10 | node-to-node mesh | up      | 10:11:12 | Established${' '.repeat(why.length - 11)} |`,
        `| worker-2  | -            | -         | -                 | unknown | -        | ${why} |`,
        `| worker-10 | -            | -         | -                 | unknown | -        | ${why} |`,
        rule,
        '1 of 3 nodes answered. 2 of 2 sessions are established.',
        '',
      ].join('\n'),
    );
    expect({ exit, err }).toEqual({ exit: 1, err: silent });
  });

  test('as JSON', async () => {
    const { out, err } = await other.calicoctl(['node', 'status', '--all', '--via', 'status', '-o', 'json']);
    const { nodes } = JSON.parse(out);
    expect(nodes.map(({ node, source }: { node: string; source?: string }) => [node, source])).toEqual([
      ['worker-1', 'status'],
      ['worker-2', undefined],
      ['worker-10', undefined],
    ]);
    expect(nodes[0].birds[0].sessions[0]).toEqual({
      ...{ name: 'Mesh_192_0_2_2', type: 'mesh', family: 'ipv4', peerAddress: '192.0.2.2', peerAs: 64512 },
      ...{ localAddress: '192.0.2.1', localAs: 64512, state: 'up', since: '10:11:12', info: 'Established' },
      ...{ established: true, routes: {} },
    });
    expect(err).toBe(silent);
  });

  test('wide, with every session by itself', async () => {
    const { out } = await other.calicoctl(['node', 'status', '--all', '-o', 'wide']);
    expect(out.split('\n')[1]).toStartWith('| NODE      | TOLD BY');
    expect(out.match(/Mesh_192_0_2_/g)).toHaveLength(2);
  });

  test('as graph and as page', async () => {
    const dot = await other.calicoctl(['node', 'status', '--all', '-o', 'dot']);
    expect(dot.out).toStartWith('graph "BGP" {\n');
    const html = await other.calicoctl(['node', 'status', '--all', '-o', 'html']);
    expect(html.out).toStartWith('<!doctype html>\n');
    expect([dot.status, html.status]).toEqual([1, 1]);
  });

  test('with objects of ours, which are removed', async () => {
    const agent = await startAgent(
      { store, node: async () => undefined, stop: async () => undefined },
      fromMesh,
    );
    const {
      status: exit,
      out,
      err,
    } = await other.calicoctl([...['node', 'status', '--all', '--yes', '--wait', '10s', '-o', 'yaml']]);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out.match(/^ {2}node: |^- node: /gm)).toHaveLength(3);
    const required = await other.calicoctl(['node', 'status', '--all', '-y', '--require-established']);
    expect(required.status).toBe(1);
    expect(required.err).toBe(
      '2 of 6 BGP sessions are not established:\n' +
        '  worker-2 with 192.0.2.3 (worker-10): Active, since 10:11:12\n' +
        '  worker-10 with 192.0.2.2 (worker-2): Connect, since 10:11:12\n',
    );
    expect(await namesOf(store, 'CalicoNodeStatus')).toEqual(['CalicoNodeStatus/of-worker-1']);
    await agent.stop();
  });

  test.each([
    [['--via', 'ssh', '--all'], "unrecognized --via 'ssh': use status, exec"],
    [['--all', '-o', 'ps'], "unrecognized output format 'ps': use wide, json, yaml, dot, html"],
    [['--yes'], '--yes is about --all: this node is asked as it is'],
    [['--kubeconfig', 'x'], '--kubeconfig is about --all: this node is asked as it is'],
    [['--config', 'x'], '--config is about --all: this node is asked as it is'],
    [['--all', '--wait', 'soon'], "--wait 'soon' is not a duration such as 90s or 10m"],
    [
      ['--all', '--bird-socket', 'x'],
      '--bird-socket is about this node, and --all about those of the cluster',
    ],
  ])('refuses %j', async (argv, message) => {
    const { status: exit, out, err } = await other.calicoctl(['node', 'status', ...argv]);
    expect({ exit, out, err }).toEqual({ exit: 1, out: '', err: `${message}\n` });
  });
});
