/** What the reference runs to look at a machine, in its order. */
export interface ProgramStep {
  /** Printed before it, where the reference prints something. */
  readonly info?: string;
  readonly command: readonly string[];
  /** The file with what it prints; absent where nothing is printed. */
  readonly file?: string;
  /** Without root it shows nothing, or not all. */
  readonly root?: true;
  readonly timeoutMs?: number;
}

const LONG_MS = 120_000;

/** `socketProgram`: netstat, or ss where that is missing. */
export function referencePrograms(socketProgram: 'netstat' | 'ss'): readonly ProgramStep[] {
  return [
    { command: ['date'], file: 'date' },
    { command: ['hostname'], file: 'hostname' },
    { info: 'Dumping routes (IPv4)', command: ['ip', '-4', 'route'], file: 'ipv4_route' },
    { info: 'Dumping routes (IPv6)', command: ['ip', '-6', 'route'], file: 'ipv6_route' },
    { info: 'Dumping interface info (IPv4)', command: ['ip', '-4', 'addr'], file: 'ipv4_addr' },
    { info: 'Dumping interface info (IPv6)', command: ['ip', '-6', 'addr'], file: 'ipv6_addr' },
    {
      info: 'Dumping nftables',
      command: ['nft', '-n', '-a', 'list', 'ruleset'],
      file: 'nft_ruleset',
      root: true,
    },
    { info: 'Dumping iptables (IPv4)', command: ['iptables-save', '-c'], file: 'ipv4_tables', root: true },
    { info: 'Dumping iptables (IPv6)', command: ['ip6tables-save', '-c'], file: 'ipv6_tables', root: true },
    { info: 'Dumping ipsets', command: ['ipset', 'list'], file: 'ipsets', root: true },
    {
      info: 'Copying journal for calico-node.service',
      command: ['journalctl', '-u', 'calico-node.service', '--no-pager'],
      file: 'journalctl_calico_node',
      root: true,
      timeoutMs: LONG_MS,
    },
    { info: 'Dumping felix stats', command: ['pkill', '-SIGUSR1', 'felix'], root: true },
    socketProgram === 'netstat'
      ? { info: 'Dumping netstat', command: ['netstat', '-a', '-n'], file: 'netstat' }
      : { info: 'Dumping ss', command: ['ss', '-a', '-n'], file: 'ss' },
  ];
}

/** What else shows how a node routes. */
export const FURTHER_PROGRAMS: readonly ProgramStep[] = [
  { command: ['ip', 'rule'], file: 'ip_rule' },
  { command: ['ip', '-6', 'rule'], file: 'ip_rule_v6' },
  { command: ['ip', 'route', 'show', 'table', 'all'], file: 'ip_route_all' },
  { command: ['ip', '-6', 'route', 'show', 'table', 'all'], file: 'ip_route_all_v6' },
  { command: ['ip', '-s', '-d', 'link'], file: 'ip_link' },
  { command: ['ip', 'neigh'], file: 'ip_neigh' },
];
