import { CalicoctlError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';

/** Programs that take Docker's arguments; containerd has none of its own that restarts containers, but nerdctl. */
const PROGRAMS: Readonly<Record<string, string>> = {
  docker: 'docker',
  podman: 'podman',
  nerdctl: 'nerdctl',
  containerd: 'nerdctl',
};
const OTHERS = ['podman', 'nerdctl'];

/** The program for a runtime that was asked for. Throws CalicoctlError `usage` for an unknown one. */
export function programNamed(runtime: string): string {
  const program = PROGRAMS[runtime];
  if (program !== undefined) return program;
  throw new CalicoctlError('usage', `unknown container runtime '${runtime}'`, {
    hint: `Use ${Object.keys(PROGRAMS).join(', ')}.`,
  });
}

/**
 * The program that is installed: the one asked for, else Docker, else another, of which `note` is told. Throws CalicoctlError
 * `not-found`.
 */
export function installedProgram(
  host: Host,
  runtime: string | undefined,
  note: (text: string) => void,
): string {
  const wanted = programNamed(runtime ?? 'docker');
  if (host.which(wanted) !== undefined) return wanted;
  const other = OTHERS.find((name) => host.which(name) !== undefined);
  if (runtime === undefined && other !== undefined) {
    note(`docker is not installed: using ${other}. To say so yourself: --runtime ${other}.`);
    return other;
  }
  const hint =
    other === undefined
      ? 'Install Docker, Podman, or containerd with nerdctl.'
      : `${other} is installed: use --runtime ${other}.`;
  throw new CalicoctlError('not-found', `exec: "${wanted}": executable file not found in $PATH`, { hint });
}
