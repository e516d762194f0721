import { statSync } from 'node:fs';
import type { Host } from '../../host/host.ts';
import type { Process } from '../../host/processes.ts';

/** A control socket of BIRD, and whose it is where that is known. */
export interface ControlSocket {
  readonly path: string;
  readonly pid?: number;
}

const FOLDERS = ['/var/run/calico', '/var/run/bird', '/run/calico', '/run/bird', '/var/run', '/run'];
const NAMES = ['bird.ctl', 'bird6.ctl'];

/** Where BIRD is looked for unless a process says otherwise: Calico's place first. */
export const USUAL_PLACES = FOLDERS.flatMap((folder) => NAMES.map((name) => `${folder}/${name}`));

/**
 * The control sockets of this machine: those that BIRDs were started with (`-s`), which may lie in the file system of their
 * container, and those in the usual places. Each is told once, by whatever names it goes.
 */
export function controlSockets(host: Host, birds: readonly Process[]): readonly ControlSocket[] {
  const found = new Map<string, ControlSocket>();
  const add = (path: string, pid?: number) => {
    const identity = identityOf(host.path(path));
    if (identity === undefined || found.has(identity)) return identity !== undefined;
    found.set(identity, { path: host.path(path), ...(pid === undefined ? {} : { pid }) });
    return true;
  };
  for (const bird of birds) {
    const { pid } = bird;
    const given = socketOf(bird);
    if (given === undefined) continue;
    const there = given.startsWith('/') ? `/proc/${pid}/root${given}` : `/proc/${pid}/cwd/${given}`;
    // What a process of others sees is closed to all but root: then what has the name here is taken for it.
    const places = isClosed(host.path(there)) ? [given, there] : [there, given];
    places.filter((path) => path.startsWith('/')).some((path) => add(path, pid));
  }
  for (const path of USUAL_PLACES) add(path);
  // Not in the order of processes: `bird.ctl` before `bird6.ctl`, in every run.
  return [...found.values()]
    .map((socket) => inOurWords(host, socket))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A socket that is the same under its plain name is called by that. */
function inOurWords(host: Host, socket: ControlSocket): ControlSocket {
  const plain = socket.path.replace(host.path(`/proc/${socket.pid}/root`), host.path('/').replace(/\/$/, ''));
  return identityOf(plain) === identityOf(socket.path) ? { ...socket, path: plain } : socket;
}

/** The value of `-s`, written apart or not; other flags that take a value may stand before it. */
function socketOf(bird: Process): string | undefined {
  const words = bird.argv.slice(1);
  for (const [index, word] of words.entries()) {
    if (word === '-s') return words[index + 1];
    if (word.startsWith('-s') && word.length > 2) return word.slice(2);
  }
  return undefined;
}

function isClosed(path: string): boolean {
  return identityOf(path) === path;
}

function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch (error) {
    // What may not be looked at is named all the same, so that the user is told so.
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? path : undefined;
  }
}
