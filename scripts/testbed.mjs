// `npm run -s testbed -- up|down`: real servers for tests, on free loopback ports. `up` prints one JSON object that says
// where they are; a second `up` prints the same and restarts what died; `down` stops them and removes their data.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install.mjs';
import { writeCertificates } from './testbed/certificates.mjs';
import { servers } from './testbed/servers.mjs';

const HOME = resolve(fileURLToPath(import.meta.url), '../../.testbed');
const STATE = join(HOME, 'state.json');
const LOCK = join(HOME, 'lock');
/** Raised when older state cannot be gone on with. */
const LAYOUT = 2;

const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

function readState() {
  return existsSync(STATE) ? JSON.parse(readFileSync(STATE, 'utf8')) : undefined;
}

function writeState(state) {
  writeFileSync(STATE, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** True while our server runs; a process id may have gone to a stranger, so its command line is looked at. */
function runs({ pid, folder }) {
  if (pid === undefined || !alive(pid)) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
  } catch {
    return !existsSync('/proc/self');
  }
}

/** Several test runs may call `up` at once: one works, the others wait for it. A dead holder loses the lock. */
async function locked(work) {
  mkdirSync(HOME, { recursive: true });
  for (;;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      dropStaleLock();
      await sleep(50);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function dropStaleLock() {
  try {
    const holder = Number(readFileSync(LOCK, 'utf8'));
    const settled = Date.now() - statSync(LOCK).mtimeMs > 1000;
    if (settled && !alive(holder)) rmSync(LOCK, { force: true });
  } catch {
    // It went away while we looked.
  }
}

/** Memory where there is some: etcd waits for the disk on every write. */
function newState() {
  const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = mkdtempSync(join(parent, 'calicoctl-testbed-'));
  writeCertificates(join(folder, 'tls'));
  return { layout: LAYOUT, folder, servers: {} };
}

async function start(state, name) {
  const known = state.servers[name];
  if (!known?.prepared) await startFresh(state, name, known);
  else if (!runs(known)) await launch(state, name, known);
  await prepare(state, name);
}

/** The first start. What an earlier attempt left half done goes; a port somebody took meanwhile is chosen anew, once. */
async function startFresh(state, name, leftover) {
  const { describe } = servers[name];
  if (leftover) await stop(leftover);
  let server = await describe(state);
  try {
    await launch(state, name, server);
  } catch {
    rmSync(server.folder, { recursive: true, force: true });
    server = await describe(state);
    await launch(state, name, server);
  }
}

/** Done once, and again where what is to be in the server (its stamp) has changed. */
async function prepare(state, name) {
  const { prepare: work, stamp } = servers[name];
  const wanted = (await stamp?.()) ?? 'once';
  if (state.servers[name].prepared === wanted) return;
  await work?.(state.servers[name]);
  state.servers[name].prepared = wanted;
  writeState(state);
}

/** The process is noted before it answers: one whose `up` was interrupted is found again. */
async function launch(state, name, server) {
  const spawned = (child) => {
    child.unref();
    state.servers[name] = { ...server, pid: child.pid };
    writeState(state);
  };
  await servers[name].launch(server, { detached: true, spawned });
}

async function stop(server) {
  if (runs(server)) process.kill(server.pid, 'SIGKILL');
  for (let waited = 0; runs(server) && waited < 5000; waited += 20) await sleep(20);
  rmSync(server.folder, { recursive: true, force: true });
}

async function up() {
  installPackages();
  if (readState()?.layout !== LAYOUT) await down();
  const known = readState();
  const state = known && existsSync(join(known.folder, 'tls')) ? known : newState();
  writeState(state);
  const started = {};
  for (const [name, { needs }] of Object.entries(servers))
    started[name] = Promise.resolve(started[needs]).then(() => start(state, name));
  const outcomes = await Promise.allSettled(Object.values(started));
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason;
  const published = Object.entries(servers).map(([name, { publish }]) => publish(state, state.servers[name]));
  const all = Object.assign({}, ...published, { certificates: join(state.folder, 'tls') });
  process.stdout.write(`${JSON.stringify(all)}\n`);
}

async function down() {
  const state = readState();
  if (!state) return;
  for (const server of Object.values(state.servers)) await stop(server);
  rmSync(state.folder, { recursive: true, force: true });
  rmSync(STATE, { force: true });
}

const verb = { up, down }[process.argv[2]];
if (verb === undefined) {
  process.stderr.write('usage: npm run -s testbed -- up|down\n');
  process.exit(1);
}
try {
  await locked(verb);
  process.exit(0);
} catch (error) {
  process.stderr.write(`testbed: ${error.message}\n`);
  process.exit(1);
}
