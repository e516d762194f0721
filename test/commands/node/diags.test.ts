import { afterAll, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { machine } from '../../node/machine.ts';
import { workspace } from '../run.ts';

const area = await workspace();
const node = machine({
  'proc/sys/kernel/osrelease': '6.1.0\n',
  'proc/sys/net/ipv4/ip_forward': '1\n',
  'proc/sys/net/ipv4/tcp_fastopen_key': 'S3cretKernelKey',
  'proc/41/cmdline': 'calico-node\0-felix\0--etcd-password=S3cretFlag\0',
  'etc/cni/net.d/10-calico.conflist':
    '{"plugins":[{"type":"calico","etcd_password":"S3cretCni","mtu":1440}]}\n',
  'var/log/calico/felix.log': 'dialing https://root:S3cretUrl@192.0.2.1:2379\nlast line\n',
  'var/log/calico/cni/cni.log': 'Bearer S3cretBearer1\n',
});
writeFileSync(join(node.root, 'var/log/calico/old.log.gz'), gzipSync('password: S3cretZipped\nold\n'));
afterAll(async () => {
  node.remove();
  await area.remove();
});

/** Programs that print who was called. */
const GOOD = Object.fromEntries(
  [
    'date',
    'hostname',
    'ip',
    'nft',
    'iptables-save',
    'ip6tables-save',
    'ipset',
    'journalctl',
    'pkill',
    'netstat',
    'ss',
  ].map((name) => [name, `echo "${name} $* password=S3cretProgram"; echo more >&2`]),
);

const temporary = join(area.folder, 'tmp');
await mkdir(temporary, { recursive: true });

function diags(...flags: readonly string[]) {
  return area.calicoctl(['node', 'diags', ...flags], {
    root: node.root,
    env: { PATH: node.path, TMPDIR: temporary },
  });
}

/** Files of the archive without the folder that holds them all. */
function unpack(file: string): Readonly<Record<string, string>> {
  const list = spawnSync('tar', ['-tzf', file], { encoding: 'utf8' }).stdout.split('\n');
  const names = list.filter((name) => name !== '' && !name.endsWith('/'));
  return Object.fromEntries(
    names.map((name) => [
      name.replace(/^diagnostics\//, ''),
      spawnSync('tar', ['-xzOf', file, name], { encoding: 'utf8' }).stdout,
    ]),
  );
}

const INFO = [
  'Dumping routes (IPv4)',
  'Dumping routes (IPv6)',
  'Dumping interface info (IPv4)',
  'Dumping interface info (IPv6)',
  'Dumping nftables',
  'Dumping iptables (IPv4)',
  'Dumping iptables (IPv6)',
  'Dumping ipsets',
  'Copying journal for calico-node.service',
  'Dumping felix stats',
];

describe('diags', () => {
  test('with Docker: lines, files and their contents, no secret anywhere, nothing left behind', async () => {
    node.programs({
      ...GOOD,
      docker: `case "$1" in ps) printf 'calico-node: 2026\\nk8s_POD_calico: 2026\\nk8s_calico-typha: 2025\\n';; logs) echo "log of $2, token=S3cretLog";; *) echo sets;; esac`,
    });
    const output = join(area.folder, 'd.tar.gz');
    const { status, out, err } = await diags('--log-dir=/var/log/calico', '--output', output);
    expect(status).toBe(0);
    const folder = /Using temp dir: (\S+)/.exec(out)![1]!;
    expect(out).toBe(
      `${['Collecting diagnostics', `Using temp dir: ${folder}`, ...INFO, 'Dumping netstat', 'Dumping ipsets (container)', 'Copying Calico logs', 'Copying logs from Calico containers (docker)', '', `Diags saved to ${output}`, '', 'If required, you can upload the diagnostics bundle to a file sharing service.'].join('\n')}\n`,
    );
    expect(existsSync(folder)).toBe(false);
    expect(statSync(output).mode & 0o777).toBe(0o600);
    const files = unpack(output);
    expect(Object.keys(files)).toEqual([
      'checksystem',
      'checksystem.json',
      'cni/10-calico.conflist',
      'date',
      'hostname',
      'ip_link',
      'ip_neigh',
      'ip_route_all',
      'ip_route_all_v6',
      'ip_rule',
      'ip_rule_v6',
      'ipset_container',
      'ipsets',
      'ipv4_addr',
      'ipv4_route',
      'ipv4_tables',
      'ipv6_addr',
      'ipv6_route',
      'ipv6_tables',
      'journalctl_calico_node',
      'logs/calico-node.log',
      'logs/cni/cni.log',
      'logs/container_creation_time',
      'logs/felix.log',
      'logs/k8s_calico-typha.log',
      'logs/old.log',
      'netstat',
      'nft_ruleset',
      'processes',
      'summary.json',
      'summary.txt',
      'sysctl',
      'versions',
    ]);
    expect(files['ipv4_route']).toBe('ip -4 route password=<redacted>\nmore\n');
    expect(files['logs/felix.log']).toBe('dialing https://root:<redacted>@192.0.2.1:2379\nlast line\n');
    expect(files['logs/old.log']).toBe('password: <redacted>\nold\n');
    expect(files['logs/calico-node.log']).toBe('log of calico-node, token=<redacted>\n');
    expect(files['cni/10-calico.conflist']).toBe(
      '{"plugins":[{"type":"calico","etcd_password":"<redacted>","mtu":1440}]}\n',
    );
    expect(files['processes']).toBe('41 calico-node -felix --etcd-password=<redacted>\n');
    expect(files['sysctl']).toBe('net.ipv4.ip_forward = 1\n');
    expect(JSON.stringify([files, out, err])).not.toContain('S3cret');
    expect(err).toEndWith(
      '32 steps: 31 done, 0 failed, 1 skipped. Secrets were redacted; look the bundle through before you pass it on.\n',
    );
    expect(node.calls()).toContain('pkill -SIGUSR1 felix');
  });

  test('with crictl', async () => {
    const other = machine();
    other.programs({
      crictl: `case "$*" in *calico-node*) ;; "ps -a --name calico -q") echo id1;; "logs id1") echo "log $2";; *) exit 1;; esac`,
    });
    const output = join(area.folder, 'crictl.tar.gz');
    const { out } = await area.calicoctl(['node', 'diags', '--output', output], {
      root: other.root,
      env: { PATH: other.path, TMPDIR: temporary },
    });
    expect(out).toContain('Skipping container ipset dump: crictl: no calico-node container found\n');
    expect(out).toContain('Copying logs from Calico containers (crictl)\n');
    expect(unpack(output)['logs/id1.log']).toBe('log id1\n');
    other.remove();
  });

  test('with nothing at all tells of every step, and leaves only the archive behind', async () => {
    const bare = machine();
    const { status, out, err } = await area.calicoctl(['node', 'diags', '--log-dir', ''], {
      root: bare.root,
      env: { PATH: bare.path, TMPDIR: temporary },
    });
    expect(status).toBe(0);
    expect(out).toContain(
      'Skipping container ipset dump: no supported container runtime found in PATH (tried docker, nerdctl, crictl)\n',
    );
    expect(out).toContain(
      'Dumping nftables\nFailed to run command: nft -n -a list ruleset\nError: exec: "nft": executable file not found in $PATH\n\n',
    );
    expect(out).toContain('Dumping ss\n');
    expect(out).toContain('Error copying log files: stat : no such file or directory\n');
    expect(out).toContain(
      'Could not collect container logs: no container runtime found (tried docker, nerdctl, crictl)\n',
    );
    const file = /Diags saved to (\S+)/.exec(out)![1]!;
    expect(file).toMatch(/\/calico\w+\/diags-\d{8}_\d{6}\.tar\.gz$/);
    expect(readdirSync(join(file, '..'))).toEqual([file.replace(/^.*\//, '')]);
    const { 'summary.txt': text, 'summary.json': json } = unpack(file);
    expect(text).toContain('failed  Dumping nftables');
    const steps = (JSON.parse(json!) as { steps: { step: string; outcome: string; reason?: string }[] })
      .steps;
    expect(steps.filter(({ outcome, reason }) => outcome !== 'done' && !reason)).toEqual([]);
    for (const { step, outcome } of steps)
      if (outcome !== 'done') expect(err).toContain(`${outcome}: ${step}: `);
    bare.remove();
  });

  test('that could not be written are not collected', async () => {
    const before = readdirSync(temporary);
    for (const place of ['/nowhere/d.tar.gz', temporary]) {
      const { status, out, err } = await diags('--output', place);
      expect({ status, out }).toEqual({ status: 1, out: '' });
      expect(err).toStartWith(`cannot write ${place}: `);
    }
    expect(readdirSync(temporary)).toEqual(before);
  });

  test('that is interrupted leaves an archive with what was had, says so, and lets nothing run on', async () => {
    const slow = machine();
    slow.programs({ ...GOOD, nft: 'echo begun; sleep 600', docker: 'sleep 600' });
    const interrupt = new AbortController();
    const output = join(area.folder, 'half.tar.gz');
    const running = area.calicoctl(['node', 'diags', '--output', output], {
      root: slow.root,
      env: { PATH: slow.path, TMPDIR: temporary },
      signal: interrupt.signal,
    });
    while (!slow.calls().some((call) => call.startsWith('nft')))
      await new Promise((done) => setTimeout(done, 10));
    await new Promise((done) => setTimeout(done, 100));
    interrupt.abort();
    const { status, err } = await running;
    expect(status).toBe(130);
    expect(err).toEndWith('interrupted: the bundle holds what was collected until then\n');
    const files = unpack(output);
    expect(files['ipv4_route']).toBe('ip -4 route password=<redacted>\nmore\n');
    expect(files['nft_ruleset']).toBe('begun\n\n[broken off]\n');
    expect(files['summary.txt']).toContain('failed  Dumping nftables');
    expect(files['summary.txt']).toContain(
      'skipped Dumping ipsets (0 ms)\n        interrupted before it began',
    );
    slow.remove();
  });
});
