import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { issue } from '../../scripts/testbed/certificates.mjs';
import { type Run, type Workspace, workspace } from '../commands/run.ts';
import { type Garden, garden } from './garden.ts';
import { lost, mixed, secretTexts, USEFUL } from './plants.ts';
import { programs, type Stage, stage } from './stage.ts';

/** What is planted on a node shows nowhere, and what is of use does. */

let place: Stage;
let plot: Garden;
let space: Workspace;
let machine: ReturnType<typeof programs>;
let root: string;

const PROGRAMS = [
  'date',
  'hostname',
  'ip',
  'nft',
  'iptables-save',
  'ip6tables-save',
  'ipset',
  'journalctl',
  'ss',
  'lsmod',
];
const cat = (file: string) =>
  `while IFS= read -r line || [ -n "$line" ]; do printf '%s\\n' "$line"; done < ${file}`;

beforeAll(async () => {
  place = stage();
  plot = garden();
  space = await workspace();
  const said = (name: string) => cat(place.write(`said/${name}`, mixed(plot)));
  machine = programs(place, {
    ...Object.fromEntries(PROGRAMS.map((name) => [name, said(name)])),
    pkill: `${said('pkill')} >&2; exit 3`,
    modprobe: `${said('modprobe')} >&2; exit 1`,
    docker: [
      'case "$1" in',
      `ps) echo "calico-node: 2026"; echo "calico-broken: 2026";;`,
      `logs) case "$*" in *broken*) ${said('broken')} >&2; exit 1;; esac; ${said('logs')};`,
      '  echo "Calico node started successfully";;',
      `run) case "$*" in *ipset*) ${said('container')};; *) ${said('started')};; esac;;`,
      'inspect) echo true;;',
      'esac',
    ].join('\n'),
  });
  root = join(place.folder, 'root');
  for (const [path, text] of Object.entries(files())) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
afterAll(async () => {
  await space.remove();
  place.remove();
});

function files(): Readonly<Record<string, string>> {
  const word = () => plot.token('token on a node');
  const plugin = {
    type: 'calico',
    etcd_endpoints: `https://root:${word()}@192.0.2.5:2379`,
    etcd_key: plot.keep('key', issue({ commonName: 'x' }).key),
    policy: { type: 'k8s', k8s_auth_token: word() },
    kubernetes: { kubeconfig: '/etc/cni/net.d/calico-kubeconfig', k8s_api_root: 'https://10.96.0.1:443' },
    ipam: { type: 'calico-ipam', assign_ipv4: 'true' },
  };
  const user = {
    token: word(),
    password: plot.password('password'),
    'client-key-data': Buffer.from(plot.keep('key', issue({ commonName: 'x' }).key)).toString('base64'),
  };
  const process = (...argv: string[]) => `${argv.join('\0')}\0`;
  return {
    'etc/cni/net.d/10-calico.conflist': JSON.stringify(
      { name: 'k8s-pod-network', plugins: [plugin] },
      undefined,
      2,
    ),
    'etc/cni/net.d/calico-kubeconfig': `apiVersion: v1\nkind: Config\nusers:\n- name: calico\n  user:\n    token: ${word()}\n`,
    'etc/cni/net.d/other-kubeconfig': JSON.stringify({ kind: 'Config', users: [{ name: 'u', user }] }),
    'etc/cni/net.d/notes': mixed(plot),
    'proc/cmdline': `BOOT_IMAGE=/vmlinuz root=/dev/sda1 password=${word()}\n`,
    'proc/100/cmdline': process(
      'calico-node',
      '-felix',
      '--etcd-password',
      word(),
      `--token=${word()}`,
      '--v=2',
    ),
    'proc/101/cmdline': process('/usr/bin/calico-typha', `--url=https://u:${word()}@192.0.2.1/`),
    'proc/sys/net/ipv4/ip_forward': '1\n',
    'proc/sys/net/ipv4/tcp_fastopen_key': `${word()}\n`,
    'var/log/calico/felix.log': mixed(plot),
    'var/log/calico/bird/current': mixed(plot),
    'var/log/calico/cni/cni.log': mixed(plot).replaceAll('\n', '\r\n'),
    'var/log/calico/lines.json': secretTexts(plot)
      .map((line) => JSON.stringify({ level: 'info', msg: line }))
      .join('\n'),
    'var/log/calico/long.log': `${'10.0.0.1 '.repeat(100_000)}password=${word()} ${'x '.repeat(50_000)}\n`,
  };
}

function environment(more: Record<string, string> = {}): Record<string, string> {
  return {
    ...{
      PATH: machine.path,
      TMPDIR: space.folder,
      ETCD_PASSWORD: plot.token('password in a variable'),
      ...more,
    },
    HTTPS_PROXY: `http://u:${plot.token('password of a proxy')}@proxy.example`,
  };
}

const leaksIn = (run: Run) => [...plot.found(run.out), ...plot.found(run.err)];

describe('node diags', () => {
  let run: Run;
  const texts = new Map<string, string>();
  beforeAll(async () => {
    run = await space.calicoctl(['node', 'diags', '--output', 'diags.tar.gz', '-l', 'trace'], {
      root,
      env: environment(),
    });
    const folder = join(space.folder, 'unpacked');
    mkdirSync(folder);
    execFileSync('/bin/tar', ['xzf', join(space.folder, 'diags.tar.gz'), '-C', folder], {
      env: { PATH: '/bin:/usr/bin' },
    });
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) texts.set(entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  });

  test('shows no secret in the bundle, nor beside it', () => {
    expect(run.status).toBe(0);
    expect(leaksIn(run)).toEqual([]);
    const leaks = [...texts].flatMap(([name, text]) =>
      plot.found(text).map((what) => `${name} shows ${what}`),
    );
    expect(leaks).toEqual([]);
  });

  test('keeps all that is of use', () => {
    const names = [
      'ipv4_route',
      'nft_ruleset',
      'ipv4_tables',
      'ipsets',
      'journalctl_calico_node',
      'felix.log',
      'current',
      'calico-node.log',
      'notes',
    ];
    const losses = names.flatMap((name) =>
      lost(texts.get(name) ?? '').map((line) => `${name} lacks ${line}`),
    );
    expect(losses).toEqual([]);
    expect(
      texts
        .get('cni.log')!
        .split('\r\n')
        .filter((line) => USEFUL.includes(line)).length,
    ).toBeGreaterThan(USEFUL.length);
    expect(JSON.parse(texts.get('10-calico.conflist')!)).toMatchObject({
      plugins: [
        { ipam: { type: 'calico-ipam' }, kubernetes: { kubeconfig: '/etc/cni/net.d/calico-kubeconfig' } },
      ],
    });
    expect(texts.get('processes')).toContain(
      'calico-node -felix --etcd-password <redacted> --token=<redacted> --v=2',
    );
    expect(texts.get('sysctl')).toContain('net.ipv4.ip_forward = 1');
    expect(texts.get('long.log')!.length).toBeGreaterThan(900_000);
  });

  test('shows no secret of a program that fails', () => {
    expect(run.out).toContain('Failed to run command: pkill -SIGUSR1 felix');
    expect(run.out).toContain('Could not pull log for container calico-broken');
    expect(run.out).toContain(USEFUL[0]!);
  });
});

describe('node run', () => {
  const etcd = (password: string) => ({
    ...{
      DATASTORE_TYPE: 'etcdv3',
      ETCD_ENDPOINTS: 'http://192.0.2.5:2379',
      ETCD_USERNAME: 'calico',
      ETCD_PASSWORD: password,
    },
    CALICO_CTL_CONTAINER: 'yes',
  });
  const flags = ['--runtime', 'docker', '--ip', '192.0.2.11'];

  test.each(['--dryrun', '--dry-run --init-system', '--init-system', '-l trace'])('%s', async (line) => {
    const words = line.split(' ');
    const env = environment(etcd(plot.token('password of etcd')));
    const run = await space.calicoctl(['node', 'run', ...flags, ...words], { root, env });
    expect(run.status).toBe(0);
    expect(leaksIn(run)).toEqual([]);
    expect(run.out).toContain('ETCD_ENDPOINTS=http://192.0.2.5:2379');
  });

  test('endpoints with a password', async () => {
    const endpoints = `http://calico:${plot.token('password of etcd')}@192.0.2.5:2379`;
    const env = environment({ ...etcd('x'), ETCD_ENDPOINTS: endpoints });
    for (const words of [['--dry-run'], []]) {
      const run = await space.calicoctl(['node', 'run', ...flags, ...words], { root, env });
      expect(leaksIn(run)).toEqual([]);
      expect(run.out).toContain('192.0.2.5:2379');
    }
  });
});

test('node checksystem', async () => {
  for (const words of [[], ['-o', 'wide'], ['-o', 'json']]) {
    const run = await space.calicoctl(['node', 'checksystem', ...words], { root, env: environment() });
    expect(leaksIn(run)).toEqual([]);
    expect(run.status).not.toBe(70);
  }
});

test('programs got no secrets, save what starts containers', () => {
  // Registries are reached through proxies, and calico/node has to reach etcd.
  const isNeeded = (name: string, what: string) =>
    name.startsWith('docker') && /of a proxy|of etcd/.test(what);
  const leaks = [...machine.environments()].flatMap(([name, text]) =>
    plot
      .found(text)
      .filter((what) => !isNeeded(name, what))
      .map((what) => `${name} got ${what}`),
  );
  expect(machine.environments().size).toBeGreaterThan(PROGRAMS.length);
  expect(leaks).toEqual([]);
});
