import type { Configuration } from '../../config/configuration.ts';
import type { Datastore } from '../datastore.ts';
import { etcdDatastore } from './store.ts';
import { openEtcd } from './wire/client.ts';

/** Opens the etcd that the configuration names; its TLS files are checked before anything is dialled. */
export async function openEtcdDatastore(
  configuration: Configuration,
  signal: AbortSignal,
): Promise<Datastore> {
  const { etcd, requestTimeoutMs } = configuration;
  const tls = await loadTls(configuration);
  const endpoints =
    etcd.discoverySrv === undefined ? etcd.endpoints : await discover(etcd.discoverySrv, etcd.hasTlsSettings);
  const client = openEtcd({
    endpoints,
    requestTimeoutMs,
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

async function discover(domain: string, tls: boolean): Promise<readonly string[]> {
  const { discoverEndpoints } = await import('./wire/discover.ts');
  return discoverEndpoints(domain, tls);
}
