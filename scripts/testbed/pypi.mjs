// Installs Python packages into the cache of the test bed, each into a folder of its own.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const say = (text) => process.stderr.write(`testbed: ${text}\n`);

/** Debian's Python comes without pip. */
function needPip(env) {
  if (spawnSync('python3', ['-m', 'pip', '--version'], { env }).status === 0) return;
  spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 2, 2] });
  spawnSync('apt-get', ['install', '-y', '-qq', 'python3-pip'], { stdio: ['ignore', 2, 2] });
}

/**
 * The folder of a package of PyPI in this version, installed where it is not there; with `dependencies` those it needs
 * beside it. Two processes that install the same do not disturb each other.
 */
export function pypiFolder({ name, version, dependencies = false, cache, env }) {
  const folder = join(cache, `${name}-${version}`);
  if (existsSync(folder)) return folder;
  say(`installing ${name} ${version} of PyPI into ${folder}`);
  const unfinished = `${folder}.${process.pid}`;
  needPip(env);
  const alone = dependencies ? [] : ['--no-deps'];
  const pip = ['-m', 'pip', 'install', '--quiet', ...alone, '--target', unfinished, `${name}==${version}`];
  try {
    const quiet = { PIP_ROOT_USER_ACTION: 'ignore', PIP_DISABLE_PIP_VERSION_CHECK: '1' };
    execFileSync('python3', pip, { env: { ...env, ...quiet }, stdio: ['ignore', 2, 2] });
    renameSync(unfinished, folder);
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}
