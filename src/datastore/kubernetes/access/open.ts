import type { Configuration } from '../../../config/configuration.ts';
import { CalicoctlError } from '../../../core/errors.ts';
import type { Access, Credentials } from './access.ts';
import { type Choice, chooseContext, noContext } from './choice.ts';
import {
  type Cluster,
  checkTrust,
  clusterOf,
  NO_CLUSTER,
  overlaidCluster,
  type Server,
  serverOf,
} from './cluster.ts';
import { basic, bearer, fixedProof, type Proof, tokenFileProof } from './credentials.ts';
import { type Kubeconfig, readKubeconfigs } from './kubeconfig.ts';
import { authorityOf, checkDates, identityOf } from './material.ts';
import { impersonationOf, type Overrides, overridesOf } from './overrides.ts';
import { proxyFor } from './proxy.ts';
import { NO_USER, overlaidUser, type User, userOf } from './user.ts';

/** What tests replace. */
export interface AccessOptions {
  /** The folder of a pod's service account. */
  readonly serviceAccount?: string;
  /** Whether a person sits at standard input, whom a plugin may ask. */
  readonly interactive?: boolean;
  readonly now?: () => number;
}

/** Everything that decides about access, from wherever it came. */
interface Gathered {
  readonly cluster: Cluster;
  readonly user: User;
  readonly origin: string;
  readonly namespace?: string | undefined;
}

/**
 * Finds the API server and how to prove oneself to it: the kubeconfig's context with the K8S_* settings laid over it,
 * or else the service account of the pod. Files are read and checked here; no network is used and no plugin is run.
 * @throws CalicoctlError `configuration`, naming the file, entry, variable or flag at fault, never a secret
 */
