import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Machines of one test: namespaces of network, mounts and processes. Only root can make them. */

const PREFIX = 'calicoctl-lab';
let made = 0;

/** One machine: its own network, its own `/proc`, and an empty `/var/run` with a folder of the test in it. */
export interface Machine {
  readonly name: string;
  /** The folder that is `/var/run/calico` in there. */
  readonly run: string;
  /** Starts a program that ends with the machine at the latest; what it prints goes to a file. */
  start(program: string, args: readonly string[], options?: StartOptions): ChildProcess;
  /** How to run a program in there: words to put before it. */
  readonly enter: readonly string[];
  /** Processes in there, by their ids out here. */
  pids(): readonly number[];
  /** Ends everything in there and removes the namespace. */
  stop(): void;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: string;
}

/** Begins a machine whose files are below `folder`. */
export async function startMachine(folder: string, role: string): Promise<Machine> {
  const name = `${PREFIX}-${process.pid}-${++made}-${role}`;
  const run = join(folder, role);
  mkdirSync(run, { recursive: true });
  await ip(['netns', 'add', name]);
  const init = spawn(
    'ip',
    [
      'netns',
      'exec',
      name,
      'unshare',
      '--mount',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      'sh',
      '-c',
      INIT,
      run,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const stop = () => {
    init.kill('SIGKILL');
    remove(name);
  };
  try {
    await ready(init);
  } catch (error) {
    stop();
    throw error;
  }
  const inside = pidsIn(name).find((pid) => pid !== init.pid);
  const enter = ['nsenter', `--target=${inside}`, '--mount', '--pid', '--net', '--'];
  return {
    ...{ name, run, enter, stop },
    pids: () => pidsIn(name).filter((pid) => pid !== init.pid),
    start: (program, args, options) => startIn(enter, [program, ...args], options),
  };
}

/** The first process of a machine. Mounts are its own, so that `/var/run` of this machine stays as it is. */
const INIT = [
  'mount -t tmpfs tmpfs /var/run',
  'mkdir -p /var/run/calico',
  'mount --bind "$0" /var/run/calico',
  'echo ready',
  'exec sleep infinity',
].join(' && ');

function ready(init: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    init.stdout?.once('data', () => resolve());
    init.once('error', reject);
    init.once('exit', (status) => reject(new Error(`a machine of the test ended with ${status}`)));
  });
}

function startIn(
  enter: readonly string[],
  words: readonly string[],
  { env = {}, log = '/dev/null' }: StartOptions = {},
): ChildProcess {
  const [program, ...args] = [...enter, ...words] as [string, ...string[]];
  const output = openSync(log, 'a');
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.on('error', () => {});
  return child;
}

/** Puts a cable between two machines; both ends are `eth0`, with addresses such as `192.0.2.10/24`. */
export async function connect(
  ends: readonly { readonly machine: Machine; readonly addresses: readonly string[] }[],
): Promise<void> {
  const [first, second] = ends;
  if (first === undefined || second === undefined) throw new Error('a cable has two ends');
  const cable = ['link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', second.machine.name];
  await ip(['-n', first.machine.name, ...cable]);
  await Promise.all(
    ends.map(({ machine, addresses }) => {
      // Without a check for duplicates an IPv6 address can be used at once.
      const lines = addresses.map(
        (address) => `addr add ${address} dev eth0${address.includes(':') ? ' nodad' : ''}`,
      );
      return ip(
        ['-n', machine.name, '-batch', '-'],
        [...lines, 'link set lo up', 'link set eth0 up'].join('\n'),
      );
    }),
  );
}

async function ip(args: readonly string[], stdin = ''): Promise<void> {
  const running = promisify(execFile)('ip', args);
  running.child.stdin?.end(stdin);
  await running;
}

function pidsIn(name: string): number[] {
  const text = execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
  return text.split('\n').filter(Boolean).map(Number);
}

function remove(name: string): void {
  try {
    for (const pid of pidsIn(name)) kill(pid);
    execFileSync('ip', ['netns', 'delete', name], { stdio: 'ignore' });
  } catch {
    // It is gone already.
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** Removes machines of runs that were killed: those whose name has the id of a process that is no more. */
export function removeLeftovers(): void {
  const names = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  for (const [, name, owner] of names.matchAll(new RegExp(`^(${PREFIX}-(\\d+)-\\S+)`, 'gm')))
    if (name !== undefined && !isAlive(Number(owner))) remove(name);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
