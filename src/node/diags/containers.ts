import { Skipped, type Step } from '../../bundle/recorder.ts';
import type { Host } from '../../host/host.ts';
import { runProgram } from './run-program.ts';

/** Programs that know the containers of this machine. Podman takes Docker's arguments. */
export const RUNTIMES = ['docker', 'nerdctl', 'crictl', 'podman'] as const;
export type Runtime = (typeof RUNTIMES)[number];

const TRIED = '(tried docker, nerdctl, crictl)';
export const NO_RUNTIME = `no container runtime found ${TRIED}`;
const LIST_MS = 20_000;
const LOGS_MS = 120_000;

/** The first runtime that is installed. */
export function runtimeOf(host: Host): Runtime | undefined {
  return RUNTIMES.find((name) => host.which(name) !== undefined);
}

/** How to list the sets of addresses as a container sees them, or why that cannot be done. */
export type IpsetDump = { readonly command: readonly string[] } | { readonly why: string };

export async function ipsetDump(
  host: Host,
  runtime: Runtime | undefined,
  signal: AbortSignal,
): Promise<IpsetDump> {
  if (runtime === undefined) return { why: `no supported container runtime found in PATH ${TRIED}` };
  if (runtime !== 'crictl')
    return {
      command: [runtime, 'run', '--rm', '--privileged', '--net=host', 'calico/node', 'ipset', 'list'],
    };
  const found = await calicoNode(host, signal);
  return 'id' in found
    ? { command: ['crictl', 'exec', found.id, 'ipset', 'list'] }
    : { why: `crictl: ${found.why}` };
}

/** The container of calico-node: one that runs, else any. */
async function calicoNode(
  host: Host,
  signal: AbortSignal,
): Promise<{ readonly id: string } | { readonly why: string }> {
  for (const more of [[], ['-a']]) {
    const args = ['ps', ...more, '--name', 'calico-node', '-q'];
    const { status, stdout, stderr, failure } = await host.run('crictl', args, {
      timeoutMs: LIST_MS,
      signal,
    });
    if (status !== 0) return { why: (failure ?? stderr.trim()) || `exit status ${status}` };
    const id = stdout.split('\n').find((line) => line.trim() !== '');
    if (id !== undefined) return { id: id.trim() };
  }
  return { why: 'no calico-node container found' };
}

export interface Container {
  /** What its logs are asked for by, and the file named. */
  readonly name: string;
}

/** Which containers of Calico there are; `list` is what the runtime said. */
export interface Containers {
  readonly list: string;
  readonly found: readonly Container[];
}

/** Containers whose names say Calico. Throws with what the runtime printed where it does not tell. */
export async function calicoContainers(
  host: Host,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<Containers> {
  const args =
    runtime === 'crictl'
      ? ['ps', '-a', '--name', 'calico', '-q']
      : ['ps', '-a', '--filter', 'name=calico', '--format', '{{.Names}}: {{.CreatedAt}}'];
  const { status, stdout, stderr, failure } = await host.run(runtime, args, { timeoutMs: LIST_MS, signal });
  if (status !== 0) throw new Error(`${stdout}${stderr}`.trim() || (failure ?? `exit status ${status}`));
  // Containers that only hold a pod together print nothing.
  const lines = stdout.split('\n').filter((line, index) => index === 0 || !line.includes('k8s_POD'));
  const names = lines.map((line) => (runtime === 'crictl' ? line : line.split(': ')[0]!).trim());
  return { list: lines.join('\n'), found: names.filter((name) => name !== '').map((name) => ({ name })) };
}

/** The log of one container. */
export function logStep(host: Host, runtime: Runtime, { name }: Container): Step {
  return {
    name: `log of container ${name}`,
    timeoutMs: LOGS_MS,
    async work(collect) {
      if (name.startsWith('-')) throw new Skipped(`the container has an odd name: ${name}`);
      await runProgram(host, collect, { command: [runtime, 'logs', name], file: `logs/${name}.log` });
    },
  };
}
