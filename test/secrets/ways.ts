import { readFileSync } from 'node:fs';
import { issue } from '../../scripts/testbed/certificates.mjs';
import { gateway } from '../../scripts/testbed/etcd.mjs';
import type { Env } from '../faults/program.ts';
import { type ApiServer, startApiServer } from '../testbed/api-server.ts';
import { type EtcdServer, startEtcd } from '../testbed/testbed.ts';
import type { Garden } from './garden.ts';
import {
  AUTHORITY,
  type Echo,
  echoingApiServer,
  echoingEtcd,
  echoingProxy,
  KUBE_ANSWERS,
  PROXY_USERS,
} from './servers.ts';
import type { Stage } from './stage.ts';

/** Every way to give calicoctl credentials, with servers that take them, refuse them, repeat them, or are not there. */

/** A way to a datastore that is given secrets. */
export interface Way {
  readonly name: string;
  readonly env: Env;
  readonly flags: readonly string[];
  /** The datastore can be reached. */
  readonly good: boolean;
}

export interface Ways {
  /** Groups by what becomes of the credentials; every command tries one of each. */
  readonly groups: Readonly<Record<string, readonly Way[]>>;
  stop(): Promise<void>;
}

interface Planting {
  readonly stage: Stage;
  readonly garden: Garden;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
/** Nobody listens there. */
const NOWHERE = '127.0.0.1:1';

/** A key and its certificate, both secrets; they are good for no server here unless told whose they are. */
function identity({ garden }: Planting, what: string, signer = issue({ commonName: 'nobody' })) {
  const { certificate, key } = issue({ commonName: 'client', issuer: signer });
  return {
    certificate: garden.keep(`certificate ${what}`, certificate),
    key: garden.keep(`key ${what}`, key),
  };
}

interface Server {
  readonly server: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'proxy-url'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
}

/** Who knows which of the API server's secrets. */
interface Known {
  readonly token: string;
  readonly certificate: string;
  readonly key: string;
}

let count = 0;

/** A kubeconfig with that user, and with others that nobody asked for. */
function kubeconfig({ stage, garden }: Planting, server: Server, user: object): string {
  const decoy = {
    token: garden.token('token of another user'),
    password: garden.password('password of another user'),
  };
  const exec = {
    apiVersion: 'v1',
    command: 'x',
    args: [garden.token('argument of a plugin')],
    env: [{ name: 'X', value: garden.token('variable of a plugin') }],
  };
  const text = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'k', cluster: server }],
    users: [
      { name: 'u', user },
      { name: 'other', user: decoy },
      { name: 'third', user: { exec } },
    ],
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    'current-context': 'c',
  });
  return stage.write(`kubeconfig-${++count}`, text);
}

type Proof = (planting: Planting, known: Known) => object;

function plugin({ stage, garden }: Planting, status: object): object {
  const answer = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status };
  const file = stage.write(`answer-${++count}`, JSON.stringify(answer));
  const command = stage.write(
    `plugin-${count}`,
    `#!/bin/sh\nread -r line < ${file}\nprintf %s "$line"\n`,
    0o755,
  );
  const env = [{ name: 'PLUGIN_PASSWORD', value: garden.password('variable of a plugin') }];
  return {
    exec: {
      apiVersion: answer.apiVersion,
      command,
      args: ['--secret', garden.token('argument of a plugin')],
      env,
      interactiveMode: 'Never',
    },
  };
}

/** Users of a kubeconfig. */
const USERS: Readonly<Record<string, Proof>> = {
  token: (_, { token }) => ({ token }),
  'token file': ({ stage }, { token }) => ({ tokenFile: stage.write(`token-${++count}`, `${token}\n`) }),
  'token of a plugin': (planting, { token }) => plugin(planting, { token }),
  'certificate of a plugin': (planting, { certificate, key }) =>
    plugin(planting, { clientCertificateData: certificate, clientKeyData: key }),
  'certificate and key': (_, { certificate, key }) => ({
    'client-certificate-data': base64(certificate),
    'client-key-data': base64(key),
  }),
  'files of certificate and key, and a token': ({ stage }, { certificate, key, token }) => ({
    'client-certificate': stage.write(`cert-${++count}`, certificate),
    'client-key': stage.write(`key-${count}`, key),
    token,
  }),
};
/** No API server of today takes it. */
const BASIC: Proof = ({ garden }) => ({ username: 'admin', password: garden.password('basic password') });

