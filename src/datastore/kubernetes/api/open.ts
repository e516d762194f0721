/** The API server's verbs over HTTP. */
import { stringifyJson } from '../../../core/json.ts';
import type { Access } from '../access/access.ts';
import { HttpClient } from '../http/client.ts';
import type { HttpRequest } from '../http/request.ts';
import type { KubeVerb } from './action.ts';
import type { KubeObject, KubernetesApi, PatchType, Preconditions, Target } from './api.ts';
import { type Caller, caller, isKubeObject } from './caller.ts';
import { LARGEST_PAGE, listPages, PAGE_SIZE } from './list.ts';
import { collectionPath, objectPath, writePath } from './paths.ts';
import { watchEvents } from './watch.ts';

export interface ApiOptions {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** How long nothing at all may be heard, and how long a request is tried again; 0 for no limit. */
  readonly requestTimeoutMs: number;
  /** Requests a second; no limit where absent. */
  readonly qps?: number;
  readonly burst: number;
}

const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  'strategic-merge': 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
};

/** Opens nothing yet: the first request connects. */
export function openKubernetesApi(access: Access, options: ApiOptions): KubernetesApi {
  const http = new HttpClient(access, options);
  const server = caller(http);
  const closed = new AbortController();
  let groups: Promise<ReadonlySet<string>> | undefined;
  const call = (verb: KubeVerb, target: Target, request: HttpRequest) =>
    server.call({ verb, ...target }, request, isKubeObject) as Promise<unknown> as Promise<KubeObject>;
  return {
    get: async (target) => call('get', target, { method: 'GET', path: objectPath(target) }),
    list: (selection) => listPages(server, selection, PAGE_SIZE, LARGEST_PAGE),
    create: async (target, object) =>
      call('create', target, {
        method: 'POST',
        path: writePath(collectionPath(target.collection, target.namespace)),
        body: stringifyJson(object),
      }),
    replace: async (target, object, subresource) =>
      call('update', target, {
        method: 'PUT',
        path: writePath(objectPath(target, subresource)),
        body: stringifyJson(object),
      }),
    patch: async (target, patch, type, subresource) =>
      call('patch', target, {
        method: 'PATCH',
        path: writePath(objectPath(target, subresource)),
        body: stringifyJson(patch),
        contentType: PATCH_TYPES[type],
      }),
    delete: (target, preconditions) => remove(server, target, preconditions),
    watch: (selection, from) => watchEvents(server, selection, from, closed.signal),
    groups() {
      groups ??= readGroups(server).catch((error) => {
        groups = undefined;
        throw error;
      });
      return groups;
    },
    close() {
      closed.abort();
      http.close();
    },
  };
}

async function remove(
  server: Caller,
  target: Target,
  preconditions: Preconditions | undefined,
): Promise<KubeObject | undefined> {
  const options = { kind: 'DeleteOptions', apiVersion: 'v1', ...(preconditions && { preconditions }) };
  const said = await server.call(
    { verb: 'delete', ...target },
    { method: 'DELETE', path: objectPath(target), body: stringifyJson(options) },
    (value) => value['kind'] === 'Status' || isKubeObject(value),
  );
  return said['kind'] === 'Status' ? undefined : (said as unknown as KubeObject);
}

async function readGroups(server: Caller): Promise<ReadonlySet<string>> {
  const request = { method: 'GET', path: '/apis' } as const;
  const { groups } = await server.call({ verb: 'get' }, request, (value) => Array.isArray(value['groups']));
  return new Set((groups as readonly { readonly name?: unknown }[]).map((group) => String(group?.name)));
}
