import type { Host } from '../../../host/host.ts';
import { type Check, numberOf, pass, skip, textOf, warn } from '../check.ts';

/** Bytes that a tunnel of Calico puts before every packet. */
const OVERHEAD: Readonly<Record<string, number>> = {
  tunl0: 20,
  'vxlan.calico': 50,
  'vxlan-v6.calico': 70,
  'wireguard.cali': 60,
  'wg-v6.cali': 80,
};

/** MTU of tunnels against what they run over, and of workloads against the tunnels. */
export function mtu(host: Host): readonly Check[] {
  const links = host.list('/sys/class/net').flatMap((name) => {
    const bytes = numberOf(host, `/sys/class/net/${name}/mtu`);
    return bytes === undefined ? [] : [{ name, bytes, up: isUp(host, name) }];
  });
  const under = links.find(({ name }) => name === defaultInterface(host));
  if (under === undefined)
    return [skip('mtu', 'there is no default route whose interface could be compared with')];
  const tunnels = links.filter(({ name, up }) => up && name in OVERHEAD);
  const wide = tunnels.filter(({ name, bytes }) => bytes > under.bytes - OVERHEAD[name]!);
  const workloads = links.filter(({ name, up }) => up && name.startsWith('cali'));
  const least = Math.min(under.bytes, ...tunnels.map(({ bytes }) => bytes));
  const broad = workloads.filter(({ bytes }) => bytes > least);
  const shown = [under, ...tunnels].map(({ name, bytes }) => `${name} ${bytes}`).join(', ');
  const checks = wide.map(({ name, bytes }) =>
    warn(
      `mtu-${name}`,
      `${name} ${bytes} over ${under.name} ${under.bytes}`,
      `The tunnel adds ${OVERHEAD[name]} bytes, so that full packets are lost or split. Leave the MTU to Felix (mtu unset), or set at most ${under.bytes - OVERHEAD[name]!}.`,
    ),
  );
  if (broad.length > 0)
    checks.push(
      warn(
        'mtu-workloads',
        `${broad.length} of ${workloads.length} interfaces of workloads have more than ${least}, e.g. ${broad[0]!.name} ${broad[0]!.bytes}`,
        `Their full packets do not fit into the tunnel. The CNI plug-in sets the MTU of new pods (veth_mtu in its configuration); restart the pods after changing it.`,
      ),
    );
  return checks.length > 0 ? checks : [pass('mtu', shown)];
}

function isUp(host: Host, name: string): boolean {
  const flags = textOf(host, `/sys/class/net/${name}/flags`);
  return flags !== undefined && (Number(flags) & 1) === 1;
}

/** The interface of the default route with the least metric; IPv4 first. */
function defaultInterface(host: Host): string | undefined {
  const lines = (textOf(host, '/proc/net/route') ?? '').split('\n').map((line) => line.split(/\s+/));
  const routes = lines.filter((words) => words[1] === '00000000' && words[7] === '00000000');
  const best = routes.sort((a, b) => Number(a[6]) - Number(b[6]))[0]?.[0];
  if (best !== undefined) return best;
  const lines6 = (textOf(host, '/proc/net/ipv6_route') ?? '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return lines6.find(
    (words) => /^0{32}$/.test(words[0] ?? '') && words[1] === '00' && words[9] !== 'lo',
  )?.[9];
}