type Settings = { readonly env?: Env; readonly spec?: object };

/** A configuration file with these settings. */
function configured({ stage }: Planting, spec: object): readonly string[] {
  const text = { apiVersion: 'projectcalico.org/v3', kind: 'CalicoAPIConfig', metadata: {}, spec };
  return ['-c', stage.write(`calicoctl-${++count}.cfg`, JSON.stringify(text))];
}

function way(planting: Planting, name: string, good: boolean, { env = {}, spec }: Settings): Way {
  return { name, good, env, flags: spec === undefined ? [] : configured(planting, spec) };
}

const KUBERNETES = { DATASTORE_TYPE: 'kubernetes' };

function usersOn(
  planting: Planting,
  known: Known,
  server: Server,
  name: string,
  good: boolean,
): readonly Way[] {
  const ways = Object.entries(USERS).map(([user, proof]) => {
    const KUBECONFIG = kubeconfig(planting, server, proof(planting, known));
    return way(planting, `${user}: ${name}`, good, { env: { ...KUBERNETES, KUBECONFIG } });
  });
  const inline = readFileSync(kubeconfig(planting, server, { token: known.token }), 'utf8');
  const variables = {
    K8S_API_ENDPOINT: server.server,
    CALICO_K8SAPITOKEN: known.token,
    K8S_INSECURE_SKIP_TLS_VERIFY: 'true',
  };
  const spec = {
    datastoreType: 'kubernetes',
    k8sAPIEndpoint: server.server,
    k8sAPIToken: known.token,
    k8sInsecureSkipTLSVerify: true,
  };
  return [
    ...ways,
    way(planting, `inline kubeconfig: ${name}`, good, {
      spec: { datastoreType: 'kubernetes', kubeconfigInline: inline },
    }),
    way(planting, `token in a variable: ${name}`, good, { env: { ...KUBERNETES, ...variables } }),
    way(planting, `token in a file: ${name}`, good, { spec }),
    way(planting, `user and password: ${name}`, false, {
      env: { ...KUBERNETES, KUBECONFIG: kubeconfig(planting, server, BASIC(planting, known)) },
    }),
  ];
}

/** A token and a certificate that no server knows. */
function unknown(planting: Planting): Known {
  return { token: planting.garden.token('token'), ...identity(planting, 'of a client') };
}

function kubernetesWays(planting: Planting, kube: ApiServer, echo: Echo, proxy: Echo): Ways['groups'] {
  const { garden } = planting;
  const read = (what: string, path: string) => garden.keep(what, readFileSync(path, 'utf8'));
  const known: Known = {
    token: garden.keep('token', kube.token),
    certificate: read('certificate of a client', kube.certificate),
    key: read('key of a client', kube.key),
  };
  const real = { server: kube.url, 'certificate-authority-data': base64(readFileSync(kube.ca, 'utf8')) };
  const stranger = unknown(planting);
  const echoing = (word: string) => ({
    server: `https://127.0.0.1:${echo.port}/${word}`,
    'certificate-authority-data': base64(AUTHORITY),
  });
  return {
    'Kubernetes takes them': usersOn(planting, known, real, 'real server', true).filter(({ good }) => good),
    'Kubernetes refuses them': usersOn(planting, stranger, real, 'refused', false),
    'Kubernetes repeats them': Object.keys(KUBE_ANSWERS).flatMap((word, index, all) => {
      const ways = usersOn(planting, stranger, echoing(word), `repeated, ${word}`, false);
      // Every answer to a token, and to a password; every user some answer.
      const others = ways.filter((_, at) => at % all.length === index && at !== 0);
      return [ways[0]!, ways.at(-1)!, ...others];
    }),
    'Kubernetes is not there': usersOn(
      planting,
      known,
      { server: `https://user:${garden.token('password in a URL')}@${NOWHERE}` },
      'nowhere',
      false,
    ),
    'a proxy refuses them': proxyWays(planting, proxy, stranger),
  };
}

