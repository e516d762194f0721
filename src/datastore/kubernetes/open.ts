import { type Configuration, checkKubeconfig } from '../../config/configuration.ts';
import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../datastore.ts';

/** The Kubernetes datastore is not built yet: settings are checked, then the user is told so. */
export async function openKubernetesDatastore(configuration: Configuration): Promise<Datastore> {
  await checkKubeconfig(configuration);
  throw new CalicoctlError('not-supported', 'the kubernetes datastore is not supported by this build yet', {
    hint: 'Set DATASTORE_TYPE=etcdv3 with ETCD_ENDPOINTS, or DATASTORE_TYPE=file with CALICO_FILE_DIR.',
  });
}
