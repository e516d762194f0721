import type { Host } from './host.ts';

export interface Process {
  readonly pid: number;
  /** As the process was started, or as it calls itself now. */
  readonly argv: readonly string[];
}

/** The processes of this machine, or of this container, that may be seen. Kernel threads are none. */
export function processes(host: Host): readonly Process[] {
  return host
    .list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const text = commandLine(host, name);
      return text === '' ? [] : [{ pid: Number(name), argv: text.replace(/\0$/, '').split('\0') }];
    });
}

/** Empty of a kernel thread, and of a process that ended meanwhile. */
function commandLine(host: Host, pid: string): string {
  try {
    return host.read(`/proc/${pid}/cmdline`) ?? '';
  } catch {
    return '';
  }
}