export async function openAccess(configuration: Configuration, options: AccessOptions = {}): Promise<Access> {
  const { cluster, user, origin, namespace } = await gather(configuration, options);
  checkTrust(cluster);
  const server = serverOf(cluster);
  const proxy = proxyFor(server.url, cluster.proxy, configuration.env);
  const impersonation = impersonationOf(configuration, user);
  const ca = await authorityOf(cluster.ca);
  const proof = await proofOf(configuration, { cluster, user, server, ca, proxy }, options);
  return {
    server: server.url,
    insecure: cluster.insecure?.value ?? false,
    origin,
    ...(ca === undefined ? {} : { ca }),
    ...(cluster.serverName === undefined ? {} : { serverName: cluster.serverName }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(impersonation === undefined ? {} : { impersonation }),
    ...(namespace === undefined ? {} : { namespace }),
    ...proof,
  };
}

async function gather(configuration: Configuration, options: AccessOptions): Promise<Gathered> {
  const overrides = overridesOf(configuration);
  const kubeconfig = await readKubeconfigs(configuration);
  const choice = kubeconfig && chooseContext(kubeconfig, overrides.context);
  if (kubeconfig === undefined && overrides.context !== undefined) {
    throw noKubeconfigFor(overrides.context.name);
  }
  const cluster = overlaidCluster(
    choice?.cluster ? clusterOf(choice.cluster) : NO_CLUSTER,
    overrides.cluster,
  );
  if (cluster.server === undefined) return fromPod(configuration, options, { kubeconfig, choice });
  const user = overlaidUser(choice?.user ? userOf(choice.user) : NO_USER, overrides.user);
  const isProven = overrides.user.token !== undefined || overrides.user.certificate !== undefined;
  if (choice?.missing.user !== undefined && !isProven) throw choice.missing.user;
  const context = choice && `context ${JSON.stringify(choice.name)} of ${choice.file}`;
  return { cluster, user, origin: originOf(overrides, context), namespace: choice?.namespace };
}

/** Errors send users there: what lies over a kubeconfig must not be looked for in it. */
function originOf({ cluster, user }: Overrides, below: string | undefined): string {
  const given = [cluster.server, cluster.ca, user.token, user.certificate];
  const names = given.flatMap((each) => (each === undefined ? [] : [each.name])).join(', ');
  return names === '' ? below! : below === undefined ? names : `${names} over ${below}`;
}

/** Where nothing names a server the pod's account does. The K8S_* settings lie over it as over a kubeconfig. */
async function fromPod(
  configuration: Configuration,
  options: AccessOptions,
  found: { readonly kubeconfig: Kubeconfig | undefined; readonly choice: Choice | undefined },
): Promise<Gathered> {
  if (found.choice !== undefined) throw noServer(found.choice);
  const { findServiceAccount } = await import('./in-cluster.ts');
  const account = await findServiceAccount(configuration.env, options.serviceAccount);
  if (account === undefined || account === 'no-token') {
    if (found.kubeconfig !== undefined) {
      throw noContext(
        found.kubeconfig,
        configuration.kubernetes.kubeconfigPaths.join(', ') || 'in kubeconfigInline',
      );
    }
    throw account === 'no-token' ? noToken() : nothingSaid();
  }
  const overrides = overridesOf(configuration);
  const ca = account.caFile && ({ ...account.caFile, is: 'file' } as const);
  return {
    cluster: overlaidCluster({ ...NO_CLUSTER, server: account.server, ca }, overrides.cluster),
    user: overlaidUser({ ...NO_USER, tokenFile: account.tokenFile }, overrides.user),
    origin: originOf(overrides, "the pod's service account"),
  };
}

interface Known {
  readonly cluster: Cluster;
  readonly user: User;
  readonly server: Server;
  readonly ca: string | undefined;
  readonly proxy: URL | undefined;
}

async function proofOf({ env }: Configuration, known: Known, options: AccessOptions): Promise<Proof> {
  const { server } = known;
  // As with client-go: what only the server may see goes over no connection that others can read.
  const user = server.url.protocol === 'http:' ? NO_USER : known.user;
  const now = options.now ?? Date.now;
  const identity = await identityOf(user.certificate, user.key);
  const certificate: Pick<Credentials, 'certificate'> = identity ? { certificate: identity } : {};
  if (user.tokenFile !== undefined) {
    return tokenFileProof(user.tokenFile, certificate, { fallback: user.token, now });
  }
  const userinfo = user.basic ?? server.userinfo;
  const authorization = user.token ? bearer(user.token) : userinfo && basic(userinfo);
  if (authorization !== undefined) return fixedProof({ ...certificate, authorization });
  if (identity !== undefined) {
    checkDates(user.certificate!, identity, new Date(now()));
    return fixedProof(certificate);
  }
  // As with client-go: credentials that are given outright are used, and the plugin is not run for others.
  if (user.exec === undefined) return fixedProof({});
  const { pluginProof } = await import('./exec.ts');
  const { interactive } = options;
  return pluginProof(user.exec, {
    env,
    cluster: pluginCluster(known),
    now,
    ...(interactive === undefined ? {} : { interactive }),
  });
}

function pluginCluster({ cluster, server, ca, proxy }: Known) {
  return {
    server: server.url.href.replace(/\/$/, ''),
    ...(cluster.serverName === undefined ? {} : { 'tls-server-name': cluster.serverName }),
    ...(cluster.insecure?.value ? { 'insecure-skip-tls-verify': true } : {}),
    ...(ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
    ...(cluster.proxy === undefined || proxy === undefined ? {} : { 'proxy-url': cluster.proxy.value }),
    ...(cluster.pluginConfig === undefined ? {} : { config: cluster.pluginConfig }),
  };
}

function noServer(choice: Choice): CalicoctlError {
  if (choice.missing.cluster !== undefined) return choice.missing.cluster;
  const what =
    choice.cluster === undefined
      ? 'names no cluster'
      : `leads to ${choice.cluster.label}, which has no server`;
  const message = `context ${JSON.stringify(choice.name)} of ${choice.file} ${what}`;
  return new CalicoctlError('configuration', message, {
    hint: 'Write the address of the API server into the cluster, or set K8S_API_ENDPOINT.',
  });
}

function noKubeconfigFor(name: string): CalicoctlError {
  return new CalicoctlError(
    'configuration',
    `${name} names a context, but there is no kubeconfig to look for it`,
    {
      hint: 'Set KUBECONFIG to the file that has it.',
    },
  );
}

const OTHERS =
  'another datastore is chosen with DATASTORE_TYPE=etcdv3 and ETCD_ENDPOINTS, or DATASTORE_TYPE=file and CALICO_FILE_DIR.';

function nothingSaid(): CalicoctlError {
  return new CalicoctlError('configuration', 'nothing says where the Kubernetes API server is', {
    hint: `Set KUBECONFIG, or K8S_API_ENDPOINT with CALICO_K8SAPITOKEN, or run in a pod that has a service account; ${OTHERS}`,
  });
}

function noToken(): CalicoctlError {
  return new CalicoctlError('configuration', 'this pod has no token of a service account', {
    hint: `Take automountServiceAccountToken: false off the pod or its account, or set KUBECONFIG or K8S_API_ENDPOINT; ${OTHERS}`,
  });
}
