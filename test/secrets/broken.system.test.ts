import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { issue } from '../../scripts/testbed/certificates.mjs';
import { type Garden, garden } from './garden.ts';
import { eachOf, type Stage, stage } from './stage.ts';

/** What cannot be read is told without being repeated: not what is around the fault, nor what somebody mistook for something else. */

let place: Stage;
let plot: Garden;
beforeAll(() => {
  place = stage();
  plot = garden();
});
afterAll(() => place.remove());

const base64 = (text: string) => Buffer.from(text).toString('base64');

interface Attempt {
  readonly name: string;
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Each is expected to fail for the user to mend, and to show nothing. */
async function expectQuiet(attempts: readonly Attempt[]): Promise<void> {
  const faults: object[] = [];
  await eachOf(attempts, 4, async ({ name, words = ['get', 'node'], env = {} }) => {
    const seen = await place.run([...words, '-l', 'trace', '--request-timeout', '300ms'], {
      PATH: '/bin:/usr/bin',
      ...env,
    });
    const leaks = [...seen.shown].flatMap(([where, bytes]) =>
      plot.found(bytes).map((what) => `${where} shows ${what}`),
    );
    if (leaks.length > 0 || seen.status !== 1)
      faults.push({ name, leaks, status: seen.status, out: seen.out, err: seen.err });
  });
  expect(faults).toEqual([]);
}

let count = 0;
function kubeconfig(text: string): Readonly<Record<string, string>> {
  return { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: place.write(`k${++count}`, text) };
}

const secret = () => plot.token('token');

/** A kubeconfig whose user is that. */
function withUser(user: string): string {
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters: [{name: k, cluster: {server: "https://127.0.0.1:1"}}]',
    'contexts: [{name: c, context: {cluster: k, user: u}}]',
    'current-context: c',
    'users:',
    '- name: u',
    '  user:',
    ...user.split('\n').map((line) => `    ${line}`),
    '',
  ].join('\n');
}

describe('kubeconfigs', () => {
  const USERS: Readonly<Record<string, () => string>> = {
    'a token of two lines': () => `token: |\n  ${secret()}\n  ${secret()}`,
    'a token with characters that no header has': () => `token: "${secret()}\\u0001ü"`,
    'a token that is a list': () => `token: [${secret()}]`,
    'a token that is an object': () => `token: {${secret()}: ${secret()}}`,
    'a token without end of its quotes': () => `token: "${secret()}`,
    'a token with a colon': () => `token: ${secret()}: x: y`,
    'a token with a tab': () => `\ttoken: ${secret()}`,
    'a token as an anchor': () => `token: *${secret()}`,
    'a token with a tag': () => `token: !${secret()} x`,
    'a token twice': () => `token: ${secret()}\ntoken: ${secret()}`,
    'a token and a password': () => `token: ${secret()}\nusername: x\npassword: ${secret()}`,
    'a token where its file belongs': () => `tokenFile: ${secret()}\n'x`,
    'a key that is not base64': () => `client-key-data: "${secret()}!"\nclient-certificate-data: x`,
    'a key that is none': () =>
      `client-key-data: ${base64(secret())}\nclient-certificate-data: ${base64(secret())}`,
    'a key of somebody else': () => {
      const [one, other] = [issue({ commonName: 'a' }), issue({ commonName: 'b' })];
      const [key, certificate] = [plot.keep('key', one.key), plot.keep('certificate', other.certificate)];
      return `client-key-data: ${base64(key)}\nclient-certificate-data: ${base64(certificate)}`;
    },
    'a key without its certificate': () =>
      `client-key-data: ${base64(plot.keep('key', issue({ commonName: 'a' }).key))}`,
    'a key that was cut': () => {
      const { key, certificate } = issue({ commonName: 'a' });
      const pem = plot.keep('key', key).slice(0, -60);
      return `client-key-data: ${base64(pem)}\nclient-certificate-data: ${base64(certificate)}`;
    },
    'a provider of old': () =>
      `auth-provider: {name: oidc, config: {id-token: ${secret()}, client-secret: ${secret()}}}`,
  };
  test('with credentials that are wrong', () =>
    expectQuiet(Object.entries(USERS).map(([name, user]) => ({ name, env: kubeconfig(withUser(user())) }))));

  test('that are none, or in the wrong place', () => {
    const whole = () => withUser(`token: ${secret()}`);
    const text = JSON.stringify({ users: [{ user: { token: secret() } }] });
    return expectQuiet([
      { name: 'JSON that was cut', env: kubeconfig(text.slice(0, -4)) },
      { name: 'nothing but a token', env: kubeconfig(secret()) },
      { name: 'a list', env: kubeconfig(`- ${secret()}`) },
      { name: 'another kind', env: kubeconfig(`kind: Secret\ndata: {token: ${secret()}}`) },
      { name: 'bytes', env: kubeconfig(`\0${secret()}`) },
      { name: 'its text in the variable', env: { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: whole() } },
      {
        name: 'its base64 in the variable',
        env: { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: base64(whole()) },
      },
      {
        name: 'in the place of the configuration',
        words: ['get', 'node', '-c', place.write('cfg', whole())],
      },
    ]);
  });
});

