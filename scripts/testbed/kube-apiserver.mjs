// Starts Kubernetes API servers on loopback ports, each over an etcd of its own: no kubelet, no controllers, no nodes.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binary } from './binaries.mjs';
import { issue } from './certificates.mjs';
import { kubeRequest } from './kube-request.mjs';
import { launch } from './processes.mjs';

const START_TIMEOUT = 60_000;

/** Users with a bearer token, and their groups. What else they may do is bound by RBAC (rbac.mjs). */
const TOKEN_USERS = { admin: ['system:masters'], limited: [], stranger: [], impersonator: [] };

/**
 * Writes the keys of a cluster into `<folder>/pki` and returns what `launchApiServer` needs: certificates of a private
 * authority, the key of service account tokens, and the tokens of the users by name.
 */
export function writeClusterSecrets(folder) {
  const pki = join(folder, 'pki');
  mkdirSync(pki, { recursive: true, mode: 0o700 });
  const write = (name, text) => writeFileSync(join(pki, name), text, { mode: 0o600 });
  const ca = issue({ commonName: 'testbed Kubernetes CA' });
  const names = ['localhost', '127.0.0.1'];
  const pairs = {
    ca,
    server: issue({ commonName: 'kube-apiserver', issuer: ca, names }),
    'certificate-user': issue({ commonName: 'certificate-user', issuer: ca }),
  };
  for (const [name, { certificate, key }] of Object.entries(pairs)) {
    write(`${name}.crt`, certificate);
    write(`${name}.key`, key);
  }
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  write('service-accounts.key', privateKey.export({ type: 'pkcs8', format: 'pem' }));
  write('service-accounts.pub', publicKey.export({ type: 'spki', format: 'pem' }));
  const tokens = Object.fromEntries(
    Object.keys(TOKEN_USERS).map((user) => [user, randomBytes(16).toString('hex')]),
  );
  const lines = Object.entries(TOKEN_USERS).map(
    ([user, groups]) => `${tokens[user]},${user},${user},"${groups.join(',')}"\n`,
  );
  write('tokens.csv', lines.join(''));
  return { pki, tokens };
}

function argumentsOf({ pki, port, etcd, watchCache = false, args = [] }) {
  const file = (name) => join(pki, name);
  return [
    ...[`--etcd-servers=${etcd}`, '--bind-address=127.0.0.1', `--secure-port=${port}`, `--cert-dir=${pki}`],
    ...[`--tls-cert-file=${file('server.crt')}`, `--tls-private-key-file=${file('server.key')}`],
    ...[`--client-ca-file=${file('ca.crt')}`, `--token-auth-file=${file('tokens.csv')}`],
    ...['--authorization-mode=RBAC', '--disable-admission-plugins=ServiceAccount'],
    `--service-account-key-file=${file('service-accounts.pub')}`,
    `--service-account-signing-key-file=${file('service-accounts.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    // Tests read and change what is in etcd.
    ...['--storage-media-type=application/json', `--watch-cache=${watchCache}`],
    ...['--service-cluster-ip-range=10.96.0.0/16', '--advertise-address=127.0.0.1'],
    ...['--endpoint-reconciler-type=none', '--profiling=false'],
    ...args,
  ];
}

/**
 * Starts an API server and waits until it is ready; the log goes to `<folder>/log`. `server` is
 * `{ folder, port, etcd, pki, tokens, watchCache?, args? }`: `etcd` a URL, `pki` and `tokens` of `writeClusterSecrets`;
 * `how` is that of `launch`. Returns the child process.
 */
export async function launchApiServer(server, how) {
  const ready = () =>
    kubeRequest(server, 'GET', '/readyz').then(
      ({ status }) => status === 200,
      () => false,
    );
  const program = {
    binary: await binary('kube-apiserver'),
    args: argumentsOf(server),
    env: process.env,
    folder: server.folder,
    answers: ready,
    timeout: START_TIMEOUT,
  };
  return launch(program, how);
}
