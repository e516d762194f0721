import { readdirSync, readlinkSync } from 'node:fs';
import type { Host } from '../../../host/host.ts';
import { type Process, processes } from '../../../host/processes.ts';
import { type Check, fail, pass, textOf, warn } from '../check.ts';

interface Port {
  readonly number: number;
  readonly purpose: string;
  /** Programs of Calico that listen there. */
  readonly owners: RegExp;
}

const PORTS: readonly Port[] = [
  { number: 179, purpose: 'BGP', owners: /bird|gobgp/ },
  { number: 9099, purpose: "Felix's health checks", owners: /felix|calico/ },
  { number: 5473, purpose: 'Typha', owners: /typha|calico/ },
];

/** Ports of Calico that another program has taken. */
export function ports(host: Host): readonly Check[] {
  const listeners = listening(host);
  const running = processes(host);
  return PORTS.map((port) => judge(host, port, listeners, running));
}

function judge(
  host: Host,
  { number, purpose, owners }: Port,
  listeners: ReadonlyMap<number, string>,
  running: readonly Process[],
): Check {
  const name = `port-${number}`;
  const inode = listeners.get(number);
  if (inode === undefined) return pass(name, 'free');
  const owner = running.find(({ pid }) => holds(host, pid, inode));
  if (owner === undefined) {
    if (running.some(({ argv }) => owners.test(argv.join(' ')))) return pass(name, 'in use, and Calico runs');
    return warn(
      name,
      'in use, by whom cannot be seen',
      `Calico needs it for ${purpose}. As root this tells by whom.`,
    );
  }
  const program = owner.argv[0] ?? '';
  if (owners.test(owner.argv.join(' '))) return pass(name, `in use by ${program}`);
  return fail(
    name,
    `in use by ${program} (process ${owner.pid})`,
    `Calico needs it for ${purpose}. Stop that program, or give it another port.`,
  );
}

/** Inode of the socket that listens, by its port. */
function listening(host: Host): ReadonlyMap<number, string> {
  const lines = ['tcp', 'tcp6'].flatMap((name) => (textOf(host, `/proc/net/${name}`) ?? '').split('\n'));
  const sockets = lines
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words[3] === '0A')
    .map((words) => [Number.parseInt(words[1]!.split(':')[1]!, 16), words[9]!] as const);
  return new Map(sockets);
}

function holds(host: Host, pid: number, inode: string): boolean {
  const folder = host.path(`/proc/${pid}/fd`);
  try {
    return readdirSync(folder).some((name) => linkOf(`${folder}/${name}`) === `socket:[${inode}]`);
  } catch {
    return false;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
