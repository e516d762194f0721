import type { Probe } from '../network/probe.ts';
import { type Finding, ok, skipped, wrong } from '../step.ts';
import type { Surroundings } from '../surroundings.ts';

/** Servers tell their time in whole seconds. */
const NOTABLE_MS = 5000;
/** Tokens and certificates that were just made fail by then. */
const GRAVE_MS = 60_000;

async function skewOf({
  server,
  head,
}: Probe): Promise<{ readonly server: string; readonly skew: number } | undefined> {
  const answered = await head;
  if (answered === undefined || 'error' in answered || answered.value.date === undefined) return undefined;
  // Halfway through the second that it names.
  return { server, skew: answered.value.date + 500 - answered.value.at };
}

/** How far the clock of this machine and that of the server are apart. */
export async function clock({ settings, probes }: Surroundings): Promise<Finding | undefined> {
  if ((await settings()).type === 'file') return undefined;
  const heads = (await Promise.all((await probes()).map(skewOf))).flatMap((skew) => skew ?? []);
  if (heads.length === 0) return skipped('the server tells no time to whom it does not know');
  const worst = heads.reduce((a, b) => (Math.abs(b.skew) > Math.abs(a.skew) ? b : a));
  const apart = Math.abs(worst.skew);
  if (apart < NOTABLE_MS) return ok('that of this machine and that of the server go together');
  const message = `the clock of this machine is ${Math.round(apart / 1000)}s ${worst.skew > 0 ? 'behind' : 'ahead of'} that of ${worst.server}`;
  return wrong(
    apart < GRAVE_MS ? 'warning' : 'error',
    message,
    'Set the clocks by NTP: certificates, tokens and leases depend on them.',
    { command: 'timedatectl status' },
  );
}
