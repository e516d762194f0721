import type { Host } from './host.ts';

export interface Process {
  readonly pid: number;
  /** As the process was started, or as it calls itself now. */
  readonly argv: readonly string[];
}

/** The processes of this machine, or of this container, that may be seen. Kernel threads are none. */
export function processes(host: Host): readonly Process[] {
  return [...eachProcess(host)];
}

/** The same one by one, old ones first, for those who seek few: each costs a read. */
export function* eachProcess(host: Host): Iterable<Process> {
  const threads = kernelThreads(host);
  const pids = host
    .list('/proc')
    .filter((name) => /^\d+$/.test(name) && !threads.has(name))
    .map(Number)
    .sort((a, b) => a - b);
  for (const pid of pids) {
    const text = contentOf(host, `/proc/${pid}/cmdline`);
    if (text !== '') yield { pid, argv: text.replace(/\0$/, '').split('\0') };
  }
}

/** Name of the program: the last part of the first word. */
export function programOf({ argv }: Process): string {
  const [program = ''] = argv;
  return program.slice(program.lastIndexOf('/') + 1);
}

/** Children of kthreadd, which are often half of all processes, for the price of two reads. */
function kernelThreads(host: Host): ReadonlySet<string> {
  if (contentOf(host, '/proc/2/comm').trim() !== 'kthreadd') return new Set();
  return new Set(['2', ...contentOf(host, '/proc/2/task/2/children').split(' ')]);
}

/** Empty of a process that ended meanwhile, and of what may not be read. */
function contentOf(host: Host, path: string): string {
  try {
    return host.read(path) ?? '';
  } catch {
    return '';
  }
}
