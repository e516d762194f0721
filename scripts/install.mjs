/** Makes sure that the packages of the lock file are there; plain Node, because nothing else may be yet. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');
const stamp = join(root, 'node_modules', '.installed');

/** Runs a program in the project's folder and returns its exit status; its output is ours unless told otherwise. */
export function run(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) throw error;
  return status ?? 1;
}

/** Installs by lock file when node_modules is not of that lock file. */
export function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const status = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    console.error('npm ci failed; the packages of package-lock.json are needed.');
    process.exit(status);
  }
  writeFileSync(stamp, lock);
}

/** The path of a program from node_modules. */
export function tool(name) {
  return join(root, 'node_modules', '.bin', name);
}
