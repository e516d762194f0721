import { Etcd3 } from 'etcd3';
import { loadConfiguration } from '../../src/config/configuration.ts';
import { isError } from '../../src/core/errors.ts';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { etcdDatastore } from '../../src/datastore/etcdv3/store.ts';
import { openEtcd } from '../../src/datastore/etcdv3/wire/client.ts';
import { openFileDatastore } from '../../src/datastore/file/open.ts';
import { openKubernetesDatastore } from '../../src/datastore/kubernetes/open.ts';
import { clear } from '../operations/stores.ts';
import { startApiServer } from '../testbed/api-server.ts';
import { startEtcd } from '../testbed/testbed.ts';
import { build, look, type Seen, smallCluster } from './ipam-cluster.ts';
import { type Env, temporaryFolder } from './program.ts';
import { kubeconfigOf, PASS, startProxy } from './proxy.ts';
import { startRelay } from './relay.ts';

/** A datastore, and a way to it on which the program can be killed at a certain request. */
export interface Scene {
  readonly store: Datastore;
  readonly env: Env;
  /** Empties the datastore and builds the cluster. */
  rebuild(): Promise<void>;
  /** Requests since then, where they can be counted. */
  requests(): number;
  /** From the next request on counts anew; kills at the given one. */
  killAt(request: number | undefined, when: 'before' | 'behind', kill: () => void): void;
  stop(): Promise<void>;
}

export const CLUSTER = smallCluster(12);

export async function onEtcd(): Promise<Scene> {
  const server = await startEtcd();
  const relay = await startRelay(server.url);
  const client = openEtcd({ endpoints: [server.url] });
  const witness = new Etcd3({ hosts: server.url });
  const store = etcdDatastore(client);
  await build(store, CLUSTER);
  const all = await witness.getAll().strings();
  return {
    store,
    env: { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: relay.url },
    async rebuild() {
      await witness.delete().all();
      const entries = Object.entries(all);
      for (let at = 0; at < entries.length; at += 100) {
        const puts = entries.slice(at, at + 100).map(([key, value]) => witness.put(key).value(value).op());
        await witness
          .if('no such key', 'Create', '==', 0)
          .then(...(await Promise.all(puts)))
          .commit();
      }
    },
    requests: relay.sent,
    killAt: (piece, when, happens) => relay.reset(piece === undefined ? undefined : { piece, when, happens }),
    async stop() {
      relay.close();
      witness.close();
      client.close();
      await server.stop();
    },
  };
}

export async function onKubernetes(): Promise<Scene> {
  const server = await startApiServer();
  let count = 0;
  let trap: { request: number; when: 'before' | 'behind'; kill: () => void } | undefined;
  const proxy = await startProxy(server, () => {
    if (++count !== trap?.request) return PASS;
    if (trap.when === 'before') {
      trap.kill();
      return { does: 'cut', when: 'before' };
    }
    setTimeout(trap.kill, 1);
    return { does: 'cut', when: 'after' };
  });
  const folder = temporaryFolder();
  const kubeconfig = folder.write('kubeconfig', kubeconfigOf(server, proxy.url, { token: server.token }));
  const env = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: server.kubeconfig };
  const store = await openKubernetesDatastore(
    await loadConfiguration({ configFile: undefined, env, cwd: '/' }),
    new AbortController().signal,
  );
  return {
    store,
    env: { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: kubeconfig },
    async rebuild() {
      await untilClear(store);
      await build(store, CLUSTER);
    },
    requests: () => count,
    killAt(request, when, kill) {
      count = 0;
      trap = request === undefined ? undefined : { request, when, kill };
    },
    async stop() {
      proxy.close();
      folder.remove();
      await store.close();
      await server.stop();
    },
  };
}

/** What was killed in the midst of a deletion is half deleted: the first to come finishes it, and finds nothing. */
async function untilClear(store: Datastore): Promise<void> {
  try {
    await clear(store);
  } catch (error) {
    if (!isError(error, 'not-found')) throw error;
    await untilClear(store);
  }
}

/** Who has what once nothing is under way any more that the program had asked for. */
export async function settled(store: Datastore): Promise<Seen> {
  for (let seen = await look(store); ; ) {
    await Bun.sleep(store.capabilities.name === 'kubernetes' ? 40 : 5);
    const again = await look(store);
    if (Bun.deepEquals(seen, again)) return again;
    seen = again;
  }
}

export async function onFolder(): Promise<Scene> {
  const folder = temporaryFolder();
  const store = await openFileDatastore({ directory: folder.path });
  return {
    store,
    env: { DATASTORE_TYPE: 'file', CALICO_FILE_DIR: folder.path },
    async rebuild() {
      await clear(store);
      await build(store, CLUSTER);
    },
    requests: () => 0,
    killAt: () => undefined,
    async stop() {
      await store.close();
      folder.remove();
    },
  };
}
