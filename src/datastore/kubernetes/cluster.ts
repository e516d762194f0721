import type { Configuration } from '../../config/configuration.ts';
import type { KubeObject, OpenCluster } from '../cluster.ts';
import type { Access } from './access/access.ts';
import { openAccess } from './access/open.ts';
import { caller, isKubeObject } from './api/caller.ts';
import { readResources } from './api/discovery.ts';
import { runInContainer } from './api/exec.ts';
import { LARGEST_PAGE, listPages, PAGE_SIZE } from './api/list.ts';
import { readLogs } from './api/logs.ts';
import { objectPath } from './api/paths.ts';
import { reviewAccess } from './api/review.ts';
import { tablePages } from './api/table.ts';
import { HttpClient, type HttpOptions } from './http/client.ts';

/** Opens the Kubernetes that the configuration names. Nothing is asked of the API server before it has to be. */
export async function openKubernetesCluster(
  configuration: Configuration,
  signal: AbortSignal,
): Promise<OpenCluster> {
  const { kubernetes, requestTimeoutMs } = configuration;
  return clusterOf(await openAccess(configuration), {
    signal,
    requestTimeoutMs,
    burst: kubernetes.clientBurst,
    ...(kubernetes.clientQps === undefined ? {} : { qps: kubernetes.clientQps }),
  });
}

/** Nothing waits longer than `requestTimeoutMs` for a sign of life, but for `exec`, which has a limit of its own. */
export function clusterOf(access: Access, options: HttpOptions): OpenCluster {
  const http = new HttpClient(access, options);
  const server = caller(http);
  return {
    server: http.name,
    async get(target) {
      const request = { method: 'GET', path: objectPath(target) } as const;
      return (await server.call({ verb: 'get', ...target }, request, isKubeObject)) as unknown as KubeObject;
    },
    list: (selection) => listPages(server, selection, PAGE_SIZE, LARGEST_PAGE),
    table: (selection) => tablePages(server, selection),
    async version() {
      const request = { method: 'GET', path: '/version' } as const;
      const isVersion = ({ gitVersion }: Record<string, unknown>) => typeof gitVersion === 'string';
      return (await server.call({ verb: 'get' }, request, isVersion)) as Record<string, string>;
    },
    resources: () => readResources(server),
    logs: (request) => readLogs(server, request, options.requestTimeoutMs),
    exec: (request) => runInContainer(server, request),
    allowed: (wanted) => reviewAccess(server, wanted),
    async close() {
      http.close();
    },
  };
}
