/** Requests that answer with JSON, their refusals thrown as errors. */
import { CalicoctlError } from '../../../core/errors.ts';
import { isObject, parseJson, stringifyJson } from '../../../core/json.ts';
import type { HttpClient } from '../http/client.ts';
import { UNKNOWN_OUTCOME } from '../http/failure.ts';
import type { Answer, HttpRequest } from '../http/request.ts';
import { type Action, isRead } from './action.ts';
import type { KubeObject } from './api.ts';
import { beginning, codingOf, formOf } from './foreign.ts';
import { refusalError, watchError } from './refusal.ts';
import type { Server } from './status.ts';

/** A page as the server sends it. */
export interface ObjectList {
  /** Null where there are none, of some servers. */
  readonly items: readonly KubeObject[] | null;
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
}

/** Whether a JSON object is what an API server would answer. */
export type Form = (value: Record<string, unknown>) => boolean;

export function isKubeObject(value: unknown): boolean {
  return isObject(value) && isObject(value['metadata']) && typeof value['metadata']['name'] === 'string';
}

export interface Caller {
  readonly http: HttpClient;
  /** The server's answer, also a refusal. */
  ask(request: HttpRequest, signal?: AbortSignal): Promise<Answer>;
  /** The error that a refusal is. */
  refused(action: Action, answer: Answer): CalicoctlError;
  /** The error that an ERROR event of a watch is; undefined where the watch is to be begun anew. */
  refusedEvent(action: Action, object: unknown): CalicoctlError | undefined;
  /** What a good answer holds; throws what a refusal is, and where it is not of the form expected. */
  call(action: Action, request: HttpRequest, isForm: Form): Promise<Record<string, unknown>>;
}

export function isGood({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

export function caller(http: HttpClient): Caller {
  const ask: Caller['ask'] = (request, until) => http.send(request, until);
  const refused: Caller['refused'] = (action, answer) =>
    refusalError(describeServer(http), action, hidden(http, answer));
  return {
    http,
    ask,
    refused,
    refusedEvent: (action, object) =>
      watchError(describeServer(http), action, parseJson(http.access.hide(stringifyJson(object)))),
    async call(action, request, isForm) {
      const answer = await ask(request);
      if (!isGood(answer)) throw refused(action, answer);
      return decodeAnswer(http, action, answer, isForm);
    },
  };
}

function describeServer({ access, name, shown }: HttpClient): Server {
  return { name, origin: access.origin, shown };
}

/** The answer without what the server was shown: some repeat it. */
export function hidden({ access }: HttpClient, { status, headers, text }: Answer): Answer {
  const shown = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? access.hide(value) : value,
  ]);
  return { status, headers: Object.fromEntries(shown), text: access.hide(text) };
}

/** The object in a good answer; throws `datastore` for anything else, which leaves open whether a write was made. */
export function decodeAnswer(
  http: HttpClient,
  action: Action,
  answer: Answer,
  isForm: Form,
): Record<string, unknown> {
  const coded = codingOf(answer) !== undefined;
  let expected = 'with a JSON object';
  if (!coded) {
    try {
      const value = parseJson(answer.text);
      if (isObject(value)) {
        if (isForm(value)) return value;
        expected = 'as an API server does';
      }
    } catch {
      // Told below.
    }
  }
  const unknown = !isRead(action);
  const { name, access } = http;
  const shown = hidden(http, answer);
  throw new CalicoctlError(
    'datastore',
    `Kubernetes API server at ${name}: it answers with ${formOf(shown)}, not ${expected}${coded ? '' : beginning(shown.text)}${unknown ? UNKNOWN_OUTCOME : ''}`,
    {
      hint: `Something in between may have answered, or this is no API server; the address is from ${access.origin}.`,
      ...(unknown && { mayBeDone: true }),
    },
  );
}
