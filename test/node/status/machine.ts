import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A root folder of a machine with these processes, by their pids. */
export async function machineWith(
  root: string,
  processes: Readonly<Record<number, readonly string[]>>,
): Promise<string> {
  for (const [pid, argv] of Object.entries(processes)) {
    const folder = join(root, 'proc', pid);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'cmdline'), argv.map((word) => `${word}\0`).join(''));
  }
  return root;
}

/** As they run on a node of a cluster. */
export const CALICO = {
  1: ['/sbin/init'],
  2: [],
  812: ['runsv', 'felix'],
  901: ['calico-node', '-felix'],
  902: ['calico-node', '-confd'],
  903: ['bird', '-R', '-s', '/var/run/calico/bird.ctl', '-d', '-c', '/etc/calico/confd/config/bird.cfg'],
  904: ['bird6', '-R', '-s', '/var/run/calico/bird6.ctl', '-d', '-c', '/etc/calico/confd/config/bird6.cfg'],
} as const;
