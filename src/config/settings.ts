/** What a setting holds. `path` is text that names a file or folder, relative to the working folder. */
export type SettingType = 'text' | 'path' | 'boolean' | 'number' | 'integer' | 'milliseconds' | 'list';

/** How much of a value must never be shown: all of it, or the `user:password@` of the URLs in it. */
export type Secrecy = 'all' | 'userinfo';

/** One setting: what it is called in a file and in the environment, and what it is for. */
export interface SettingDefinition {
  /** Name below `spec` in a configuration file; also the name used in errors and in `config view`. */
  readonly field: string;
  readonly type: SettingType;
  /** Variables that carry it; the first that is set, even to nothing, wins. */
  readonly environment: readonly string[];
  readonly doc: string;
  readonly secret?: Secrecy;
  /**
   * `connection` settings come from the file or, without one, from the environment. `process` settings always come
   * from the environment, `flag` settings only from the command line; neither may stand in a file.
   */
  readonly scope: 'connection' | 'process' | 'flag';
  readonly default?: string | number | boolean;
}

type Extra = Pick<SettingDefinition, 'secret' | 'scope' | 'default'>;

function define<const F extends string, const T extends SettingType>(
  field: F,
  type: T,
  environment: readonly string[],
  doc: string,
  extra: Partial<Extra> = {},
): SettingDefinition & { readonly field: F; readonly type: T } {
  return { field, type, environment, doc, scope: 'connection', ...extra };
}

/** Every name is also read with the prefix CALICO_, and that form wins. */
function env(name: string): readonly string[] {
  return [`CALICO_${name}`, name];
}

/** Every setting there is, in the order in which `config view` shows them. */
export const SETTINGS = [
  define('datastoreType', 'text', env('DATASTORE_TYPE'), 'Where resources live: etcdv3, kubernetes or file.'),

  define('etcdEndpoints', 'text', env('ETCD_ENDPOINTS'), 'URLs of the etcd members, separated by commas.', {
    secret: 'userinfo',
  }),
  define(
    'etcdDiscoverySrv',
    'text',
    env('ETCD_DISCOVERY_SRV'),
    'DNS domain whose SRV records (service etcd-client) name the etcd members.',
  ),
  define('etcdUsername', 'text', env('ETCD_USERNAME'), 'User for etcd; used together with a password only.'),
  define('etcdPassword', 'text', env('ETCD_PASSWORD'), 'Password for etcd; used together with a user only.', {
    secret: 'all',
  }),
  define('etcdKeyFile', 'path', env('ETCD_KEY_FILE'), 'File with the private key shown to etcd, in PEM.'),
  define('etcdCertFile', 'path', env('ETCD_CERT_FILE'), 'File with the certificate shown to etcd, in PEM.'),
  define('etcdCACertFile', 'path', env('ETCD_CA_CERT_FILE'), 'File with the CA of the etcd servers, in PEM.'),
  define('etcdKey', 'text', [], 'Private key shown to etcd, as PEM text.', { secret: 'all' }),
  define('etcdCert', 'text', [], 'Certificate shown to etcd, as PEM text.', { secret: 'all' }),
  define('etcdCACert', 'text', [], 'CA of the etcd servers, as PEM text.', { secret: 'all' }),

  define('kubeconfig', 'path', env('KUBECONFIG'), 'Kubeconfig file, or a list of them that is merged.'),
  define('kubeconfigInline', 'text', [], 'Kubeconfig as text; replaces all other Kubernetes addresses.', {
    secret: 'all',
  }),
  define('k8sAPIEndpoint', 'text', env('K8S_API_ENDPOINT'), 'URL of the Kubernetes API server.', {
    secret: 'userinfo',
  }),
  define('k8sKeyFile', 'path', env('K8S_KEY_FILE'), 'File with the private key shown to Kubernetes.'),
  define('k8sCertFile', 'path', env('K8S_CERT_FILE'), 'File with the certificate shown to Kubernetes.'),
  define('k8sCAFile', 'path', env('K8S_CA_FILE'), 'File with the CA of the Kubernetes API server.'),
  // The reference's declaration of this one is misspelt: no other variable was ever read for it.
  define('k8sAPIToken', 'text', ['CALICO_K8SAPITOKEN'], 'Bearer token for Kubernetes.', { secret: 'all' }),
  define(
    'k8sInsecureSkipTLSVerify',
    'boolean',
    env('K8S_INSECURE_SKIP_TLS_VERIFY'),
    'Take any certificate from the Kubernetes API server.',
    { default: false },
  ),
  define(
    'k8sDisableNodePoll',
    'boolean',
    env('K8S_DISABLE_NODE_POLL'),
    'Read by other Calico components; kept so that files can be shared with them.',
    { default: false },
  ),
  define(
    'usePodCIDR',
    'boolean',
    env('USE_POD_CIDR'),
    'Addresses come from host-local IPAM, not Calico IPAM.',
    {
      default: false,
    },
  ),
  define(
    'k8sClientQPS',
    'number',
    env('K8S_CLIENT_QPS'),
    'Requests a second to Kubernetes (also --qps); 0 for no limit.',
  ),
  define(
    'k8sClientBurst',
    'integer',
    env('K8S_CLIENT_BURST'),
    'Requests to Kubernetes before the limit bites.',
    {
      default: 100,
    },
  ),
  define(
    'k8sCurrentContext',
    'text',
    env('K8S_CURRENT_CONTEXT'),
    'Context of the kubeconfig (also --context).',
  ),
  define(
    'calicoAPIGroup',
    'text',
    env('CALICO_API_GROUP'),
    'API group of Calico resources in Kubernetes; found out when not set.',
  ),

  define('impersonateUser', 'text', [], 'User to act for in Kubernetes (--as).', { scope: 'flag' }),
  define('impersonateGroups', 'list', [], 'Groups to act for in Kubernetes (--as-group).', { scope: 'flag' }),
  define('impersonateUid', 'text', [], 'UID to act for in Kubernetes (--as-uid).', { scope: 'flag' }),

  // Without the prefix the name would be far too common to be taken from a stranger's environment.
  define(
    'fileDir',
    'path',
    ['CALICO_FILE_DIR'],
    'Folder that holds the resources where datastoreType is file.',
  ),

  define('tlsMinVersion', 'text', ['TLS_MIN_VERSION'], 'Oldest TLS version to accept: 1.2 or 1.3.', {
    scope: 'process',
    default: '1.2',
  }),
  define(
    'tlsCipherSuites',
    'text',
    ['TLS_CIPHER_SUITES'],
    'TLS cipher suites to offer, by their IANA names, separated by commas.',
    { scope: 'process' },
  ),
  define(
    'requestTimeout',
    'milliseconds',
    [],
    'Longest wait for one answer (--request-timeout); 0 for no limit.',
    {
      scope: 'flag',
      default: 10_000,
    },
  ),
] as const;

type Definition = (typeof SETTINGS)[number];

/** The field name of a setting. */
export type SettingName = Definition['field'];

interface ValueTypes {
  text: string;
  path: string;
  boolean: boolean;
  number: number;
  integer: number;
  milliseconds: number;
  list: readonly string[];
}

/** The type of a setting's value. */
export type SettingValue<N extends SettingName = SettingName> = ValueTypes[Extract<
  Definition,
  { field: N }
>['type']];

const BY_NAME: ReadonlyMap<string, SettingDefinition> = new Map(SETTINGS.map((each) => [each.field, each]));

/** The declaration of a setting. */
export function settingNamed(name: SettingName): SettingDefinition {
  return BY_NAME.get(name)!;
}
