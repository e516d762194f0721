import type { Configuration } from '../config/configuration.ts';
import type { OpenCluster } from './cluster.ts';
import type { Datastore } from './datastore.ts';
import { withoutForeignKinds } from './foreign.ts';

/** Opens the datastore that the configuration names, loading its backend and no other. */
export async function openDatastore(configuration: Configuration, signal: AbortSignal): Promise<Datastore> {
  switch (configuration.datastoreType) {
    case 'etcdv3': {
      const { openEtcdDatastore } = await import('./etcdv3/open.ts');
      return withoutForeignKinds(await openEtcdDatastore(configuration, signal));
    }
    case 'file': {
      const { openFileDatastore } = await import('./file/open.ts');
      return withoutForeignKinds(
        await openFileDatastore({ directory: configuration.file.directory, signal }),
      );
    }
    case 'kubernetes': {
      const { openKubernetesDatastore } = await import('./kubernetes/open.ts');
      return openKubernetesDatastore(configuration, signal);
    }
  }
}

/** Opens the Kubernetes that the configuration names. */
export async function openCluster(configuration: Configuration, signal: AbortSignal): Promise<OpenCluster> {
  const { openKubernetesCluster } = await import('./kubernetes/cluster.ts');
  return openKubernetesCluster(configuration, signal);
}
