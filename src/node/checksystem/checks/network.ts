import type { Host } from '../../../host/host.ts';
import { type Check, fail, numberOf, pass, skip, textOf, warn } from '../check.ts';

/** Settings of the kernel's network. */
export function network(host: Host): readonly Check[] {
  return [
    forwarding(host, 'ip-forwarding', '/proc/sys/net/ipv4/ip_forward', 'net.ipv4.ip_forward'),
    forwarding(
      host,
      'ipv6-forwarding',
      '/proc/sys/net/ipv6/conf/all/forwarding',
      'net.ipv6.conf.all.forwarding',
    ),
    reversePath(host),
    conntrack(host),
    bridge(host),
  ];
}

function forwarding(host: Host, name: string, path: string, key: string): Check {
  const value = numberOf(host, path);
  if (value === undefined) return skip(name, `${path} is not there`);
  if (value > 0) return pass(name, `${key} = ${value}`);
  return warn(
    name,
    `${key} = 0`,
    `Nothing is forwarded to and from workloads. calico-node switches it on when it starts; to keep it: sysctl -w ${key}=1, and a file in /etc/sysctl.d.`,
  );
}

function reversePath(host: Host): Check {
  const name = 'rp_filter';
  const all = numberOf(host, '/proc/sys/net/ipv4/conf/all/rp_filter');
  if (all === undefined) return skip(name, 'net.ipv4.conf.all.rp_filter is not there');
  const found = `net.ipv4.conf.all.rp_filter = ${all}`;
  if (all === 2)
    return fail(
      name,
      found,
      'Felix does not start with loose reverse path filtering, since workloads could forge addresses: sysctl -w net.ipv4.conf.all.rp_filter=1, or set ignoreLooseRPF in FelixConfiguration.',
    );
  const strict = uplinks(host).filter((link) => Math.max(all, filterOf(host, link)) === 1);
  if (strict.length < 2) return pass(name, found);
  return warn(
    name,
    `${found}; strict on ${strict.join(', ')}`,
    'With several uplinks, packets that come in on another one than answers go out are dropped. Where routes are not symmetric: sysctl -w net.ipv4.conf.<interface>.rp_filter=2.',
  );
}

function filterOf(host: Host, link: string): number {
  return numberOf(host, `/proc/sys/net/ipv4/conf/${link}/rp_filter`) ?? 0;
}

/** Interfaces with a device behind them that are up: not those of containers and tunnels. */
function uplinks(host: Host): readonly string[] {
  return host
    .list('/sys/class/net')
    .filter((link) => host.exists(`/sys/class/net/${link}/device`))
    .filter((link) => textOf(host, `/sys/class/net/${link}/operstate`) === 'up');
}

/** Fewer are too few for a node with many pods. */
const FEW_CONNECTIONS = 65_536;

function conntrack(host: Host): Check {
  const name = 'conntrack';
  const most = numberOf(host, '/proc/sys/net/netfilter/nf_conntrack_max');
  const used = numberOf(host, '/proc/sys/net/netfilter/nf_conntrack_count');
  if (most === undefined || used === undefined)
    return warn(
      name,
      'nf_conntrack is not loaded',
      'Policies follow connections with it: modprobe nf_conntrack.',
    );
  const share = most === 0 ? 0 : used / most;
  const found = `${used} of ${most} entries, ${Math.round(share * 100)} %`;
  const advice = `Raise it: sysctl -w net.netfilter.nf_conntrack_max=${Math.max(1_000_000, most * 2)}.`;
  if (share > 0.95) return fail(name, found, `New connections are dropped when the table is full. ${advice}`);
  if (share > 0.75) return warn(name, found, `New connections are dropped when the table is full. ${advice}`);
  if (most < FEW_CONNECTIONS && most > 0)
    return warn(name, found, `The table is small for a node. ${advice}`);
  return pass(name, found);
}

function bridge(host: Host): Check {
  const name = 'bridge-nf-call-iptables';
  const value = numberOf(host, '/proc/sys/net/bridge/bridge-nf-call-iptables');
  if (value === undefined) return pass(name, 'br_netfilter is not loaded, and Calico does not need it');
  if (value > 0) return pass(name, `net.bridge.bridge-nf-call-iptables = ${value}`);
  return warn(
    name,
    'net.bridge.bridge-nf-call-iptables = 0',
    'Traffic across bridges of this machine passes no policy. Where workloads are on bridges: sysctl -w net.bridge.bridge-nf-call-iptables=1.',
  );
}
