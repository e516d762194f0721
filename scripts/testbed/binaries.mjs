// Where the executables of the Kubernetes test bed are: $KUBEBUILDER_ASSETS, then PATH, then built once into a cache.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { buildGo } from './go.mjs';

const ROOT = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');

/** Each program, built by the Go module test/testbed/<name>; a found one will do from the release of `least` on. */
const PROGRAMS = {
  // Selectable fields, and what validation rules may say.
  'kube-apiserver': { says: /Kubernetes v(\d+)\.(\d+)/, least: [1, 31] },
  // API servers need watch progress and other things of 3.5; Debian's 3.4 will not do.
  etcd: { says: /etcd Version: (\d+)\.(\d+)/, least: [3, 5] },
  kubectl: {},
};

function recent(path, { says, least }) {
  if (!says) return true;
  try {
    const said = execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [, major, minor] = says.exec(said).map(Number);
    return major > least[0] || (major === least[0] && minor >= least[1]);
  } catch {
    return false;
  }
}

/** The folder of everything built or downloaded for tests; outside the tree, so that it outlives clones. */
export function cacheFolder(env = process.env) {
  return join(env.XDG_CACHE_HOME || join(homeFolder(env), '.cache'), 'calicoctl-testbed');
}

function homeFolder(env) {
  if (env.HOME) return env.HOME;
  try {
    return userInfo().homedir;
  } catch {
    // A user id without a line in passwd.
    return join(tmpdir(), `calicoctl-${process.getuid?.() ?? 'user'}`);
  }
}

/** A program in $KUBEBUILDER_ASSETS or on PATH that `accept` (given its path) takes; undefined where there is none. */
export function findBinary(name, env = process.env, accept = () => true) {
  return [env.KUBEBUILDER_ASSETS, ...(env.PATH ?? '').split(delimiter)]
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path) && accept(path));
}

/** What the linker is told: Kubernetes programs name their release only where it is stamped into them. */
function linkerFlags(goMod) {
  const [, minor, patch] = /k8s\.io\/component-base v0\.(\d+)\.(\d+)/.exec(goMod) ?? [];
  const set = (name, value) => `-X k8s.io/component-base/version.${name}=${value}`;
  return minor === undefined
    ? ''
    : [set('gitVersion', `v1.${minor}.${patch}`), set('gitMajor', 1), set('gitMinor', minor)].join(' ');
}

/** The build of a Go module's folder: linker flags, and where it is kept. The same sources have the same place. */
export function buildOf(name, folder, env = process.env) {
  const [main, mod, sum] = ['main.go', 'go.mod', 'go.sum'].map((file) =>
    readFileSync(join(folder, file), 'utf8'),
  );
  const flags = linkerFlags(mod);
  const hash = createHash('sha256').update([main, mod, sum, flags].join('\0')).digest('hex');
  return { flags, path: join(cacheFolder(env), hash.slice(0, 16), name) };
}

/** The path of `kube-apiserver`, `kubectl`, or an `etcd` fit for API servers; built where the machine has none. */
export async function binary(name, env = process.env) {
  const found = findBinary(name, env, (path) => recent(path, PROGRAMS[name]));
  if (found) return found;
  const folder = join(ROOT, 'test/testbed', name);
  const { path, flags } = buildOf(name, folder, env);
  if (!existsSync(path)) await buildGo({ folder, path, flags, cache: cacheFolder(env), env });
  return path;
}
