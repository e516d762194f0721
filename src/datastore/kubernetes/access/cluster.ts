import { type CalicoctlError, formatValue } from '../../../core/errors.ts';
import { type Fields, fieldsOf, flagIn, itemsIn, plainValue, textIn } from './fields.ts';
import { fault, type Given } from './given.ts';
import { type Material, materialIn } from './material.ts';

/** Where a cluster is and how it is trusted, as given. */
export interface Cluster {
  readonly server: Given | undefined;
  readonly ca: Material | undefined;
  readonly insecure: Given<boolean> | undefined;
  readonly serverName: string | undefined;
  readonly proxy: Given | undefined;
  /** What the cluster's entry has for credential plugins, as JSON. */
  readonly pluginConfig: unknown;
}

export const NO_CLUSTER: Cluster = {
  server: undefined,
  ca: undefined,
  insecure: undefined,
  serverName: undefined,
  proxy: undefined,
  pluginConfig: undefined,
};

/** The cluster of a kubeconfig's entry. */
export function clusterOf(fields: Fields): Cluster {
  return {
    server: textIn(fields, 'server'),
    ca: materialIn(fields, 'certificate-authority'),
    insecure: flagIn(fields, 'insecure-skip-tls-verify'),
    serverName: textIn(fields, 'tls-server-name')?.value,
    proxy: textIn(fields, 'proxy-url'),
    pluginConfig: pluginConfigOf(fields),
  };
}

function pluginConfigOf(fields: Fields): unknown {
  for (const item of itemsIn(fields, 'extensions')) {
    const extension = fieldsOf(fields.source, item, `${fields.label}: an item of extensions`);
    if (textIn(extension, 'name')?.value !== 'client.authentication.k8s.io/exec') continue;
    const value = extension.values.get('extension');
    return value && plainValue(value);
  }
  return undefined;
}

/**
 * Single values laid over a cluster, as by client-go. What is said of trust replaces all that the cluster's entry says
 * of it, and the name in the certificate of its server is not that of another.
 */
export function overlaidCluster(
  cluster: Cluster,
  over: Pick<Cluster, 'server' | 'ca' | 'insecure'>,
): Cluster {
  const trust = over.ca !== undefined || over.insecure?.value ? over : cluster;
  return {
    ...cluster,
    server: over.server ?? cluster.server,
    serverName: over.server === undefined ? cluster.serverName : undefined,
    ca: trust.ca,
    insecure: trust.insecure,
  };
}

/** Refuses to trust everybody and somebody at once, as client-go does. */
export function checkTrust({ ca, insecure }: Cluster): void {
  if (!insecure?.value || ca === undefined) return;
  const hint = `Take one of them away: with the first the server's certificate is not looked at, so that no authority is needed.`;
  throw fault(insecure, `and ${ca.name} contradict each other`, { hint });
}

/** A server's address, and the user and password that it may hold. */
export interface Server {
  readonly url: URL;
  readonly userinfo?: { readonly username: string; readonly password: string };
}

/** Reads an address as client-go does: without a scheme it is https where anything is said of TLS. */
export function serverOf({ server, ca, insecure, serverName }: Cluster): Server {
  const given = server!;
  const secure = ca !== undefined || insecure?.value || serverName !== undefined;
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(given.value);
  const url = parsed(hasScheme ? given.value : `${secure ? 'https' : 'http'}://${given.value}`);
  // The value may hold a password wherever it is malformed, so it is not shown then.
  if (url === undefined || url.hostname === '') throw notAnAddress(given, 'is not a URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw notAnAddress(given, `has the scheme ${formatValue(url.protocol.slice(0, -1))}`);
  }
  if (url.search !== '') throw notAnAddress(given, 'has a query');
  const [username, password] = [url.username, url.password].map(unescaped) as [string, string];
  url.username = '';
  url.password = '';
  url.hash = '';
  return { url, ...(username === '' && password === '' ? {} : { userinfo: { username, password } }) };
}

/** A lone percent sign stands for itself. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function notAnAddress(given: Given, message: string): CalicoctlError {
  return fault(given, `${message}; it must be as https://host:port`);
}