function proxyWays(planting: Planting, { port }: Echo, { token }: Known): readonly Way[] {
  const password = () => encodeURIComponent(planting.garden.password('password of a proxy'));
  const url = (scheme: string, user: string, at = `127.0.0.1:${port}`) =>
    `${scheme}://${user}:${password()}@${at}`;
  const through = (server: string, proxy: string) => ({
    ...KUBERNETES,
    KUBECONFIG: kubeconfig(planting, { server, 'proxy-url': proxy }, { token }),
  });
  const plain = {
    ...KUBERNETES,
    KUBECONFIG: kubeconfig(planting, { server: 'https://api.example' }, { token }),
  };
  return [
    ...PROXY_USERS.map((user) =>
      way(planting, `proxy of the kubeconfig: ${user}`, false, {
        env: through('https://api.example', url('http', user)),
      }),
    ),
    ...PROXY_USERS.map((user) =>
      way(planting, `proxy of the environment: ${user}`, false, {
        env: { ...plain, HTTPS_PROXY: url('http', user) },
      }),
    ),
    way(planting, 'SOCKS', false, { env: through('https://api.example', url('socks5', 'u')) }),
    way(planting, 'a proxy over TLS that speaks none', false, {
      env: through('https://api.example', url('https', 'u')),
    }),
    way(planting, 'a proxy that is not there', false, {
      env: through('https://api.example', url('http', 'u', NOWHERE)),
    }),
    way(planting, 'a proxy for plain HTTP', false, {
      env: through('http://api.example', url('http', 'gateway')),
    }),
    way(planting, 'a proxy of an unknown scheme', false, {
      env: through('https://api.example', url('ftp', 'u')),
    }),
    way(planting, 'a proxy that is no URL', false, {
      env: { ...plain, HTTPS_PROXY: url('http', 'u', ':x:') },
    }),
  ];
}

interface Login {
  readonly user: string;
  readonly password: string;
}

/** The user and the password by every way there is. */
function logins(
  planting: Planting,
  host: string,
  { user, password }: Login,
  name: string,
  good: boolean,
): readonly Way[] {
  const url = `http://${host}`;
  const pair = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const ETCD = { DATASTORE_TYPE: 'etcdv3' };
  const spec = { datastoreType: 'etcdv3', etcdEndpoints: url };
  return [
    way(planting, `password in a variable: ${name}`, good, {
      env: { ...ETCD, ETCD_ENDPOINTS: url, ETCD_USERNAME: user, ETCD_PASSWORD: password },
    }),
    way(planting, `password in a variable with a prefix: ${name}`, good, {
      env: {
        ...ETCD,
        CALICO_ETCD_ENDPOINTS: url,
        CALICO_ETCD_USERNAME: user,
        CALICO_ETCD_PASSWORD: password,
      },
    }),
    way(planting, `password in a file: ${name}`, good, {
      spec: { ...spec, etcdUsername: user, etcdPassword: password },
    }),
    // It is not used, as in the reference: the user is nobody to etcd.
    way(planting, `password in a URL: ${name}`, false, {
      env: { ...ETCD, ETCD_ENDPOINTS: `http://${pair}@${host}` },
    }),
    way(planting, `password in a URL in a file: ${name}`, false, {
      spec: { ...spec, etcdEndpoints: `${url},http://${pair}@${host}` },
    }),
  ];
}

interface Pair {
  readonly certificate: string;
  readonly key: string;
}

