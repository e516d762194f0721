import { afterAll, describe, expect, test } from 'bun:test';
import { type Machine, machine } from '../../node/machine.ts';
import { workspace } from '../run.ts';

const area = await workspace();
const made: Machine[] = [];
afterAll(async () => {
  await area.remove();
  for (const each of made) each.remove();
});

const RELEASE = '6.1.0-18-amd64';
const MODULES = [
  'ip_set',
  'ip6_tables',
  'ip_tables',
  'xt_ipvs',
  'vfio_pci',
  'xt_bpf',
  'ipt_REJECT',
  'xt_rpfilter',
  'nf_conntrack_netlink',
  'xt_addrtype',
  'xt_conntrack',
  'xt_mark',
  'xt_multiport',
  'xt_set',
  'xt_u32',
];
const NAMES = [
  'ip_set',
  'ip6_tables',
  'ip_tables',
  'ipt_ipvs',
  'vfio-pci',
  'xt_bpf',
  'ipt_REJECT',
  'xt_rpfilter',
  'nf_conntrack_netlink',
  'xt_addrtype',
  'xt_conntrack',
  'xt_mark',
  'xt_multiport',
  'xt_set',
  'xt_u32',
];
const line = (name: string, status: string) => `\t\t${name.padEnd(20)}\t\t\t\t\t${status}\n`;

/** A node as it should be. */
const HEALTHY: Readonly<Record<string, string>> = {
  'proc/sys/kernel/osrelease': `${RELEASE}\n`,
  'proc/modules': [...MODULES, 'nf_tables', 'vxlan', 'ipip', 'wireguard']
    .map((name) => `${name} 16384 0 - Live 0x0\n`)
    .join(''),
  'proc/mounts': 'bpf /sys/fs/bpf bpf rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n',
  'sys/kernel/btf/vmlinux': '',
  'proc/sys/net/ipv4/ip_forward': '1\n',
  'proc/sys/net/ipv6/conf/all/forwarding': '1\n',
  'proc/sys/net/ipv4/conf/all/rp_filter': '1\n',
  'proc/sys/net/netfilter/nf_conntrack_max': '1000000\n',
  'proc/sys/net/netfilter/nf_conntrack_count': '500\n',
  'run/systemd/timesync/synchronized': '',
  'var/lib/calico/nodename': 'n1',
  'var/run/calico/x': '',
  'proc/net/route':
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t010000C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n',
  'sys/class/net/eth0/mtu': '1500\n',
  'sys/class/net/eth0/flags': '0x1003\n',
  'sys/class/net/vxlan.calico/mtu': '1450\n',
  'sys/class/net/vxlan.calico/flags': '0x1003\n',
};

function system(changes: Readonly<Record<string, string>> = {}): Machine {
  const node = machine({ ...HEALTHY, ...changes });
  made.push(node);
  return node;
}

const run = (node: Machine, ...flags: readonly string[]) =>
  area.calicoctl(['node', 'checksystem', ...flags], { root: node.root, env: { PATH: node.path } });

interface Report {
  readonly meetsMinimum: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly checks: readonly { readonly name: string; readonly status: string; readonly found: string }[];
}

/** Checks that did not pass, by name. */
async function faults(changes: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  const { out } = await run(system(changes), '-o', 'json');
  const { checks } = JSON.parse(out) as Report;
  return Object.fromEntries(
    checks.filter(({ status }) => status !== 'pass').map(({ name, status }) => [name, status]),
  );
}

