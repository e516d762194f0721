import type { Configuration } from '../../config/configuration.ts';
import type { Datastore } from '../datastore.ts';
import { etcdDatastore } from './store.ts';
import { openEtcd } from './wire/client.ts';

/** The longest time a timer can wait, in milliseconds. */
const NO_LIMIT = 2 ** 31 - 1;

/** Opens the etcd that the configuration names; its TLS files are checked before anything is dialled. */
export async function openEtcdDatastore(
  configuration: Configuration,
  signal: AbortSignal,
): Promise<Datastore> {
  const { etcd, requestTimeoutMs } = configuration;
  const tls = await loadTls(configuration);
  const endpoints = etcd.discoverySrv === undefined ? etcd.endpoints : await discover(etcd.discoverySrv);
  const client = openEtcd({
    endpoints,
    requestTimeoutMs: requestTimeoutMs || NO_LIMIT,
    signal,
    ...etcd.credentials,
    ...(tls === undefined ? {} : { tls }),
  });
  return etcdDatastore(client);
}

async function loadTls(configuration: Configuration) {
  const { endpoints, hasTlsSettings } = configuration.etcd;
  if (!hasTlsSettings && !endpoints.some((endpoint) => endpoint.startsWith('https:'))) return undefined;
  const { loadEtcdTls } = await import('../../config/tls.ts');
  return loadEtcdTls(configuration);
}

async function discover(domain: string): Promise<readonly string[]> {
  const { discoverEndpoints } = await import('./wire/endpoints.ts');
  return discoverEndpoints(domain);
}
