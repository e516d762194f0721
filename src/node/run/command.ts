import { shellWord } from '../../core/shell.ts';
import type { NodeSettings } from './settings.ts';

export const CONTAINER = 'calico-node';

/** How calico/node is to reach etcd. */
export interface EtcdAccess {
  readonly endpoints: string;
  readonly discoverySrv: string;
  /** Absolute paths on this machine. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

export interface ContainerRequest {
  readonly node: NodeSettings;
  readonly etcd: EtcdAccess;
  readonly image: string;
  readonly logDir: string;
  readonly felixConfig?: string;
  /** Something else starts it again and keeps it: it stays attached, and is removed when it ends. */
  readonly initSystem: boolean;
  /** Names of variables whose values the runtime takes from its own environment, where no list of processes shows them. */
  readonly inherited?: readonly string[];
}

const CERTIFICATES = {
  ca: '/etc/calico/certs/ca_cert.crt',
  key: '/etc/calico/certs/key.pem',
  cert: '/etc/calico/certs/cert.crt',
} as const;

/** What starts the container, with the names and order of the reference; variables in one order. */
export function containerCommand(program: string, request: ContainerRequest): readonly string[] {
  const { initSystem, image, inherited = [] } = request;
  return [
    ...[program, 'run', '--net=host', '--privileged', `--name=${CONTAINER}`],
    ...(initSystem ? ['--rm'] : ['-d', '--restart=always']),
    ...variables(request).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    ...inherited.flatMap((name) => ['-e', name]),
    ...volumes(request).flatMap((volume) => ['-v', volume]),
    image,
  ];
}

type Variable = readonly [name: string, value: string];

function variables({ node, etcd }: ContainerRequest): readonly Variable[] {
  const { name, backend, noDefaultPools, method, method6, as, ip, ip6 } = node;
  const pair = etcd.keyFile !== undefined && etcd.certFile !== undefined;
  const all: readonly (readonly [string, string | number | undefined])[] = [
    ['NODENAME', name],
    ['CALICO_NETWORKING_BACKEND', backend],
    ['CALICO_MANAGE_CNI', 'false'],
    ['NO_DEFAULT_POOLS', noDefaultPools ? 'true' : undefined],
    ['IP_AUTODETECTION_METHOD', method],
    ['IP6_AUTODETECTION_METHOD', method6],
    ['AS', as],
    ['IP', ip],
    ['IP6', ip6],
    ['ETCD_ENDPOINTS', etcd.endpoints],
    ['ETCD_DISCOVERY_SRV', etcd.discoverySrv],
    ['ETCD_CA_CERT_FILE', etcd.caFile === undefined ? undefined : CERTIFICATES.ca],
    ['ETCD_KEY_FILE', pair ? CERTIFICATES.key : undefined],
    ['ETCD_CERT_FILE', pair ? CERTIFICATES.cert : undefined],
  ];
  return all.flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)] as const]));
}

function volumes({ logDir, felixConfig, etcd }: ContainerRequest): readonly string[] {
  const { caFile, keyFile, certFile } = etcd;
  const pair = keyFile !== undefined && certFile !== undefined;
  return [
    `${logDir}:/var/log/calico`,
    ...['/var/run/calico', '/var/lib/calico', '/lib/modules', '/run'].map((path) => `${path}:${path}`),
    ...(felixConfig === undefined ? [] : [`${felixConfig}:/etc/calico/felix.cfg`]),
    ...(caFile === undefined ? [] : [`${caFile}:${CERTIFICATES.ca}`]),
    ...(pair ? [`${keyFile}:${CERTIFICATES.key}`, `${certFile}:${CERTIFICATES.cert}`] : []),
  ];
}

/** A command line that a shell takes apart into these words. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

/** What `--dry-run` prints. */
export function dryRunText(program: string, request: ContainerRequest): string {
  const command = shellLine(containerCommand(program, request));
  const start = `Use the following command to start the calico/node container:\n\n${command}\n\n`;
  if (request.initSystem)
    return `${start}Use the following command to stop the calico/node container:\n\n${program} stop ${CONTAINER}\n\n`;
  return `${start}If you are running calico/node in an init system, use the --init-system flag\nto display the appropriate start and stop commands.\n`;
}
