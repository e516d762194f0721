import { loadConfiguration } from '../../src/config/configuration.ts';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { openDatastore } from '../../src/datastore/open.ts';
import { startApiServer } from '../testbed/api-server.ts';
import { startEtcd } from '../testbed/testbed.ts';
import { type Env, temporaryFolder } from './program.ts';

/** A datastore that a program works on, and a look at it beside the program. */
export interface VictimStore {
  readonly env: Env;
  readonly store: Datastore;
  stop(): Promise<void>;
}

/** `etcd`, `Kubernetes` or `a folder`, with a server of its own. */
export async function openVictimStore(name: string): Promise<VictimStore> {
  const { env, stop } = await serverOf(name);
  const configuration = await loadConfiguration({ configFile: undefined, env, cwd: '/' });
  const store = await openDatastore(configuration, new AbortController().signal);
  return {
    env,
    store,
    async stop() {
      await store.close();
      await stop();
    },
  };
}

async function serverOf(name: string): Promise<{ readonly env: Env; readonly stop: () => unknown }> {
  if (name === 'a folder') {
    const folder = temporaryFolder();
    return {
      env: { DATASTORE_TYPE: 'file', CALICO_FILE_DIR: `${folder.path}/store` },
      stop: () => folder.remove(),
    };
  }
  if (name === 'Kubernetes') {
    const server = await startApiServer();
    return {
      env: { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: server.kubeconfig },
      stop: () => server.stop(),
    };
  }
  const server = await startEtcd();
  return { env: { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: server.url }, stop: () => server.stop() };
}