describe('plugins', () => {
  const says = (script: string) => {
    const command = place.write(`plugin${++count}`, `#!/bin/sh\n${script}\n`, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' };
    return kubeconfig(withUser(`exec: ${JSON.stringify(exec)}`));
  };
  const answer = (status: unknown, more: object = {}) => {
    const text = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status, ...more };
    return says(`cat <<'END'\n${JSON.stringify(text)}\nEND`);
  };
  test('whose answers are wrong', () =>
    expectQuiet([
      { name: 'no JSON', env: says(`echo ${secret()}`) },
      { name: 'JSON that was cut', env: says(`printf '{"status":{"token":"${secret()}'`) },
      { name: 'a failure', env: says(`echo '{"token":"${secret()}"}'; exit 3`) },
      { name: 'another kind', env: answer({ token: secret() }, { kind: secret() }) },
      { name: 'another version', env: answer({ token: secret() }, { apiVersion: secret() }) },
      { name: 'no status', env: answer(secret()) },
      { name: 'a token that is none', env: answer({ token: [secret()] }) },
      { name: 'a token of two lines', env: answer({ token: `${secret()}\n${secret()}` }) },
      { name: 'a time that is none', env: answer({ token: secret(), expirationTimestamp: secret() }) },
      {
        name: 'a key that is none',
        env: answer({ clientKeyData: secret(), clientCertificateData: secret() }),
      },
      { name: 'half a pair', env: answer({ clientKeyData: secret() }) },
    ]));
});

test('variables and configurations', () => {
  const etcd = { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: 'http://127.0.0.1:1' };
  const password = encodeURIComponent(plot.password('password'));
  const spec = (fields: string) =>
    place.write(
      `cfg${++count}`,
      `apiVersion: projectcalico.org/v3\nkind: CalicoAPIConfig\nmetadata: {}\nspec:\n${fields}\n`,
    );
  return expectQuiet([
    { name: 'an endpoint that is none', env: { ...etcd, ETCD_ENDPOINTS: `ftp://u:${password}@127.0.0.1` } },
    {
      name: 'an endpoint with a bad port',
      env: { ...etcd, ETCD_ENDPOINTS: `https://u:${password}@127.0.0.1:x` },
    },
    {
      name: 'an API server that is none',
      env: { DATASTORE_TYPE: 'kubernetes', K8S_API_ENDPOINT: `u:${password}@x y` },
    },
    {
      name: 'a token that no header has',
      env: {
        DATASTORE_TYPE: 'kubernetes',
        K8S_API_ENDPOINT: 'https://127.0.0.1:1',
        CALICO_K8SAPITOKEN: `${secret()}\nx`,
      },
    },
    {
      name: 'a key where a file belongs',
      env: { ...etcd, ETCD_KEY_FILE: plot.keep('key', issue({ commonName: 'x' }).key) },
    },
    { name: 'a broken list', words: ['get', 'node', '-c', spec(`  etcdPassword: [${secret()}`)] },
    { name: 'an unknown field', words: ['get', 'node', '-c', spec(`  password: ${secret()}`)] },
    { name: 'a token that is a list', words: ['get', 'node', '-c', spec(`  k8sAPIToken: [${secret()}]`)] },
    {
      name: 'an inline kubeconfig that is none',
      words: ['get', 'node', '-c', spec(`  datastoreType: kubernetes\n  kubeconfigInline: "${secret()}: ["`)],
    },
    {
      name: 'an inline kubeconfig as an object',
      words: ['get', 'node', '-c', spec(`  kubeconfigInline: {users: [{user: {token: ${secret()}}}]}`)],
    },
  ]);
});
