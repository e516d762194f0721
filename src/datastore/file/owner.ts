import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isObject } from '../../core/json.ts';
import { codeOf } from './failure.ts';

/** Who holds a lock or left a temporary file: enough to tell for certain that the process is gone. */
export interface Owner {
  /** Unique for ever. */
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  readonly since: string;
  /** Which machine; a host name may be used twice. Empty where the system has no such identity. */
  readonly machine: string;
  /** Which boot of it. */
  readonly boot: string;
  /** In which namespace the process number counts (containers). */
  readonly pidNamespace: string;
  /** When the process began, in the kernel's clock: a process number may be used again. */
  readonly start: string;
}

/** This process, under a new id. */
export function thisOwner(): Owner {
  return {
    id: globalThis.crypto.randomUUID(),
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    ...surroundings(),
    start: startOf(process.pid),
  };
}

function surroundings(): Pick<Owner, 'machine' | 'boot' | 'pidNamespace'> {
  return {
    machine: attempt(() => readFileSync('/etc/machine-id', 'utf8').trim()),
    boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: attempt(() => readlinkSync('/proc/self/ns/pid')),
  };
}

function startOf(pid: number): string {
  // The second field is the program's name in parentheses and may hold anything, blanks too.
  return attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? '');
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/**
 * True only where the process has certainly ended. What runs on another machine or in another container cannot be
 * seen from here and counts as alive.
 */
export function isGone(owner: Owner): boolean {
  const here = surroundings();
  if (owner.host !== hostname() || owner.machine !== here.machine) return false;
  if (owner.boot !== here.boot) return owner.machine !== '' && owner.boot !== '' && here.boot !== '';
  if (owner.pidNamespace !== here.pidNamespace) return false;
  if (!isRunning(owner.pid)) return true;
  const start = startOf(owner.pid);
  return owner.start !== '' && start !== '' && owner.start !== start;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** Reads the owner that a file names; undefined where the file is not there or is none of ours. */
export function readOwner(path: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isObject(value) || typeof value['id'] !== 'string' || !Number.isInteger(value['pid']))
      return undefined;
    const text = (field: string) => (typeof value[field] === 'string' ? value[field] : '');
    return {
      id: value['id'],
      pid: Number(value['pid']),
      host: text('host'),
      since: text('since'),
      machine: text('machine'),
      boot: text('boot'),
      pidNamespace: text('pidNamespace'),
      start: text('start'),
    };
  } catch {
    return undefined;
  }
}

/** `process 12 on host a since …`, for people. */
export function describeOwner(owner: Owner | undefined): string {
  return owner === undefined
    ? 'an unknown process'
    : `process ${owner.pid} on ${owner.host}, begun ${owner.since}`;
}
