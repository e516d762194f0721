import type { Host } from '../../host/host.ts';
import type { Check } from './check.ts';
import { features } from './checks/features.ts';
import { mtu } from './checks/mtu.ts';
import { network } from './checks/network.ts';
import { ports } from './checks/ports.ts';
import { surroundings } from './checks/surroundings.ts';
import { readKernel } from './kernel.ts';
import { judge } from './requirements.ts';

/** What this machine is fit for. */
export interface SystemReport {
  readonly kernel: string;
  /** The least that the reference asks for. */
  readonly meetsMinimum: boolean;
  readonly counts: Readonly<Record<Check['status'], number>>;
  readonly checks: readonly Check[];
  /** The part that the reference has, as it prints it. */
  readonly text: string;
  /** The checks that the reference does not have. */
  readonly further: readonly Check[];
}

/** Looks at everything. `configuration` is the path of the kernel's configuration. Throws CalicoctlError where that cannot be read. */
export async function checkSystem(host: Host, configuration?: string): Promise<SystemReport> {
  const kernel = await readKernel(host, configuration);
  const { checks, met, text } = judge(kernel);
  const further = [
    ...features(host, kernel),
    ...network(host),
    ...mtu(host),
    ...ports(host),
    ...(await surroundings(host)),
  ];
  const all = [...checks, ...further];
  const count = (status: Check['status']) => all.filter((check) => check.status === status).length;
  const counts = { pass: count('pass'), warn: count('warn'), fail: count('fail'), skip: count('skip') };
  return { kernel: kernel.release, meetsMinimum: met, counts, checks: all, text, further };
}
