import { CalicoctlError, isError } from '../core/errors.ts';
import type { Cluster } from '../datastore/cluster.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Context } from './command.ts';
import type { Options } from './options.ts';

export const servicesOption = {
  kubeconfig: {
    type: 'text',
    value: 'FILE',
    doc: 'Cluster to ask for services where the datastore is not Kubernetes (default: KUBECONFIG).',
  },
} as const satisfies Options;

export const clusterOption = {
  kubeconfig: {
    type: 'text',
    value: 'FILE',
    doc: 'Kubernetes to ask where the datastore is another (default: KUBECONFIG, then ~/.kube/config).',
  },
} as const satisfies Options;

interface Given {
  readonly config: string | undefined;
  readonly kubeconfig: string | undefined;
}

/** Opens, once, what has the services of the cluster; undefined where that is neither the datastore nor named. */
export function servicesOf(
  context: Context,
  store: Datastore,
  { config, kubeconfig }: Given,
): (() => Promise<Datastore>) | undefined {
  if (store.capabilities.name === 'kubernetes') return async () => store;
  const cluster = kubeconfig || context.io.env['KUBECONFIG'];
  if (!cluster) return undefined;
  let opened: Promise<Datastore> | undefined;
  return () => (opened ??= context.datastore({ config, access: 'read', kubeconfig: cluster }));
}

/**
 * Opens the Kubernetes around Calico. That a kubeconfig that was named cannot be used is a fault of its own (`input`); that
 * none is named, or found, is nobody's (`configuration`).
 */
export async function clusterAround(context: Context, given: Given): Promise<Cluster> {
  try {
    return await context.cluster(given);
  } catch (error) {
    const isNamed = given.kubeconfig || context.io.env['KUBECONFIG'];
    if (!isNamed || !isError(error, 'configuration')) throw error;
    throw new CalicoctlError('input', error.message, error.details);
  }
}
