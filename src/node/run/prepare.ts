import { mkdirSync, writeFileSync } from 'node:fs';
import type { Host } from '../../host/host.ts';

export interface Printer {
  /** A line as the reference prints it. */
  readonly say: (line: string) => Promise<void>;
  /** What the reference does not print. */
  readonly note: (line: string) => void;
}

const MODULES = ['-a', 'xt_set', 'ip6_tables'];
const CONNECTIONS = 1_000_000;
const CONNTRACK = '/proc/sys/net/netfilter/nf_conntrack_max';
const MODPROBE_MS = 30_000;

/** Loads modules, and sets what the kernel needs to forward for workloads. What fails is told, and the rest goes on. */
export async function prepareKernel(host: Host, { say, note }: Printer): Promise<void> {
  await say(`Running command to load modules: modprobe ${MODULES.join(' ')}`);
  const loaded = await host.run('modprobe', MODULES, { timeoutMs: MODPROBE_MS });
  if (loaded.status !== 0)
    note(
      `modprobe did not succeed (${loaded.failure ?? loaded.stderr.trim()}); what is built in needs no loading`,
    );
  await say('Enabling IPv4 forwarding');
  if (!write(host, '/proc/sys/net/ipv4/ip_forward', '1'))
    await say('ERROR: Could not enable ipv4 forwarding');
  if (host.exists('/proc/sys/net/ipv6')) {
    await say('Enabling IPv6 forwarding');
    if (!write(host, '/proc/sys/net/ipv6/conf/all/forwarding', '1'))
      await say('ERROR: Could not enable ipv6 forwarding');
  }
  await say('Increasing conntrack limit');
  if (!raise(host)) await say('WARNING: Could not set nf_conntrack_max. This may have an impact at scale.');
}

/** A limit that is higher already stays as it is. */
function raise(host: Host): boolean {
  try {
    if (Number(host.read(CONNTRACK)) >= CONNECTIONS) return true;
  } catch {
    return false;
  }
  return write(host, CONNTRACK, String(CONNECTIONS));
}

function write(host: Host, path: string, text: string): boolean {
  try {
    writeFileSync(host.path(path), text);
    return true;
  } catch {
    return false;
  }
}

/** Docker makes missing folders of volumes; others refuse to start. */
export function makeFolders(host: Host, folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      mkdirSync(host.path(folder), { recursive: true });
    } catch {
      // The runtime says so in its own words.
    }
  }
}
