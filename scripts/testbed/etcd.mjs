// Starts one-member etcd servers on loopback ports.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { binary } from './binaries.mjs';
import { etcdBinary } from './etcd-binary.mjs';
import { launch } from './processes.mjs';

export { freePort } from './processes.mjs';

const START_TIMEOUT = 20_000;

const optionalFlags = new Map();

/** Tests do not outlive a power cut: newer servers can leave out fsync. */
function flagsOf(path) {
  if (!optionalFlags.has(path)) {
    const { stdout, stderr } = spawnSync(path, ['--help'], { encoding: 'utf8' });
    const known = `${stdout}${stderr}`.includes('unsafe-no-fsync');
    optionalFlags.set(path, known ? ['--unsafe-no-fsync'] : []);
  }
  return optionalFlags.get(path);
}

/** etcd takes ETCD_* of its surroundings as options; those meant for calicoctl would break it. */
function cleanEnv() {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith('ETCD_'));
  // etcd 3.4 starts on ARM only when told so.
  const arm = process.arch === 'arm64' ? { ETCD_UNSUPPORTED_ARCH: 'arm64' } : {};
  return { ...Object.fromEntries(entries), ...arm };
}

function argumentsOf({ folder, port, peerPort, tls, args = [] }) {
  const client = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  return [
    ...['--name', 'testbed', '--data-dir', join(folder, 'data'), '--initial-cluster', `testbed=${peer}`],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
    ...['--heartbeat-interval', '20', '--election-timeout', '200', '--logger', 'zap', '--log-level', 'error'],
    ...(tls ? ['--cert-file', tls.cert, '--key-file', tls.key] : []),
    ...(tls?.clientCa ? ['--client-cert-auth', '--trusted-ca-file', tls.clientCa] : []),
    ...args,
  ];
}

/** Building takes longer than unpacking, and machines without apt-get have to. */
async function anyEtcd() {
  try {
    return etcdBinary();
  } catch (error) {
    return binary('etcd').catch(({ message }) => {
      throw new Error(`${error.message}; building it failed too: ${message}`);
    });
  }
}

/**
 * Starts etcd and waits until it answers; the log goes to `<folder>/log`. `server` is
 * `{ folder, port, peerPort, tls?: { cert, key, clientCa? }, args?, durable?, recent? }`, paths throughout; `recent` asks
 * for one that API servers work with. `how` is that of `launch`. Returns
 * the child process.
 */
export async function launchEtcd(server, how) {
  const path = server.recent ? await binary('etcd') : await anyEtcd();
  const program = {
    binary: path,
    args: [...argumentsOf(server), ...(server.durable ? [] : flagsOf(path))],
    env: cleanEnv(),
    folder: server.folder,
    answers: () => healthy(server),
    timeout: START_TIMEOUT,
  };
  return launch(program, how);
}

/** True once the member has a leader. The certificate is not looked at: some servers have a wrong one on purpose. */
function healthy({ port, tls }) {
  const request = tls ? httpsRequest : httpRequest;
  const secure = tls && {
    rejectUnauthorized: false,
    cert: readFileSync(tls.cert),
    key: readFileSync(tls.key),
  };
  return new Promise((done) => {
    const call = request(
      { host: '127.0.0.1', port, path: '/health', agent: false, timeout: 2000, ...secure },
      (answer) => {
        answer.resume();
        answer.on('end', () => done(answer.statusCode === 200));
      },
    );
    call.on('timeout', () => call.destroy());
    call.on('error', () => done(false));
    call.end();
  });
}

/** POSTs to etcd's JSON gateway; used to set passwords up without a client of our own. Throws with what etcd said. */
export function gateway({ port, tls }, path, body, token) {
  const text = JSON.stringify(body);
  const options = {
    ...{ host: '127.0.0.1', port, path: `/v3/${path}`, method: 'POST', agent: false },
    ...(tls && { rejectUnauthorized: false }),
    headers: { 'content-type': 'application/json', ...(token && { authorization: token }) },
  };
  return new Promise((done, fail) => {
    const call = (tls ? httpsRequest : httpRequest)(options, async (answer) => {
      let reply = '';
      for await (const chunk of answer) reply += chunk;
      if (answer.statusCode === 200) done(JSON.parse(reply));
      else fail(new Error(`${path}: ${answer.statusCode} ${reply}`));
    });
    call.on('error', fail);
    call.end(text);
  });
}
