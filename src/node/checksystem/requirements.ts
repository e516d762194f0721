import { type Check, fail, pass, skip } from './check.ts';
import { atLeast, type Kernel } from './kernel.ts';

/** What the reference asks of a machine, in its order. */

/** A kernel module, or what stands for it. */
export interface Requirement {
  readonly name: string;
  readonly alternatives: readonly string[];
  readonly options: readonly string[];
  readonly optional: boolean;
}

export const LEAST_KERNEL = '2.6.24';

const TABLE = `
ip_set|        |CONFIG_IP_SET
ip6_tables|    |CONFIG_IP6_NF_IPTABLES|optional
ip_tables|     |CONFIG_IP_NF_IPTABLES
ipt_ipvs|xt_ipvs|CONFIG_NETFILTER_XT_MATCH_IPVS
vfio-pci|vfio_pci|CONFIG_VFIO CONFIG_VFIO_PCI
xt_bpf|        |CONFIG_BPF CONFIG_NETFILTER_XT_MATCH_BPF|optional
ipt_REJECT|xt_REJECT|CONFIG_IP_NF_TARGET_REJECT CONFIG_NFT_REJECT CONFIG_NETFILTER_XT_TARGET_REJECT
xt_rpfilter|ipt_rpfilter|CONFIG_IP_NF_MATCH_RPFILTER CONFIG_IP6_NF_MATCH_RPFILTER CONFIG_NETFILTER_XT_MATCH_RPFILTER
nf_conntrack_netlink||CONFIG_NF_CT_NETLINK
xt_addrtype|   |CONFIG_NETFILTER_XT_MATCH_ADDRTYPE
xt_conntrack|  |CONFIG_NETFILTER_XT_MATCH_CONNTRACK
xt_mark|       |CONFIG_NETFILTER_XT_MARK CONFIG_IP_NF_TARGET_MARK CONFIG_NETFILTER_XT_TARGET_MARK
xt_multiport|  |CONFIG_NETFILTER_XT_MATCH_MULTIPORT CONFIG_IP_NF_MATCH_MULTIPORT
xt_set|ipt_set |CONFIG_NETFILTER_XT_SET
xt_u32|        |CONFIG_NETFILTER_XT_MATCH_U32|optional
`;

export const REQUIREMENTS: readonly Requirement[] = TABLE.trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([name = '', alternatives = '', options = '', optional]) => ({
    name,
    alternatives: alternatives.split(' ').filter((word) => word !== ''),
    options: options.split(' '),
    optional: optional === 'optional',
  }));

export interface Judged {
  /** The kernel's version, then a check for each requirement, in order. */
  readonly checks: readonly Check[];
  readonly met: boolean;
  /** As the reference prints it. */
  readonly text: string;
}

/** Judges a kernel as the reference does. */
export function judge(kernel: Kernel): Judged {
  const recent = atLeast(kernel.release, LEAST_KERNEL.split('.').map(Number));
  const modules = REQUIREMENTS.map((requirement) => moduleCheck(requirement, kernel));
  const met = recent && kernel.noModules === undefined && modules.every(({ status }) => status !== 'fail');
  const lines = [
    'Checking kernel version...',
    resultLine(kernel.release, recent ? 'OK' : 'FAIL'),
    ...(recent ? [] : [tooOld(kernel.release)]),
    'Checking kernel modules...',
    ...(kernel.noModules === undefined ? [] : [`Error executing command: ${kernel.noModules}`]),
    ...modules.flatMap(moduleLines),
    ...(met ? ['System meets minimum system requirements to run Calico!'] : []),
  ];
  const version = recent
    ? pass('kernel', kernel.release)
    : fail('kernel', kernel.release, `Calico needs Linux ${LEAST_KERNEL} or later.`);
  return { checks: [version, ...modules], met, text: lines.map((line) => `${line}\n`).join('') };
}

function tooOld(release: string): string {
  return `Minimum kernel version to run Calico is ${LEAST_KERNEL}. Detected kernel version: ${release}`;
}

function resultLine(value: string, status: string): string {
  return `\t\t${value.padEnd(20)}\t\t\t\t\t${status}`;
}

function moduleCheck({ name, alternatives, options, optional }: Requirement, kernel: Kernel): Check {
  if (kernel.has([name, ...alternatives], options))
    return pass(name, 'loaded, built in, or there to be loaded');
  if (optional) return skip(name, 'not found; Calico works without it');
  return fail(
    name,
    'neither loaded nor built in, and no such module is installed',
    `Install it with the modules of this kernel, e.g. the package linux-modules-extra-${kernel.release}, and load it with \`modprobe ${name}\`. Where it is built in, name the configuration of the kernel with -f.`,
  );
}

const WORDS = { pass: 'OK', fail: 'FAIL', skip: 'SKIP', warn: 'OK' } as const;

function moduleLines({ name, status }: Check): readonly string[] {
  const result = resultLine(name, WORDS[status]);
  if (status === 'fail')
    return [`WARNING: Unable to detect the ${name} module as Loaded/Builtin module or lsmod`, result];
  if (status === 'skip')
    return [`WARNING: Unable to detect optional module/feature ${name}; continuing`, result];
  return [result];
}
