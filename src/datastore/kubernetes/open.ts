import type { Configuration } from '../../config/configuration.ts';
import type { Datastore } from '../datastore.ts';
import { openAccess } from './access/open.ts';
import { openKubernetesApi } from './api/open.ts';
import { discoverGroup } from './group.ts';
import { kubernetesDatastore } from './store.ts';

/** Opens the Kubernetes that the configuration names. Nothing is asked of the API server before it has to be. */
export async function openKubernetesDatastore(
  configuration: Configuration,
  signal: AbortSignal,
): Promise<Datastore> {
  const { kubernetes, requestTimeoutMs } = configuration;
  const server = openKubernetesApi(await openAccess(configuration), {
    signal,
    requestTimeoutMs,
    burst: kubernetes.clientBurst,
    ...(kubernetes.clientQps === undefined ? {} : { qps: kubernetes.clientQps }),
  });
  const { api, group } = discoverGroup(server, kubernetes.calicoApiGroup);
  return kubernetesDatastore(api, { group, usePodCidr: kubernetes.usePodCidr });
}
