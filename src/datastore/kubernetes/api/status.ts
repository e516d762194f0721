/** Status objects of the API server, and what an error needs to know beside them. */
import type { ErrorClass, Problem } from '../../../core/errors.ts';
import { isObject, parseJson } from '../../../core/json.ts';
import type { Answer } from '../http/request.ts';
import { type Action, resourceName } from './action.ts';

/** A Status object of the API server, as far as it is looked at. */
export interface Status {
  readonly message: string;
  readonly reason: string;
  readonly code: number;
  readonly causes: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
  /** Of the object concerned: plural of its kind and name. */
  readonly about: { readonly kind: string; readonly name: string };
  /** Where an expired list may go on. */
  readonly resume?: string;
}

/** Whom we talk to. */
export interface Server {
  /** URL without user and password. */
  readonly name: string;
  /** Where its address and our credentials are from. */
  readonly origin: string;
  /** What kinds of credentials were shown, e.g. `a bearer token`. */
  readonly shown: string;
}

/** Everything a rule may look at. */
export interface Refusal {
  readonly server: Server;
  readonly action: Action;
  readonly status: Status;
  readonly answer: Answer;
}

/** A refusal in words. */
export interface Told {
  readonly errorClass: ErrorClass;
  readonly message: string;
  readonly hint?: string;
  readonly problems?: readonly Problem[];
  /** As in ErrorDetails. */
  readonly scope?: 'resource';
}

/** Of an answer that holds none. */
export const NO_STATUS: Status = {
  message: '',
  reason: '',
  code: 0,
  causes: [],
  about: { kind: '', name: '' },
};

/** The Status in an answer; undefined where it holds something else. */
export function statusOf({ text }: Pick<Answer, 'text'>): Status | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return asStatus(parseJson(text));
  } catch {
    return undefined;
  }
}

/** A Status that was decoded already; undefined for any other object. */
export function asStatus(value: unknown): Status | undefined {
  if (!isObject(value) || value['kind'] !== 'Status') return undefined;
  const details = isObject(value['details']) ? value['details'] : {};
  const metadata = isObject(value['metadata']) ? value['metadata'] : {};
  const causes = Array.isArray(details['causes']) ? details['causes'].filter(isObject) : [];
  return {
    message: text(value['message']),
    reason: text(value['reason']),
    code: Number(value['code'] ?? 0),
    causes: causes.map((cause) => ({
      reason: text(cause['reason']),
      message: text(cause['message']),
      field: text(cause['field']),
    })),
    about: { kind: text(details['kind']), name: text(details['name']) },
    ...(text(metadata['continue']) !== '' && { resume: text(metadata['continue']) }),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** `IPPool(a)`, or the collection where there is no one object. */
export function subject({ label, collection, namespace }: Action): string {
  if (label !== undefined) return label;
  if (collection === undefined) return 'the API server';
  return resourceName(collection) + (namespace === undefined ? '' : ` in namespace ${namespace}`);
}

/** The server as the beginning of a message. */
export function at({ name }: Server): string {
  return `Kubernetes API server at ${name}:`;
}
