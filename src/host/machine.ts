import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { hostname, release } from 'node:os';
import { delimiter, join } from 'node:path';
import { CalicoctlError } from '../core/errors.ts';
import type { Io } from '../core/io.ts';
import type { Host } from './host.ts';

/** The machine that this program runs on. */
export function machine({ env, root = '/' }: Pick<Io, 'env' | 'root'>): Host {
  const path = (given: string) => (root === '/' ? given : join(root, given));
  return {
    platform: process.platform,
    isRoot: process.geteuid?.() === 0,
    hostname: hostname(),
    release: release(),
    path,
    read: (file) => readIfThere(path(file)),
    list(folder) {
      try {
        return readdirSync(path(folder)).sort();
      } catch {
        return [];
      }
    },
    exists: (file) => existsSync(path(file)),
    async run(program, args, options) {
      // Loaded when a program is run: most commands run none.
      const { run } = await import('./run.ts');
      return run({ program, args, env }, options);
    },
    which: (program) => onPath(program, env['PATH'] ?? ''),
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESRCH') return undefined;
    if (code === 'EACCES' || code === 'EPERM')
      throw new CalicoctlError('unauthorized', `${file} may not be read by this user`, {
        hint: 'Run the command as root, e.g. with sudo.',
      });
    throw new CalicoctlError('input', `cannot read ${file}: ${message}`);
  }
}

function onPath(program: string, path: string): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
