import { isAbsolute, relative, resolve } from 'node:path';
import type { Io } from '../../core/io.ts';

/**
 * A file's path from the root of the repository, wherever in it a step of a workflow works; elsewhere from the working
 * folder. Absolute for files outside: readers take relative paths for files below the root, and `..` leads nowhere there.
 */
export function pathInRepository(file: string, { cwd, env }: Pick<Io, 'cwd' | 'env'>): string {
  const whole = resolve(cwd, file);
  const path = relative(env['GITHUB_WORKSPACE'] || cwd, whole) || '.';
  return isAbsolute(path) || /^\.\.(?:[\\/]|$)/.test(path) ? whole : path;
}
