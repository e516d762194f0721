import { loadConfiguration } from '../../../src/config/configuration.ts';
import { isError } from '../../../src/core/errors.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { type EtcdClient, openEtcd } from '../../../src/datastore/etcdv3/wire/client.ts';
import { openAccess } from '../../../src/datastore/kubernetes/access/open.ts';
import type { KubernetesApi } from '../../../src/datastore/kubernetes/api/api.ts';
import { openKubernetesApi } from '../../../src/datastore/kubernetes/api/open.ts';
import type { CalicoGroup } from '../../../src/datastore/kubernetes/backing.ts';
import { collectionOf } from '../../../src/datastore/kubernetes/objects/collections.ts';
import { openKubernetesDatastore } from '../../../src/datastore/kubernetes/open.ts';
import type { Ref } from '../../../src/resources/kind.ts';
import { testbed } from '../../testbed/testbed.ts';
import type { Environment, Need } from '../contract/contract.ts';

/** What API servers lack by nature. */
export const KUBERNETES_LACKS: readonly Need[] = [
  'unknown fields',
  'identity',
  'nodes',
  'capitals',
  'unsigned numbers',
];

/** One of the shared API servers. Calico's objects on it are ours while a test file runs; other objects are not. */
export interface CalicoServer {
  readonly group: CalicoGroup;
  /** What points a command line to it. */
  readonly env: Readonly<Record<string, string>>;
  readonly api: KubernetesApi;
  /** Another client of its datastore. */
  open(): Promise<Datastore>;
  /** Removes all objects of Calico. */
  clear(): Promise<void>;
  /** Puts a text where the API server keeps an object, behind its back. */
  plant(ref: Ref, text: string): Promise<void>;
  /** What the API server keeps of an object, as it is in its etcd. */
  stored(ref: Ref): Promise<Record<string, unknown> | undefined>;
  stop(): Promise<void>;
}

export const SERVERS: Readonly<Record<string, () => Promise<CalicoServer>>> = {
  'an API server with crd.projectcalico.org/v1': async () => {
    const { kubeconfig, kubeEtcd } = await testbed();
    return connect('crd.projectcalico.org/v1', kubeconfig, kubeEtcd);
  },
  'an API server with projectcalico.org/v3': async () => {
    const { kubeconfigV3, kubeV3Etcd } = await testbed();
    return connect('projectcalico.org/v3', kubeconfigV3, kubeV3Etcd);
  },
};

/** Namespaces that the contract's objects lie in. */
const NAMESPACES = ['dev', 'prod', 'web', 'a', 'b', 'ab', 'a-b'];

async function connect(group: CalicoGroup, kubeconfig: string, etcdUrl: string): Promise<CalicoServer> {
  const env = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: kubeconfig };
  const { signal } = new AbortController();
  const configuration = await loadConfiguration({ configFile: undefined, env, cwd: '/' });
  const api = openKubernetesApi(await openAccess(configuration), {
    signal,
    requestTimeoutMs: 30_000,
    burst: 100,
  });
  const etcd = openEtcd({ endpoints: [etcdUrl] });
  await Promise.all(NAMESPACES.map((name) => ensureNamespace(api, name)));
  const keyOf = ({ kind, namespace, name }: Ref) => {
    const { plural } = collectionOf(kind, group);
    return `${prefixOf(group)}${plural}/${namespace === undefined ? '' : `${namespace}/`}${name}`;
  };
  return {
    ...{ group, env, api },
    open: () => openKubernetesDatastore(configuration, signal),
    clear: async () => void (await etcd.delete({ prefix: prefixOf(group) })),
    plant: async (ref, text) => void (await etcd.put(keyOf(ref), text)),
    stored: (ref) => storedAt(etcd, keyOf(ref)),
    async stop() {
      etcd.close();
      api.close();
    },
  };
}

function prefixOf(group: CalicoGroup): string {
  return `/registry/${group.split('/')[0]}/`;
}

async function storedAt(etcd: EtcdClient, key: string): Promise<Record<string, unknown> | undefined> {
  const { kv } = await etcd.get(key);
  return kv === undefined ? undefined : JSON.parse(new TextDecoder().decode(kv.value));
}

async function ensureNamespace(api: KubernetesApi, name: string): Promise<void> {
  const collection = { group: '', version: 'v1', plural: 'namespaces', namespaced: false };
  try {
    await api.create({ collection, name, label: `Namespace(${name})` }, { metadata: { name } });
  } catch (error) {
    if (!isError(error, 'already-exists')) throw error;
  }
}

/** A custom resource that no API server would take, and no reader understands. */
export function brokenObject({ kind, namespace, name }: Ref, group: CalicoGroup): string {
  return JSON.stringify({
    apiVersion: group,
    kind: kind.kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: '00000000-0000-4000-8000-00000000dead',
      creationTimestamp: '2026-01-31T12:00:00Z',
      annotations: { 'projectcalico.org/metadata': 'kind: [' },
    },
    spec: { nets: 'no list' },
  });
}

/** An empty datastore on the server; one at a time. */
export async function openKubernetesEnvironment(server: CalicoServer): Promise<Environment> {
  await server.clear();
  const stores: Datastore[] = [];
  const open = async (): Promise<Datastore> => {
    const store = await server.open();
    stores.push(store);
    return store;
  };
  return {
    store: await open(),
    reopen: open,
    plantBroken: (ref) => server.plant(ref, brokenObject(ref, server.group)),
    // Two pages and a bit.
    longList: 1100,
    async cleanup() {
      for (const store of stores) await store.close();
      await server.clear();
    },
  };
}
