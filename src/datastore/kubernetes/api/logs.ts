/** Logs of containers, as the kubelet sends them through the API server. */
import { CalicoctlError } from '../../../core/errors.ts';
import type { Container, LogRequest } from '../../cluster.ts';
import { HttpFailure, toldFailure } from '../http/failure.ts';
import type { Action } from './action.ts';
import type { Collection } from './api.ts';
import type { Caller } from './caller.ts';
import { objectPath } from './paths.ts';
import { relayedRefusal } from './relayed.ts';

const PODS: Collection = { group: '', version: 'v1', plural: 'pods', namespaced: true };

/** What errors call a container. */
export function containerLabel({ namespace, pod, container }: Container): string {
  return `container ${container} of Pod(${namespace}/${pod})`;
}

/** Path of a subresource of a pod, with its query; values may be repeated. */
export function podPath(
  { namespace, pod, container }: Container,
  subresource: 'log' | 'exec',
  query: readonly (readonly [name: string, value: string | number | boolean | undefined])[],
): string {
  const path = objectPath(
    { collection: PODS, namespace, name: pod, label: `Pod(${namespace}/${pod})` },
    subresource,
  );
  const wanted = [['container', container] as const, ...query]
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `${path}?${wanted.join('&')}`;
}

/** `quietMs` is how long nothing at all may come; 0 for no limit. */
export async function* readLogs(
  caller: Caller,
  request: LogRequest,
  quietMs: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { previous, sinceSeconds, tailLines, limitBytes, timestamps } = request;
  const path = podPath(request, 'log', [
    ['previous', previous],
    ['sinceSeconds', sinceSeconds],
    ['tailLines', tailLines],
    ['limitBytes', limitBytes],
    ['timestamps', timestamps],
  ]);
  const action: Action = { verb: 'get', label: `the log of ${containerLabel(request)}` };
  const stop = new AbortController();
  try {
    const get = { method: 'GET', path, accept: '*/*', call: 'relayed' } as const;
    const stream = await caller.http.stream(get, quietMs, stop.signal);
    if ('answer' in stream) {
      // What there is to tell of a pod that waits for a node.
      if (stream.answer.status === 204) throw unscheduled(request);
      throw relayedRefusal(caller, action, stream.answer);
    }
    yield* stream.chunks;
  } catch (error) {
    throw error instanceof HttpFailure ? brokenLog(caller, action, error) : error;
  } finally {
    stop.abort();
  }
}

function unscheduled({ namespace, pod }: Container): CalicoctlError {
  const resource = `Pod(${namespace}/${pod})`;
  return new CalicoctlError('not-found', `${resource} has no logs: no node runs it`, { resource });
}

function brokenLog({ http }: Caller, { label }: Action, failure: HttpFailure): CalicoctlError {
  const told = toldFailure(failure, http.name, 'relayed');
  if (told.errorClass === 'cancelled') return told;
  return new CalicoctlError(told.errorClass, `${label} ends early: ${told.message}`, told.details);
}
