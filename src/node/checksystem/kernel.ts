import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Host } from '../../host/host.ts';
import { textOf } from './check.ts';

/** What is known of the kernel and its modules, each file read once. */
export interface Kernel {
  /** As `uname -r`. */
  readonly release: string;
  /** Whether one of the modules is loaded, built in or can be loaded, or one of the options is set. */
  readonly has: (modules: readonly string[], options: readonly string[]) => boolean;
  /** Why nothing is known of loaded modules; absent where that is known. */
  readonly noModules?: string;
}

/** Reads what the kernel has; `configuration` is the path of its configuration. */
export async function readKernel(host: Host, configuration: string | undefined): Promise<Kernel> {
  const release = textOf(host, '/proc/sys/kernel/osrelease') || host.release;
  const loaded = await loadedModules(host);
  const files = ['modules.dep', 'modules.builtin']
    .map((name) => textOf(host, `/lib/modules/${release}/${name}`) ?? '')
    .join('\n');
  const settings = kernelSettings(host, release, configuration);
  return {
    release,
    has: (modules, options) =>
      modules.some(
        (name) =>
          host.exists(`/sys/module/${name.replaceAll('-', '_')}`) ||
          new RegExp(`/${name}\\.ko(?:\\.(?:gz|xz|zst|bz2))?`).test(files) ||
          loaded.names.has(name.replaceAll('-', '_')),
      ) || options.some((option) => new RegExp(`^${option}=[ym]`, 'm').test(settings)),
    ...(loaded.why === undefined ? {} : { noModules: loaded.why }),
  };
}

interface Loaded {
  readonly names: ReadonlySet<string>;
  readonly why?: string;
}

/** `lsmod` prints the file with other columns; it is asked only where there is no /proc. */
async function loadedModules(host: Host): Promise<Loaded> {
  const text = textOf(host, '/proc/modules');
  // A kernel that cannot load modules has no such file.
  if (text !== undefined || host.exists('/proc/sys/kernel')) return { names: namesIn(text ?? '') };
  const { status, stdout, failure, stderr } = await host.run('lsmod', [], { timeoutMs: 5_000 });
  if (status === 0) return { names: namesIn(stdout) };
  const missing = 'exec: "lsmod": executable file not found in $PATH';
  const why =
    host.which('lsmod') === undefined ? missing : (failure ?? `exit status ${status}: ${stderr.trim()}`);
  return { names: new Set(), why };
}

function namesIn(text: string): ReadonlySet<string> {
  return new Set(text.split('\n').map((line) => (line.split(/\s/, 1)[0] ?? '').replaceAll('-', '_')));
}

/** The configuration that the kernel was built with, from the first place that has it. */
function kernelSettings(host: Host, release: string, given: string | undefined): string {
  if (given !== undefined) return host.read(given) ?? '';
  const places = [
    '/usr/src/linux/.config',
    `/boot/config-${release}`,
    `/usr/src/linux-${release}/.config`,
    `/usr/src/linux-headers-${release}/.config`,
    `/lib/modules/${release}/build/.config`,
  ];
  for (const place of places) {
    const text = textOf(host, place);
    if (text !== undefined) return text;
  }
  try {
    return gunzipSync(readFileSync(host.path('/proc/config.gz'))).toString('latin1');
  } catch {
    return '';
  }
}

/** Whether a release is at least that version, by its numbers. */
export function atLeast(release: string, wanted: readonly number[]): boolean {
  const numbers = (/^\d+(?:\.\d+)*/.exec(release)?.[0] ?? '').split('.').map(Number);
  for (const [index, number] of wanted.entries()) {
    const own = numbers[index] ?? 0;
    if (own !== number) return own > number;
  }
  return true;
}
