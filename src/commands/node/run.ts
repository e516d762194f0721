import { resolve } from 'node:path';
import { CalicoctlError, formatError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { type Context, defineCommand } from '../../kit/command.ts';
import { configOption } from '../../kit/options.ts';
import { type ContainerRequest, dryRunText, type EtcdAccess } from '../../node/run/command.ts';
import { installedProgram, programNamed } from '../../node/run/runtime.ts';
import { checkFlags, FIRST_FOUND } from '../../node/run/settings.ts';
import { startNode } from '../../node/run/start.ts';

type Configuration = Awaited<ReturnType<Context['configuration']>>;
type Etcd = EtcdAccess & { readonly credentials?: { readonly username: string; readonly password: string } };

/** How etcd is reached, from the configuration; what cannot be handed on is told. */
async function etcdOf(context: Context, config: string | undefined): Promise<Etcd> {
  const settings = await context.configuration(config).catch((error: unknown) => {
    throw new CalicoctlError(
      'configuration',
      `error executing command: invalid config file: ${formatError(error)}`,
    );
  });
  if (settings.datastoreType !== 'etcdv3')
    throw new CalicoctlError(
      'configuration',
      'error executing command: unsupported backend specified in config',
      {
        hint: `\`node run\` starts nodes that use etcd, and the datastore is ${settings.datastoreType}. In Kubernetes, calico/node runs in a DaemonSet.`,
      },
    );
  if (['etcdCACert', 'etcdCert', 'etcdKey'].some((name) => textOf(settings, name) !== undefined))
    context.warn(
      'Certificates and keys that stand in the configuration itself are not handed to calico/node: use files.',
    );
  const { endpoints, discoverySrv = '', credentials } = settings.etcd;
  const file = (name: string) => {
    const path = textOf(settings, name);
    return path === undefined ? undefined : resolve(settings.cwd, path);
  };
  const files = {
    caFile: file('etcdCACertFile'),
    certFile: file('etcdCertFile'),
    keyFile: file('etcdKeyFile'),
  };
  return {
    endpoints: endpoints.join(','),
    discoverySrv,
    ...(credentials === undefined ? {} : { credentials }),
    ...Object.fromEntries(Object.entries(files).filter(([, path]) => path !== undefined)),
  };
}

function textOf({ settings }: Configuration, name: string): string | undefined {
  const value = (settings as ReadonlyMap<string, { readonly value: unknown }>).get(name)?.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const PASSWORD_NOTE =
  'The command does not hold the user name and password of etcd. Export ETCD_USERNAME and ETCD_PASSWORD, and add -e ETCD_USERNAME -e ETCD_PASSWORD.';

async function start(
  context: Context,
  runtime: string | undefined,
  container: ContainerRequest,
  credentials: Etcd['credentials'],
): Promise<void> {
  const { io } = context;
  const host = await context.host();
  const write = (text: string) => context.show({ type: 'text', text });
  await startNode(host, {
    program: installedProgram(host, runtime, context.warn),
    container,
    credentials,
    prepare: !io.env['CALICO_CTL_CONTAINER'],
    signal: io.signal,
    print: { write, say: (line) => write(`${line}\n`), note: context.warn },
  });
}

export default defineCommand({
  summary: 'Run calico/node in a container on this machine.',
  description:
    "Loads modules, switches forwarding on, raises the limit of connections, removes the container calico-node if there is one, starts it anew, and prints its log until it says that it has started. `--dry-run` prints the command and does nothing.\n\nFor nodes that use etcd and no Kubernetes. The user name and password of etcd reach the container through the environment of the runtime, never on a command line.\n\nRoot is needed for the modules and settings of the kernel only; whoever may use the container runtime may start the container. containerd is spoken to through nerdctl, since containerd's own ctr neither restarts containers nor keeps their logs.",
  examples: [
    'node run --dry-run',
    'node run --ip 192.0.2.11 --as 64512',
    'node run --runtime podman --node-image quay.io/calico/node:v3.32.0',
    'node run --init-system --dry-run',
  ],
  args: {},
  options: {
    ip: { type: 'text', value: 'ADDRESS', doc: 'IPv4 address of the node, or autodetect.' },
    ip6: { type: 'text', value: 'ADDRESS', doc: 'IPv6 address of the node, or autodetect.' },
    as: { type: 'text', value: 'NUMBER', doc: "AS number of the node (default: the cluster's)." },
    name: { type: 'text', value: 'NAME', doc: 'Name of the node (default: the host name in lower case).' },
    ipAutodetectionMethod: {
      type: 'text',
      value: 'METHOD',
      default: FIRST_FOUND,
      doc: 'How the IPv4 address is found: first-found, can-reach=HOST, interface=REGEX or skip-interface=REGEX,….',
    },
    ip6AutodetectionMethod: {
      type: 'text',
      value: 'METHOD',
      default: FIRST_FOUND,
      doc: 'How the IPv6 address is found, likewise.',
    },
    backend: { type: 'text', value: 'NAME', default: 'bird', doc: 'Who distributes routes: bird, or none.' },
    nodeImage: {
      type: 'text',
      value: 'IMAGE',
      default: 'quay.io/calico/node:latest',
      doc: 'Image of calico/node.',
    },
    logDir: {
      type: 'text',
      value: 'FOLDER',
      default: '/var/log/calico',
      doc: 'Where Calico writes its logs.',
    },
    felixConfig: { type: 'text', value: 'FILE', doc: 'Configuration of Felix for the container.' },
    noDefaultIppools: { type: 'flag', doc: 'Make no default IP pools.' },
    initSystem: { type: 'flag', doc: 'For an init system: stay attached, and leave restarting to it.' },
    dryrun: { type: 'flag', doc: 'Print the command, and do nothing.' },
    dryRun: { type: 'flag', doc: 'The same.' },
    runtime: {
      type: 'text',
      value: 'NAME',
      doc: 'docker, podman, nerdctl or containerd (default: docker, else one that is installed).',
    },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const { hostname } = await context.host();
    const node = await checkFlags(
      {
        ip: input.ip,
        ip6: input.ip6,
        as: input.as,
        name: input.name,
        ipAutodetectionMethod: input.ipAutodetectionMethod,
        ip6AutodetectionMethod: input.ip6AutodetectionMethod,
        backend: input.backend,
        noDefaultIppools: input.noDefaultIppools,
      },
      hostname,
    );
    const program = programNamed(input.runtime ?? 'docker');
    const { credentials, ...etcd } = await etcdOf(context, input.config);
    const container: ContainerRequest = {
      node,
      etcd,
      image: input.nodeImage,
      logDir: input.logDir,
      initSystem: input.initSystem,
      ...(input.felixConfig ? { felixConfig: input.felixConfig } : {}),
    };
    if (input.dryrun || input.dryRun) {
      if (credentials !== undefined) context.warn(PASSWORD_NOTE);
      return { type: 'text', text: dryRunText(program, container) };
    }
    await start(context, input.runtime, container, credentials);
    return { type: 'text', text: '' };
  },
});
