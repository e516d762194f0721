import { loadConfiguration } from '../../src/config/configuration.ts';
import { isError } from '../../src/core/errors.ts';
import type { KubeObject, OpenCluster } from '../../src/datastore/cluster.ts';
import { openAccess } from '../../src/datastore/kubernetes/access/open.ts';
import type { Collection, Target } from '../../src/datastore/kubernetes/api/api.ts';
import { openKubernetesApi } from '../../src/datastore/kubernetes/api/open.ts';
import { clusterOf } from '../../src/datastore/kubernetes/cluster.ts';
import type { Kubelet } from './kubelet.ts';

/** A pod as tests tell of one; its containers are called by `containers`, and each runs since a minute unless told else. */
export interface ScenePod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly containers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Beside what follows from the above. */
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** Objects on an API server for others to look at. */
export interface Scene {
  /** Puts an object there, in the place of what is there, with its status where it has one. Core kinds by default. */
  put(plural: string, object: KubeObject, collection?: Partial<Collection>): Promise<KubeObject>;
  /** A Ready node with that kubelet. */
  node(name: string, kubelet: Kubelet, more?: Partial<KubeObject>): Promise<void>;
  pod(pod: ScenePod): Promise<void>;
  namespace(name: string): Promise<void>;
  /** Takes a node or a pod away. */
  remove(plural: 'nodes' | 'pods', name: string, namespace?: string): Promise<void>;
  close(): void;
}

const CLUSTER_WIDE = new Set(['nodes', 'namespaces', 'persistentvolumes']);

export async function openScene(kubeconfig: string): Promise<Scene> {
  const api = openKubernetesApi(await accessOf(kubeconfig), {
    signal: new AbortController().signal,
    requestTimeoutMs: 20_000,
    burst: 100,
  });
  const scene: Scene = {
    async put(plural, object, more = {}) {
      const namespaced = object.metadata.namespace !== undefined && !CLUSTER_WIDE.has(plural);
      const collection: Collection = { group: '', version: 'v1', plural, namespaced, ...more };
      const { name, namespace } = object.metadata;
      const target: Target = {
        collection,
        name,
        label: `${plural}/${name}`,
        ...(collection.namespaced && namespace !== undefined && { namespace }),
      };
      const made = await createOrReplace(api, target, object);
      const { status } = object;
      if (status === undefined) return made;
      return api.replace(target, { ...made, status }, 'status').catch((error) => {
        // The kind has no status of its own.
        if (isError(error, 'not-supported', 'not-found')) return made;
        throw error;
      });
    },
    async node(name, kubelet, more = {}) {
      const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }];
      const status = { conditions, ...kubelet.nodeStatus, ...(more['status'] as object | undefined) };
      const metadata = { ...more.metadata, name };
      await scene.put('nodes', { apiVersion: 'v1', kind: 'Node', ...more, metadata, status });
    },
    async pod(pod) {
      await scene.put('pods', podObject(pod));
    },
    async namespace(name) {
      await scene.put('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    },
    async remove(plural, name, namespace) {
      const collection: Collection = { group: '', version: 'v1', plural, namespaced: plural === 'pods' };
      const target = {
        collection,
        name,
        label: `${plural}/${name}`,
        ...(namespace !== undefined && { namespace }),
      };
      await api.delete(target).catch((error) => {
        if (!isError(error, 'not-found')) throw error;
      });
    },
    close: () => api.close(),
  };
  return scene;
}

/** The cluster as commands see it. */
export async function sceneCluster(
  kubeconfig: string,
  options: { readonly requestTimeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<OpenCluster> {
  const { requestTimeoutMs = 10_000, signal = new AbortController().signal } = options;
  return clusterOf(await accessOf(kubeconfig), { signal, requestTimeoutMs, burst: 100 });
}

async function accessOf(kubeconfig: string) {
  const env = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: kubeconfig };
  const given = { configFile: undefined, context: undefined, env, cwd: '/' };
  return openAccess(await loadConfiguration({ ...given, emptyPathIsDefault: true } as never));
}

async function createOrReplace(
  api: ReturnType<typeof openKubernetesApi>,
  target: Target,
  object: KubeObject,
): Promise<KubeObject> {
  try {
    return await api.create(target, object);
  } catch (error) {
    if (!isError(error, 'already-exists')) throw error;
    const { resourceVersion } = (await api.get(target)).metadata;
    return api.replace(target, {
      ...object,
      metadata: { ...object.metadata, resourceVersion },
    } as KubeObject);
  }
}

function podObject(pod: ScenePod): KubeObject {
  const { namespace, name, node, containers = ['main'], labels = {}, annotations = {} } = pod;
  const since = new Date(Date.now() - 60_000).toISOString();
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, labels, annotations },
    spec: {
      nodeName: node,
      // Gone as soon as it is deleted.
      terminationGracePeriodSeconds: 0,
      containers: containers.map((container) => ({ name: container, image: `example.org/${container}:v1` })),
      ...pod.spec,
    },
    status: {
      phase: 'Running',
      containerStatuses: containers.map((container) => ({
        name: container,
        ready: true,
        restartCount: 0,
        image: `example.org/${container}:v1`,
        imageID: '',
        state: { running: { startedAt: since } },
      })),
      ...pod.status,
    },
  };
}