function certificates(
  planting: Planting,
  host: string,
  ca: string,
  { certificate, key }: Pair,
  name: string,
  good: boolean,
): readonly Way[] {
  const { stage } = planting;
  const url = `https://${host}`;
  const spec = { datastoreType: 'etcdv3', etcdEndpoints: url };
  const file = (what: string, text: string) => stage.write(`${what}-${++count}.pem`, text);
  return [
    way(planting, `key in the configuration: ${name}`, good, {
      spec: { ...spec, etcdCACert: ca, etcdCert: certificate, etcdKey: key },
    }),
    way(planting, `key in base64: ${name}`, false, {
      spec: { ...spec, etcdCACert: base64(ca), etcdCert: base64(certificate), etcdKey: base64(key) },
    }),
    way(planting, `files: ${name}`, good, {
      env: {
        DATASTORE_TYPE: 'etcdv3',
        ETCD_ENDPOINTS: url,
        ETCD_CA_CERT_FILE: file('ca', ca),
        ETCD_CERT_FILE: file('cert', certificate),
        ETCD_KEY_FILE: file('key', key),
      },
    }),
    way(planting, `the text where its path belongs: ${name}`, false, {
      env: { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: url, ETCD_CERT_FILE: certificate, ETCD_KEY_FILE: key },
    }),
  ];
}

async function setUpPassword(etcd: EtcdServer, { user, password }: Login): Promise<void> {
  const perm = { permType: 'READWRITE', key: base64('/calico/'), range_end: base64('/calico0') };
  for (const [path, body] of [
    ['user/add', { name: 'root', password }],
    ['user/grant', { user: 'root', role: 'root' }],
    ['role/add', { name: 'all' }],
    ['role/grant', { name: 'all', perm }],
    ['user/add', { name: user, password }],
    ['user/grant', { user, role: 'all' }],
    ['enable', {}],
  ] as const)
    await gateway(etcd, `auth/${path}`, body);
}

/** Starts all servers. */
export async function startWays(planting: Planting): Promise<Ways> {
  const { garden, stage } = planting;
  const signer = issue({ commonName: 'etcd' });
  const ca = signer.certificate;
  const server = issue({ commonName: 'server', issuer: signer, names: ['127.0.0.1'] });
  const tls = {
    cert: stage.write('etcd.crt', server.certificate),
    key: stage.write('etcd.key', server.key),
    clientCa: stage.write('etcd-ca.crt', ca),
  };
  const login = { user: 'calico', password: garden.password('password') };
  const wrong = { user: 'calico', password: garden.password('wrong password') };
  const token = garden.token('token of a log-in');
  const [kube, etcd, etcdTls, ...echoes] = await Promise.all([
    startApiServer(),
    startEtcd(),
    startEtcd({ tls }),
    echoingApiServer(),
    echoingProxy(),
    echoingEtcd(),
    echoingEtcd(token),
  ]);
  await setUpPassword(etcd, login);
  const [apiEcho, proxy, refusing, loggingIn] = echoes as [Echo, Echo, Echo, Echo];
  const at = ({ port }: { readonly port: number }) => `127.0.0.1:${port}`;
  const foreign = identity(planting, 'of a stranger');
  const stranger = { certificate: foreign.certificate, key: foreign.key };
  return {
    groups: {
      ...kubernetesWays(planting, kube, apiEcho, proxy),
      'etcd takes them': [
        ...logins(planting, at(etcd), login, 'real etcd', true),
        ...certificates(planting, at(etcdTls), ca, identity(planting, 'for etcd', signer), 'real etcd', true),
      ].filter(({ good }) => good),
      'etcd refuses them': [
        ...logins(planting, at(etcd), wrong, 'wrong', false),
        ...certificates(planting, at(etcdTls), ca, stranger, 'unknown', false),
      ],
      'etcd repeats them': [
        ...logins(planting, at(refusing), wrong, 'repeated', false),
        ...logins(planting, at(loggingIn), wrong, 'repeated after a log-in', false),
      ],
      'etcd is not there': [
        ...logins(planting, NOWHERE, login, 'nowhere', false),
        ...certificates(planting, NOWHERE, ca, stranger, 'nowhere', false),
      ],
    },
    async stop() {
      await Promise.all([kube, etcd, etcdTls, ...echoes].map((each) => each.stop()));
    },
  };
}