describe('the text', () => {
  test('is as ever on a machine that has everything, without lsmod and without a word on standard error', async () => {
    const { status, out, err } = await run(system());
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toBe(
      `Checking kernel version...\n${line(RELEASE, 'OK')}Checking kernel modules...\n${NAMES.map((name) => line(name, 'OK')).join('')}System meets minimum system requirements to run Calico!\n`,
    );
  });

  test('names what is missing, and fails for what is not optional', async () => {
    const modules = MODULES.filter((name) => !['xt_set', 'xt_u32'].includes(name));
    const { status, out, err } = await run(
      system({ 'proc/modules': modules.map((name) => `${name} 1 0 - Live 0x0\n`).join('') }),
    );
    expect(status).toBe(1);
    expect(out).toEndWith(
      `WARNING: Unable to detect the xt_set module as Loaded/Builtin module or lsmod\n${line('xt_set', 'FAIL')}WARNING: Unable to detect optional module/feature xt_u32; continuing\n${line('xt_u32', 'SKIP')}`,
    );
    expect(err).toEndWith("system doesn't meet one or more minimum systems requirements to run Calico\n");
    expect(err).toContain('WARN nf_tables: not found.');
  });

  test('of an old kernel', async () => {
    const { status, out } = await run(system({ 'proc/sys/kernel/osrelease': '2.6.18' }));
    expect(status).toBe(1);
    expect(out).toStartWith(
      `Checking kernel version...\n${line('2.6.18', 'FAIL')}Minimum kernel version to run Calico is 2.6.24. Detected kernel version: 2.6.18\nChecking kernel modules...\n`,
    );
  });
});

describe('modules are found', () => {
  const gone = { 'proc/modules': '' };
  const sources: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    [
      'in /sys/module',
      Object.fromEntries(NAMES.map((name) => [`sys/module/${name.replaceAll('-', '_')}/x`, ''])),
    ],
    [
      'where they can be loaded from',
      {
        [`lib/modules/${RELEASE}/modules.dep`]: NAMES.map((name) => `kernel/net/${name}.ko.xz: \n`).join(''),
      },
    ],
    [
      'built in',
      { [`lib/modules/${RELEASE}/modules.builtin`]: NAMES.map((name) => `kernel/net/${name}.ko\n`).join('') },
    ],
  ];
  for (const [name, files] of sources)
    test(name, async () => {
      const { out } = await run(system({ ...gone, ...files }));
      expect(out).toContain('System meets minimum system requirements');
    });

  test('in the configuration given by -f, or --kernel-config', async () => {
    const options =
      'IP_SET IP6_NF_IPTABLES IP_NF_IPTABLES NETFILTER_XT_MATCH_IPVS VFIO_PCI BPF NFT_REJECT IP6_NF_MATCH_RPFILTER NF_CT_NETLINK NETFILTER_XT_MATCH_ADDRTYPE NETFILTER_XT_MATCH_CONNTRACK NETFILTER_XT_MARK IP_NF_MATCH_MULTIPORT NETFILTER_XT_SET';
    const config = options
      .split(' ')
      .map((name, index) => `CONFIG_${name}=${index % 2 ? 'y' : 'm'}\n`)
      .join('');
    const node = system({ ...gone, 'my/config': `${config}# CONFIG_NETFILTER_XT_MATCH_U32 is not set\n` });
    const { status, out } = await run(node, '-f', '/my/config');
    expect(status).toBe(0);
    expect(out).toContain(line('xt_u32', 'SKIP'));
    expect((await run(node, '--kernel-config=/my/other')).err).toBe(
      'there is no configuration of a kernel at /my/other\n',
    );
    // None given: the usual places.
    expect((await run(node, '-f', '')).out).toContain(line('xt_set', 'FAIL'));
  });

  test('by lsmod where there is no /proc', async () => {
    const files = Object.fromEntries(Object.entries(HEALTHY).filter(([path]) => !path.startsWith('proc/')));
    const node = machine(files);
    made.push(node);
    const missing = await run(node);
    expect(missing.out).toContain(
      'Error executing command: exec: "lsmod": executable file not found in $PATH\n',
    );
    node.programs({ lsmod: `printf 'Module Size Used\\n'; printf '%s 1 0\\n' ${MODULES.join(' ')}` });
    expect((await run(node)).out).toContain('System meets minimum system requirements');
  });
});

