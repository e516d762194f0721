import { readFileSync } from 'node:fs';
import { plain, SYSTEM } from '../../scripts/bench/cluster-model.ts';
import { writeEntries } from '../../scripts/bench/etcd-entries.ts';
import type { Entry } from '../../scripts/bench/ipam-model.ts';
import { type Health, healthOf } from '../../src/cluster/health/health.ts';
import { readFacts } from '../../src/cluster/health/read.ts';
import { loadConfiguration } from '../../src/config/configuration.ts';
import { clusterSettings } from '../../src/config/other-cluster.ts';
import { openEtcd } from '../../src/datastore/etcdv3/wire/client.ts';
import { openCluster, openDatastore } from '../../src/datastore/open.ts';
import { type ApiServer, startApiServer } from '../testbed/api-server.ts';

/** A real API server over a planted cluster. */
export interface Scene {
  readonly server: ApiServer;
  /** Puts entries there, runs `work`, and brings back what was there before. */
  during<T>(planted: readonly Planted[], work: () => Promise<T>): Promise<T>;
  /** The health that a user with that environment sees. */
  health(env?: Readonly<Record<string, string>>): Promise<Health>;
  stop(): Promise<void>;
}

/** An entry to put; with null in the place of its value one to take away. */
export type Planted = Entry | readonly [key: string, value: null];

/** Takes an object away. */
export const without = (path: string, ...names: readonly string[]): Planted => [
  ['/registry', path, ...names].join('/'),
  null,
];

export const systemPod = (object: Readonly<Record<string, unknown>>): Entry => plain('pods', object);
export const noSystem = (path: string, name: string): Planted => without(path, SYSTEM, name);

export async function openScene(entries: Iterable<Entry>): Promise<Scene> {
  const server = await startApiServer();
  await writeEntries(server.etcdUrl, entries);
  const client = openEtcd({ endpoints: [server.etcdUrl] });
  const put = ([key, value]: Planted) =>
    client.txn({
      compare: [],
      success: [value === null ? { op: 'delete', key } : { op: 'put', key, value }],
    });
  const stored = async (key: string): Promise<Planted> => {
    const { kv } = await client.get(key);
    return kv === undefined ? [key, null] : [key, new TextDecoder().decode(kv.value)];
  };
  return {
    server,
    async during(planted, work) {
      const before = await Promise.all(planted.map(([key]) => stored(key)));
      try {
        await Promise.all(planted.map(put));
        return await work();
      } finally {
        await Promise.all(before.map(put));
      }
    },
    health: (env = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: server.kubeconfig }) => healthSeen(env),
    async stop() {
      client.close();
      await server.stop();
    },
  };
}

async function healthSeen(env: Readonly<Record<string, string>>): Promise<Health> {
  const configuration = await loadConfiguration({ configFile: undefined, env, cwd: '/' });
  const { signal } = new AbortController();
  const open: { close(): Promise<void> }[] = [];
  const kept = <T extends { close(): Promise<void> }>(opened: T) => {
    open.push(opened);
    return opened;
  };
  try {
    return healthOf(
      await readFacts({
        store: async () => kept(await openDatastore(configuration, signal)),
        cluster: async () => kept(await openCluster(clusterSettings(configuration, undefined, env), signal)),
      }),
    );
  } finally {
    await Promise.all(open.map((each) => each.close()));
  }
}

/** Defines a kind whose objects may have any fields, as the operator's are here. */
export async function defineKind(
  server: ApiServer,
  group: string,
  plural: string,
  kind: string,
): Promise<void> {
  const definition = {
    ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
    metadata: { name: `${plural}.${group}` },
    spec: {
      ...{ group, scope: 'Cluster', names: { kind, plural, singular: kind.toLowerCase() } },
      versions: [
        {
          ...{ name: 'v1', served: true, storage: true },
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
  await ask(server, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  const deadline = Date.now() + 20_000;
  while ((await ask(server, `/apis/${group}/v1/${plural}`)).status !== 200) {
    if (Date.now() > deadline) throw new Error(`${plural}.${group} is not served`);
    await Bun.sleep(50);
  }
}

/** A request to the API server as its admin. */
export function ask(server: ApiServer, path: string, body?: object): Promise<Response> {
  return fetch(`${server.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    tls: { ca: readFileSync(server.ca, 'utf8') },
  });
}
