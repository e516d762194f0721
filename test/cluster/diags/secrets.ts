import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** Secrets as they occur, each of its own, remembered so that nothing shows them. */
export interface Planted {
  /** Every secret, in every form in which it was written. */
  readonly all: readonly string[];
  /** Words that stay readable beside secrets, so that redaction cannot pass by leaving out everything. */
  word(): string;
  /** A PEM key; its lines are secrets. */
  key(): string;
  /** Base64 of a secret; both are secrets. */
  encoded(): string;
  token(): string;
}

export function planted(): Planted {
  const all: string[] = [];
  const keep = (secret: string) => {
    all.push(secret);
    return secret;
  };
  // Looks like what people choose, and is found nowhere by chance.
  const word = () => keep(`Zq${randomBytes(9).toString('hex')}`);
  return {
    all,
    word,
    key() {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
      for (const line of pem.split('\n')) if (line !== '' && !line.startsWith('-----')) keep(line);
      return pem;
    },
    encoded() {
      const text = Buffer.from(word()).toString('base64');
      return keep(text);
    },
    token() {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const signature = keep(randomBytes(32).toString('base64url'));
      return `${part({ alg: 'RS256', kid: 'x' })}.${part({ sub: 'system:serviceaccount:a:b' })}.${signature}`;
    },
  };
}

/** Lines as logs have them, each with a secret. */
export function secretLines(secrets: Planted): string[] {
  const { word, key, token, encoded } = secrets;
  return [
    `2026-01-02 03:04:05.678 [INFO][1] confd/client.go 1: login password=${word()} done`,
    `2026-01-02 03:04:05.678 [INFO][1] request{"Authorization":"Bearer ${token()}"}`,
    `Authorization: Basic ${encoded()}`,
    `time="2026-01-02" level=info msg="dial" url="https://admin:${word()}@etcd.example:2379/v3"`,
    `{"level":"debug","etcdPassword":"${word()}","user":"calico"}`,
    `client_secret: ${word()}`,
    `--etcd-password ${word()} --felix-log DEBUG`,
    `AWS_SECRET_ACCESS_KEY=${word()}`,
    `token=${token()}`,
    `X-Auth-Token: ${word()}`,
    ...key().trimEnd().split('\n'),
    'the line behind is readable',
  ];
}

/** A kubeconfig with every kind of credentials. */
export function secretKubeconfig({ word, token, encoded, key }: Planted): string {
  const keyData = Buffer.from(key()).toString('base64');
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    '- name: local',
    '  cluster: {server: https://10.0.0.1:6443}',
    'users:',
    '- name: calico',
    '  user:',
    `    token: ${token()}`,
    `    password: ${word()}`,
    `    client-key-data: ${keyData}`,
    '- name: basic',
    `  user: {username: admin, password: ${encoded()}}`,
    '',
  ].join('\n');
}

/** BIRD's configuration with BGP passwords. */
export function secretBird({ word }: Planted): string {
  return [
    'router id 10.0.0.1;',
    'template bgp bgp_template { local as 64512; }',
    ...[1, 2, 3].map(
      (peer) =>
        `protocol bgp Node_10_0_0_${peer} from bgp_template { neighbor 10.0.0.${peer} as 64512; password "${word()}"; }`,
    ),
    'protocol bgp Global_10_0_0_9 from bgp_template {',
    '  neighbor 10.0.0.9 as 64512;',
    `  password "${word()}";`,
    '}',
    '',
  ].join('\n');
}

const NAMES = [
  ...['DB_PASSWORD', 'API_TOKEN', 'ACCESS_KEY', 'CLIENT_SECRET', 'ETCD_PASSWORD', 'PASSWD', 'MY_CREDENTIALS'],
  ...[
    'ENCRYPTION_KEY',
    'AUTH_TOKEN',
    'githubToken',
    'session_secret',
    'PRIVATE_KEY',
    'SMTP_PASS',
    'LICENSE_KEY',
  ],
];

/** Environment of a container: secrets by their names, URLs, and what may be seen. */
export function secretEnv({ word }: Planted): { name: string; value: string }[] {
  return [
    ...NAMES.map((name) => ({ name, value: word() })),
    { name: 'DATABASE_URL', value: `postgres://calico:${word()}@db.example:5432/x` },
    { name: 'EXTRA_ARGS', value: `--log-level=info --token=${word()} --auth-password ${word()}` },
    { name: 'FELIX_LOGSEVERITYSCREEN', value: 'info-is-readable' },
  ];
}

/** Arguments of a program. */
export function secretArgs({ word, token }: Planted): string[] {
  return [
    '--v=2',
    `--password=${word()}`,
    '--token',
    token(),
    `--basic-auth=admin:${word()}`,
    '--client-secret',
    word(),
  ];
}