describe('further checks', () => {
  const cases: readonly (readonly [
    string,
    Readonly<Record<string, string>>,
    Readonly<Record<string, string>>,
  ])[] = [
    ['a node as it should be', {}, {}],
    ['no forwarding', { 'proc/sys/net/ipv4/ip_forward': '0\n' }, { 'ip-forwarding': 'warn' }],
    [
      'loose reverse path filtering',
      { 'proc/sys/net/ipv4/conf/all/rp_filter': '2\n' },
      { rp_filter: 'fail' },
    ],
    [
      'strict reverse path filtering with two uplinks',
      Object.fromEntries(
        ['eth0', 'eth1'].flatMap((name) => [
          [`sys/class/net/${name}/device/x`, ''],
          [`sys/class/net/${name}/operstate`, 'up\n'],
        ]),
      ),
      { rp_filter: 'warn' },
    ],
    [
      'a full connection table',
      { 'proc/sys/net/netfilter/nf_conntrack_count': '990000\n' },
      { conntrack: 'fail' },
    ],
    [
      'a tunnel with too great an MTU',
      { 'sys/class/net/vxlan.calico/mtu': '1480\n' },
      { 'mtu-vxlan.calico': 'warn' },
    ],
    [
      'workloads with too great an MTU',
      { 'sys/class/net/cali1/mtu': '1500\n', 'sys/class/net/cali1/flags': '0x1003\n' },
      { 'mtu-workloads': 'warn' },
    ],
    [
      'bridges without policy',
      { 'proc/sys/net/bridge/bridge-nf-call-iptables': '0\n' },
      { 'bridge-nf-call-iptables': 'warn' },
    ],
    ['SELinux', { 'sys/fs/selinux/enforce': '1' }, { selinux: 'warn' }],
    [
      'NetworkManager',
      { 'proc/77/cmdline': '/usr/sbin/NetworkManager\0--no-daemon\0' },
      { 'network-manager': 'warn' },
    ],
    [
      'NetworkManager that leaves Calico alone',
      {
        'proc/77/cmdline': '/usr/sbin/NetworkManager\0',
        'etc/NetworkManager/conf.d/calico.conf': '[keyfile]\nunmanaged-devices=interface-name:cali*\n',
      },
      {},
    ],
    ['firewalld', { 'proc/78/cmdline': '/usr/bin/python3\0/usr/sbin/firewalld\0' }, { firewall: 'warn' }],
    [
      'a port that is taken, nobody sees by whom',
      { 'proc/net/tcp': 'sl local\n 0: 00000000:00B3 00000000:0000 0A 0:0 0:0 0 0 0 4711 1\n' },
      { 'port-179': 'warn' },
    ],
    ['an old kernel for eBPF', { 'proc/sys/kernel/osrelease': '5.2.0' }, { 'ebpf-kernel': 'warn' }],
    ['eBPF in Red Hat 8', { 'proc/sys/kernel/osrelease': '4.18.0-553.el8_10.x86_64' }, {}],
  ];
  for (const [name, changes, expected] of cases)
    test(name, async () => expect(await faults(changes)).toEqual(expected));

  test('as -o yaml and -o wide, with the exit status of a failure', async () => {
    const node = system({ 'proc/sys/net/ipv4/conf/all/rp_filter': '2\n' });
    const yaml = await run(node, '--output', 'yaml');
    expect(yaml.status).toBe(1);
    expect(yaml.out).toStartWith('checks:\n- found: 6.1.0-18-amd64\n  name: kernel\n  status: pass\n');
    const wide = await run(node, '-o', 'wide');
    expect(wide.out).toMatch(/^CHECK +STATUS +FOUND +WHAT TO DO *\nkernel +PASS +6\.1\.0-18-amd64/);
    expect(wide.out).toMatch(/rp_filter +FAIL +net\.ipv4\.conf\.all\.rp_filter = 2 +Felix does not start/);
    expect((await run(node, '-o', 'xml')).err).toBe(
      "unrecognized output format 'xml': use wide, json or yaml\n",
    );
    expect((await run(node)).status).toBe(0);
  });
});
