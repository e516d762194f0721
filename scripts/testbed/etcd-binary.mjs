// Where the etcd executable is, and how to get it onto a machine that has none.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
const CACHE = join(ROOT, '.cache', 'etcd');

/** The path of an etcd executable: $KUBEBUILDER_ASSETS, then PATH, then the Debian package, unpacked into `.cache/`. */
export function etcdBinary(env = process.env) {
  const folders = [env.KUBEBUILDER_ASSETS, ...(env.PATH ?? '').split(delimiter), join(CACHE, 'usr/bin')];
  const found = folders
    .filter(Boolean)
    .map((folder) => join(folder, 'etcd'))
    .find(existsSync);
  return found ?? unpackDebianPackage();
}

/** Unpacking instead of installing needs no root and starts no service on port 2379. */
function unpackDebianPackage() {
  mkdirSync(CACHE, { recursive: true });
  const run = (command, ...args) => execFileSync(command, args, { cwd: CACHE, stdio: ['ignore', 2, 2] });
  try {
    try {
      run('apt-get', 'download', 'etcd-server');
    } catch {
      run('apt-get', 'update', '-qq');
      run('apt-get', 'download', 'etcd-server');
    }
    const archive = readdirSync(CACHE).find((name) => name.endsWith('.deb'));
    run('dpkg-deb', '-x', archive, '.');
  } catch (error) {
    const how = 'put etcd on the PATH or set KUBEBUILDER_ASSETS to the folder that holds it';
    throw new Error(`there is no etcd, and its Debian package cannot be had (${error.message}); ${how}`);
  }
  return join(CACHE, 'usr/bin/etcd');
}
