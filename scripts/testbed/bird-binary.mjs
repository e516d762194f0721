// Where the BIRD daemons of the laboratory are, and how to get them onto a machine that has none.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
const CACHE = join(ROOT, '.cache', 'bird');

/** Debian's packages of the versions that Calico runs and will run; they cannot be installed together. */
const PACKAGES = {
  1: { name: 'bird', says: /version 1\.6\./, programs: ['bird', 'bird6'] },
  2: { name: 'bird2', says: /version 2\./, programs: ['bird'] },
};

/** What the laboratory needs of the system besides: program, and the Debian package that has it. */
const SYSTEM = { ip: 'iproute2', unshare: 'util-linux', nsenter: 'util-linux', mount: 'mount' };

/**
 * Real BIRD, unpacked into `.cache/`: `{ 1: { folder, env }, 2: { folder, env } }`. The daemons `bird` (and, of version 1,
 * `bird6`) are in `folder`, and run with `env`. Throws where the machine cannot have them.
 */
export function birdBinaries() {
  needRoot();
  for (const [program, name] of Object.entries(SYSTEM)) if (!onPath(program)) install(name);
  return Object.fromEntries(Object.entries(PACKAGES).map(([version, wanted]) => [version, unpacked(wanted)]));
}

/** Namespaces of the network, mounts in `/proc`, and TCP with passwords are root's alone. */
function needRoot() {
  if (process.platform !== 'linux')
    throw new Error('BIRD is tried out between network namespaces, which only Linux has');
  if (process.geteuid?.() !== 0)
    throw new Error(
      'BIRD is tried out between network namespaces, which only root can make; run the tests as root, e.g. in a container with CAP_NET_ADMIN and CAP_SYS_ADMIN',
    );
}

function unpacked({ name, says, programs }) {
  const folder = join(CACHE, name);
  const found = () => daemonsIn(folder, says, programs);
  if (found() === undefined) unpackDebianPackage(name, folder);
  const daemons = found();
  if (daemons === undefined)
    throw new Error(`${describe(folder, programs)} is not the BIRD wanted (${says})`);
  return daemons;
}

function daemonsIn(folder, says, programs) {
  const sbin = join(folder, 'usr/sbin');
  const own = libraries(folder);
  const env = own.length === 0 ? {} : { LD_LIBRARY_PATH: own.join(delimiter) };
  const runs = (program) => {
    const path = join(sbin, program);
    if (!existsSync(path)) return false;
    const { stdout, stderr } = spawnSync(path, ['--version'], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
    return says.test(`${stdout}${stderr}`);
  };
  return programs.every(runs) ? { folder: sbin, env } : undefined;
}

function describe(folder, programs) {
  const path = join(folder, 'usr/sbin', programs[0]);
  const { stdout, stderr, error } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return `${path} (${error?.message ?? `${stdout}${stderr}`.trim()})`;
}

function libraries(folder) {
  return ['usr/lib', 'lib'].flatMap((name) => {
    const lib = join(folder, name);
    const below = existsSync(lib) ? readdirSync(lib).filter((entry) => /-linux-/.test(entry)) : [];
    return below.map((entry) => join(lib, entry));
  });
}

/**
 * Unpacking instead of installing keeps both versions apart and starts no service. Of what a package depends on, apt
 * downloads what this machine has not.
 */
function unpackDebianPackage(name, folder) {
  const archives = join(CACHE, 'archives', name);
  mkdirSync(join(archives, 'partial'), { recursive: true });
  const download = () =>
    apt('install', '-y', '--download-only', '--reinstall', `-oDir::Cache::archives=${archives}`, name);
  const fresh = `${folder}.${process.pid}`;
  try {
    withFreshLists(download);
    mkdirSync(fresh, { recursive: true });
    for (const archive of readdirSync(archives).filter((file) => file.endsWith('.deb')))
      execFileSync('dpkg-deb', ['-x', join(archives, archive), fresh], { stdio: ['ignore', 2, 2] });
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw new Error(`the Debian package ${name} cannot be had (${error.message})`);
  }
}

function install(name) {
  withFreshLists(() => apt('install', '-y', name));
}

/** A fresh machine has no lists of packages, an old one old ones. */
function withFreshLists(get) {
  try {
    get();
  } catch {
    apt('update');
    get();
  }
}

function apt(...words) {
  // Nothing is written to dpkg's database by a download, so it waits for nobody who does.
  const locking = words.includes('--download-only') ? ['-oDebug::NoLocking=1'] : [];
  execFileSync('apt-get', ['-qq', '--no-install-recommends', ...locking, ...words], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

function onPath(program) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.some((folder) => existsSync(join(folder, program)));
}
