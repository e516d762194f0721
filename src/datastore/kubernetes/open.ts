import type { Configuration } from '../../config/configuration.ts';
import { isError } from '../../core/errors.ts';
import type { Datastore } from '../datastore.ts';
import { openAccess } from './access/open.ts';
import type { KubernetesApi } from './api/api.ts';
import { openKubernetesApi } from './api/open.ts';
import type { CalicoGroup } from './backing.ts';
import { kubernetesDatastore } from './store.ts';

/** Opens the Kubernetes that the configuration names. Nothing is asked of the API server before it has to be. */
export async function openKubernetesDatastore(
  configuration: Configuration,
  signal: AbortSignal,
): Promise<Datastore> {
  const { kubernetes, requestTimeoutMs } = configuration;
  const api = openKubernetesApi(await openAccess(configuration), {
    signal,
    requestTimeoutMs,
    burst: kubernetes.clientBurst,
    ...(kubernetes.clientQps === undefined ? {} : { qps: kubernetes.clientQps }),
  });
  return kubernetesDatastore(api, {
    group: once(() => calicoGroup(api, kubernetes.calicoApiGroup)),
    usePodCidr: kubernetes.usePodCidr,
  });
}

/**
 * The group of Calico's custom resources, found as the reference finds it: the setting, or else v3 where that is served
 * and v1 is not. A server that does not tell is taken for v1, but not one that cannot be reached: in the group that is
 * wrong nothing would be found, and the next request fails anyhow.
 */
export async function calicoGroup(
  api: Pick<KubernetesApi, 'groups'>,
  setting: string | undefined,
): Promise<CalicoGroup> {
  if (setting !== undefined) {
    return setting.toLowerCase() === 'projectcalico.org/v3'
      ? 'projectcalico.org/v3'
      : 'crd.projectcalico.org/v1';
  }
  try {
    const groups = await api.groups();
    const isNative = groups.has('projectcalico.org') && !groups.has('crd.projectcalico.org');
    return isNative ? 'projectcalico.org/v3' : 'crd.projectcalico.org/v1';
  } catch (error) {
    if (isError(error, 'unavailable', 'timeout', 'cancelled', 'configuration')) throw error;
    return 'crd.projectcalico.org/v1';
  }
}

/** Asks once; asks again only where asking failed. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask().catch((error: unknown) => {
      answer = undefined;
      throw error;
    });
    return answer;
  };
}
