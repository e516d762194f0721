import type { RequestListener } from 'node:http';
import { CalicoctlError } from '../../../../src/core/errors.ts';
import type { Access } from '../../../../src/datastore/kubernetes/access/access.ts';
import type {
  Collection,
  KubeObject,
  KubernetesApi,
  Target,
} from '../../../../src/datastore/kubernetes/api/api.ts';
import { openKubernetesApi } from '../../../../src/datastore/kubernetes/api/open.ts';
import { accessTo, serve, type TestServer } from '../http/servers.ts';

export const CONFIG_MAPS: Collection = { group: '', version: 'v1', plural: 'configmaps', namespaced: true };
export const POOLS: Collection = {
  group: 'crd.projectcalico.org',
  version: 'v1',
  plural: 'ippools',
  namespaced: false,
};

export function configMap(name: string, namespace = 'default'): Target {
  return { collection: CONFIG_MAPS, namespace, name, label: `ConfigMap(${namespace}/${name})` };
}

export function pool(name: string): Target {
  return { collection: POOLS, name, label: `IPPool(${name})` };
}

/** An object of a name and version. */
export function object(name: string, resourceVersion = '1', more: Record<string, unknown> = {}): KubeObject {
  return { metadata: { name, resourceVersion }, ...more };
}

/** An object that was never stored. */
export function fresh(name: string, more: Record<string, unknown> = {}): KubeObject {
  return { metadata: { name }, ...more };
}

export interface FakeApi extends AsyncDisposable {
  readonly api: KubernetesApi;
  readonly server: TestServer;
  readonly stop: AbortController;
}

/** The API over a small server of the test's own. */
export async function fakeApi(
  handler: RequestListener,
  { access = {}, requestTimeoutMs = 2000 }: { access?: Partial<Access>; requestTimeoutMs?: number } = {},
): Promise<FakeApi> {
  const server = await serve(handler);
  const stop = new AbortController();
  const api = openKubernetesApi(accessTo(server.url, access), {
    signal: stop.signal,
    requestTimeoutMs,
    burst: 100,
  });
  return {
    ...{ api, server, stop },
    async [Symbol.asyncDispose]() {
      api.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The error that a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<CalicoctlError> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    if (error instanceof CalicoctlError) return error;
    throw error;
  }
  throw new Error(`no error, but ${JSON.stringify(value)}`);
}

/** The first of many. */
export async function first<T>(many: AsyncIterable<T>): Promise<T> {
  for await (const one of many) return one;
  throw new Error('there is none');
}
