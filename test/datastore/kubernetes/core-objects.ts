import { afterAll, beforeAll, beforeEach } from 'bun:test';
import { isError } from '../../../src/core/errors.ts';
import type { Change, Datastore, Query } from '../../../src/datastore/datastore.ts';
import { openEtcd } from '../../../src/datastore/etcdv3/wire/client.ts';
import type { Collection, KubeObject, Target } from '../../../src/datastore/kubernetes/api/api.ts';
import type { Resource } from '../../../src/resources/kind.ts';
import { testbed } from '../../testbed/testbed.ts';
import { type CalicoServer, SERVERS } from './environment.ts';

/** Objects of Kubernetes itself on a shared API server, all in one namespace or with one beginning of their names. */

const CORE = { group: '', version: 'v1' };

export const COLLECTIONS = {
  nodes: { ...CORE, plural: 'nodes', namespaced: false },
  namespaces: { ...CORE, plural: 'namespaces', namespaced: false },
  serviceaccounts: { ...CORE, plural: 'serviceaccounts', namespaced: true },
  pods: { ...CORE, plural: 'pods', namespaced: true },
  networkpolicies: {
    group: 'networking.k8s.io',
    version: 'v1',
    plural: 'networkpolicies',
    namespaced: true,
  },
  clusternetworkpolicies: {
    group: 'policy.networking.k8s.io',
    version: 'v1alpha2',
    plural: 'clusternetworkpolicies',
    namespaced: false,
  },
} as const satisfies Record<string, Collection>;

type Plural = keyof typeof COLLECTIONS;

/** The namespace, and the beginning of all names that have none. */
export const OURS = 'core-objects';

export interface CoreObjects {
  target(plural: Plural, name: string): Target;
  get(plural: Plural, name: string): Promise<KubeObject>;
  /** Makes an object in our namespace, with its status where it has one. */
  put(plural: Plural, object: KubeObject): Promise<KubeObject>;
  /** Writes an object as its controller would. */
  change(
    plural: Plural,
    name: string,
    change: (object: KubeObject) => KubeObject,
    status?: boolean,
  ): Promise<void>;
  /** Takes all of them away, behind the API server's back: without controllers it would only mark them. */
  clear(): Promise<void>;
  stop(): void;
}

async function coreObjects({ api }: CalicoServer): Promise<CoreObjects> {
  const etcd = openEtcd({ endpoints: [(await testbed()).kubeEtcd] });
  const target = (plural: Plural, name: string): Target => {
    const collection = COLLECTIONS[plural];
    const label = `${plural}/${name}`;
    return { collection, name, label, ...(collection.namespaced ? { namespace: OURS } : {}) };
  };
  const objects: CoreObjects = {
    target,
    get: (plural, name) => api.get(target(plural, name)),
    async put(plural, object) {
      const place = target(plural, object.metadata.name);
      const made = await api.create(place, object);
      const { status } = object;
      return status === undefined ? made : api.replace(place, { ...made, status }, 'status');
    },
    async change(plural, name, change, status = false) {
      const place = target(plural, name);
      await api.replace(place, change(await api.get(place)), status ? 'status' : undefined);
    },
    async clear() {
      const prefixes = [
        ...['minions', 'namespaces', 'policy.networking.k8s.io/clusternetworkpolicies'].map(
          (kind) => `/registry/${kind}/${OURS}`,
        ),
        ...['serviceaccounts', 'pods', 'networkpolicies'].map((kind) => `/registry/${kind}/${OURS}/`),
      ];
      for (const prefix of prefixes) await etcd.delete({ prefix });
      await untilGone(() => api.get(target('namespaces', OURS)));
    },
    stop: () => etcd.close(),
  };
  await objects.clear();
  await objects.put('namespaces', { metadata: { name: OURS, labels: { team: 'blue' } } });
  return objects;
}

async function untilGone(get: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      await get();
    } catch (error) {
      if (isError(error, 'not-found')) return;
      throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the API server does not see what etcd says');
}

/** A shared API server for the tests of a file: none of our objects on it when one begins, and a datastore over it. */
export interface CoreCluster {
  readonly server: CalicoServer;
  readonly core: CoreObjects;
  readonly store: Datastore;
  listed(query: Query): Promise<readonly Resource[]>;
  /** So many changes from now on, while some work is done. */
  changes(query: Query, count: number, work: () => Promise<unknown>): Promise<Change[]>;
}

export function coreCluster(): CoreCluster {
  const cluster = { listed, changes } as { -readonly [field in keyof CoreCluster]: CoreCluster[field] };
  beforeAll(async () => {
    cluster.server = await SERVERS['an API server with crd.projectcalico.org/v1']!();
    cluster.store = await cluster.server.open();
  });
  beforeEach(async () => {
    cluster.core?.stop();
    cluster.core = await coreObjects(cluster.server);
  });
  afterAll(async () => {
    await cluster.core.clear();
    cluster.core.stop();
    await cluster.store.close();
    await cluster.server.stop();
  });

  async function listed(query: Query): Promise<readonly Resource[]> {
    const items: Resource[] = [];
    for await (const page of cluster.store.list(query)) items.push(...page.items);
    return items;
  }

  async function changes(query: Query, count: number, work: () => Promise<unknown>): Promise<Change[]> {
    let version = '';
    for await (const page of cluster.store.list(query)) version = page.version;
    const found: Change[] = [];
    const working = work();
    for await (const change of cluster.store.watch(query, version)) if (found.push(change) === count) break;
    await working;
    return found;
  }
  return cluster;
}
