import type { Configuration } from '../../config/configuration.ts';
import type { OpenCluster } from '../cluster.ts';
import { openAccess } from './access/open.ts';
import { openKubernetesApi } from './api/open.ts';

/** Opens the Kubernetes that the configuration names. Nothing is asked of the API server before it has to be. */
export async function openKubernetesCluster(
  configuration: Configuration,
  signal: AbortSignal,
): Promise<OpenCluster> {
  const { kubernetes, requestTimeoutMs } = configuration;
  const api = openKubernetesApi(await openAccess(configuration), {
    signal,
    requestTimeoutMs,
    burst: kubernetes.clientBurst,
    ...(kubernetes.clientQps === undefined ? {} : { qps: kubernetes.clientQps }),
  });
  return {
    get: (target) => api.get(target),
    list: (selection) => api.list(selection),
    async close() {
      api.close();
    },
  } as Partial<OpenCluster> as OpenCluster;
}
