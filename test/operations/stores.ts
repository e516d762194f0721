import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '../../src/config/configuration.ts';
import { isError } from '../../src/core/errors.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { etcdDatastore } from '../../src/datastore/etcdv3/store.ts';
import { type EtcdClient, openEtcd } from '../../src/datastore/etcdv3/wire/client.ts';
import { openFileDatastore } from '../../src/datastore/file/open.ts';
import { openKubernetesDatastore } from '../../src/datastore/kubernetes/open.ts';
import { API_VERSION, type Ref, type Resource } from '../../src/resources/kind.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { startApiServer } from '../testbed/api-server.ts';
import { startEtcd } from '../testbed/testbed.ts';

/** An empty datastore and how to be rid of it. */
export interface OpenStore {
  readonly store: Datastore;
  /** Makes a node without labels. */
  readonly node: (name: string) => Promise<unknown>;
  /** Of Kubernetes: makes an object of its own at a path such as `/api/v1/namespaces/default/pods`. */
  readonly post?: (path: string, object: object) => Promise<Response>;
  /** Of Kubernetes: asks the API server itself for anything. */
  readonly ask?: (
    path: string,
    init?: { readonly method: string; readonly body: string },
  ) => Promise<Response>;
  readonly stop: () => Promise<void>;
}

/** A server of its own, since Calico's keys cannot be anybody's own; and a client to look at the bytes. */
export async function etcdStore(): Promise<OpenStore & { readonly client: EtcdClient }> {
  const server = await startEtcd();
  const client = openEtcd({ endpoints: [server.url] });
  const store = etcdDatastore(client);
  return {
    client,
    store,
    node: (name) => put(store, 'Node', name, {}),
    async stop() {
      client.close();
      await server.stop();
    },
  };
}

export async function fileStore(): Promise<OpenStore> {
  const directory = mkdtempSync(join(tmpdir(), 'calicoctl-operations-'));
  const store = await openFileDatastore({ directory });
  return {
    store,
    node: (name) => put(store, 'Node', name, {}),
    async stop() {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** An API server of its own with Calico's kinds in crd.projectcalico.org, or in projectcalico.org; takes seconds. */
export async function kubernetesStore(mode: 'v1' | 'v3' = 'v1'): Promise<OpenStore> {
  const server = await startApiServer({ mode });
  const env = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: server.kubeconfig };
  const configuration = await loadConfiguration({ configFile: undefined, env, cwd: '/' });
  const store = await openKubernetesDatastore(configuration, new AbortController().signal);
  const ask = (path: string, init: { readonly method: string; readonly body?: string } = { method: 'GET' }) =>
    fetch(`${server.url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      tls: { ca: readFileSync(server.ca, 'utf8') },
    });
  const post = (path: string, object: object) => ask(path, { method: 'POST', body: JSON.stringify(object) });
  return {
    store,
    post,
    ask,
    node: (name) => post('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } }),
    async stop() {
      await store.close();
      await server.stop();
    },
  };
}

export async function ref(kind: string, name: string, namespace?: string): Promise<Ref> {
  return { kind: await kindOf(kind), name, ...(namespace === undefined ? {} : { namespace }) };
}

export async function put(
  store: Datastore,
  kind: string,
  name: string,
  spec: object,
  namespace?: string,
): Promise<Resource> {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  const resource = { apiVersion: API_VERSION, kind, metadata, spec: spec as JsonObject };
  return store.create(await ref(kind, name, namespace), resource);
}

/** The spec of an object, undefined where there is none. */
export async function specOf(store: Datastore, kind: string, name: string): Promise<JsonObject | undefined> {
  try {
    return (await store.get(await ref(kind, name))).spec;
  } catch (error) {
    if (isError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** `Kind/name` of everything of these kinds. */
export async function namesOf(store: Datastore, ...kinds: readonly string[]): Promise<readonly string[]> {
  const names: string[] = [];
  for (const kind of kinds)
    for await (const page of store.list({ kind: await kindOf(kind) }))
      names.push(...page.items.map((item) => `${kind}/${item.metadata.name}`));
  return names;
}

/** What they write but Kubernetes does not let us delete. */
const KUBERNETES_OWN = ['Node', 'WorkloadEndpoint'];

/** The kinds that tests of address management write. */
const TESTED = [
  ...['IPPool', 'IPAMBlock', 'IPAMHandle', 'BlockAffinity', 'IPAMConfig', 'Node', 'WorkloadEndpoint'],
  ...['BGPPeer', 'FelixConfiguration', 'BGPConfiguration', 'HostEndpoint', 'ClusterInformation', 'Tier'],
];

export async function clear(store: Datastore): Promise<void> {
  const isKubernetes = store.capabilities.name === 'kubernetes';
  for (const name of TESTED.filter((each) => !(isKubernetes && KUBERNETES_OWN.includes(each)))) {
    const kind = await kindOf(name);
    for await (const page of store.list({ kind }))
      for (const { metadata } of page.items)
        await store.delete(await ref(name, metadata.name, metadata.namespace));
  }
}

/** The datastore with something else happening just before one of its methods runs for the n-th time. */
export function interrupted(
  store: Datastore,
  method: 'get' | 'update' | 'delete',
  happens: (call: number, ref: Ref) => Promise<void>,
): Datastore {
  let call = 0;
  const original = store[method] as (ref: Ref, ...rest: readonly unknown[]) => Promise<Resource>;
  return {
    ...store,
    async [method](ref: Ref, ...rest: readonly unknown[]) {
      await happens(++call, ref);
      return original(ref, ...rest);
    },
  };
}

/** A block of `size` addresses, with the given ones in use by handles (`undefined`: without handle). */
export function blockSpec(
  cidr: string,
  size: number,
  used: Readonly<Record<number, string | undefined>>,
  more: object = {},
): JsonObject {
  const taken = Object.keys(used).map(Number);
  const handles = [...new Set(Object.values(used))];
  const ordinals = Array.from({ length: size }, (_, ordinal) => ordinal);
  const isTaken = (ordinal: number) => taken.includes(ordinal);
  return {
    cidr,
    affinity: 'host:worker-1',
    allocations: ordinals.map((ordinal) => (isTaken(ordinal) ? handles.indexOf(used[ordinal]) : null)),
    unallocated: ordinals.filter((ordinal) => !isTaken(ordinal)),
    attributes: handles.map((handle) => (handle === undefined ? {} : { handle_id: handle })),
    sequenceNumber: 1_800_000_000_000_000_001n,
    sequenceNumberForAllocation: Object.fromEntries(taken.map((ordinal) => [ordinal, 7])),
    deleted: false,
    ...more,
  };
}
