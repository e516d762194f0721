import type { Host } from '../../../host/host.ts';
import { type Check, pass, skip, textOf, warn } from '../check.ts';
import { atLeast, type Kernel } from '../kernel.ts';

/** What the data planes and the tunnels of Calico need of the kernel. */
export function features(host: Host, kernel: Kernel): readonly Check[] {
  return [
    module(kernel, 'nf_tables', 'CONFIG_NF_TABLES', 'the nftables data plane and for iptables-nft'),
    ...ebpf(host, kernel),
    module(kernel, 'vxlan', 'CONFIG_VXLAN', 'pools with VXLAN'),
    module(kernel, 'ipip', 'CONFIG_NET_IPIP', 'pools with IP in IP'),
    module(kernel, 'wireguard', 'CONFIG_WIREGUARD', 'encryption between nodes (wireguardEnabled)'),
  ];
}

function module(kernel: Kernel, name: string, option: string, purpose: string): Check {
  if (kernel.has([name], [option])) return pass(name, 'loaded, built in, or there to be loaded');
  return warn(
    name,
    'not found',
    `It is needed only for ${purpose}. Install the modules of kernel ${kernel.release} if you use that.`,
  );
}

const ONLY_EBPF = 'Only the eBPF data plane (bpfEnabled) needs it.';

function ebpf(host: Host, { release }: Kernel): readonly Check[] {
  const mounts = mountsOf(host);
  const types = new Set(mounts.map(({ type }) => type));
  return [
    isEnoughForEbpf(release)
      ? pass('ebpf-kernel', release)
      : warn('ebpf-kernel', release, `${ONLY_EBPF} It runs from Linux 5.3, and 4.18.0-193 of Red Hat.`),
    host.exists('/sys/kernel/btf/vmlinux')
      ? pass('ebpf-btf', '/sys/kernel/btf/vmlinux')
      : warn(
          'ebpf-btf',
          'no /sys/kernel/btf/vmlinux',
          `${ONLY_EBPF} Use a kernel with CONFIG_DEBUG_INFO_BTF.`,
        ),
    types.has('bpf')
      ? pass('ebpf-file-system', mounts.find(({ type }) => type === 'bpf')!.place)
      : warn(
          'ebpf-file-system',
          'not mounted',
          `${ONLY_EBPF} calico-node mounts it; to do so now: mount -t bpf bpf /sys/fs/bpf`,
        ),
    cgroup(types),
  ];
}

function isEnoughForEbpf(release: string): boolean {
  const redHat = /^4\.18\.0-(\d+).*\.el\d/.exec(release);
  return atLeast(release, [5, 3]) || (redHat !== null && Number(redHat[1]) >= 193);
}

function cgroup(types: ReadonlySet<string>): Check {
  if (types.has('cgroup2')) return pass('cgroup', types.has('cgroup') ? 'version 1 and 2' : 'version 2');
  if (!types.has('cgroup')) return skip('cgroup', 'none is mounted, or it cannot be seen from here');
  return warn(
    'cgroup',
    'version 1 only',
    `${ONLY_EBPF} Connect-time load balancing works with version 2; boot with systemd.unified_cgroup_hierarchy=1.`,
  );
}

interface Mount {
  readonly place: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** What is mounted, as this process sees it. */
export function mountsOf(host: Host): readonly Mount[] {
  const lines = (textOf(host, '/proc/mounts') ?? '').split('\n');
  return lines
    .map((line) => line.split(' '))
    .filter((words) => words.length >= 4)
    .map(([, place = '', type = '', options = '']) => ({ place, type, options: options.split(',') }));
}
