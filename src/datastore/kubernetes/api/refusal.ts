/** Refusals of the API server as errors that say what to do. */
import { CalicoctlError, type ErrorClass, type ErrorDetails } from '../../../core/errors.ts';
import { UNKNOWN_OUTCOME } from '../http/failure.ts';
import { capital } from '../http/faults.ts';
import { NO_CREDENTIALS } from '../http/headers.ts';
import type { Answer } from '../http/request.ts';
import { retryAfter } from '../http/retry.ts';
import { type Action, isRead, resourceName } from './action.ts';
import { forbidden } from './forbidden.ts';
import { foreign } from './foreign.ts';
import { invalid } from './invalid.ts';
import {
  asStatus,
  at,
  NO_STATUS,
  type Refusal,
  type Server,
  type Status,
  statusOf,
  subject,
  type Told,
} from './status.ts';

/** What the server says of a version that is none; with status 500, though nothing went wrong with it. */
const BAD_VERSION = /strconv\.ParseUint|invalid resource version/;

/** What etcd and the client of it say of an object that is larger than they take, with status 500. */
const TOO_LARGE = /etcdserver: request is too large|message larger than max/;

/** Said before the object reached the storage. */
const NOT_DONE = new RegExp(
  `failed calling webhook|failed to call webhook|${BAD_VERSION.source}|${TOO_LARGE.source}`,
);

const RULES: Readonly<Record<number, (refusal: Refusal) => Told>> = {
  400: said('validation'),
  401: ({ server }) => ({
    errorClass: 'unauthorized',
    message: `${at(server)} it does not know us; it was shown ${server.shown}`,
    hint: strangerHint(server),
  }),
  403: forbidden,
  404: notFound,
  405: ({ action }) => ({
    errorClass: 'not-supported',
    message: `operation ${action.verb} is not supported on ${subject(action)} by the API server`,
  }),
  409: ({ action, status }) =>
    status.reason === 'AlreadyExists'
      ? { errorClass: 'already-exists', message: `resource already exists: ${subject(action)}` }
      : conflict(action, status),
  410: ({ action }) => ({
    errorClass: 'conflict',
    message: `${subject(action)}: that version is too old: the API server has forgotten what changed since`,
    hint: 'List again and go on from there.',
  }),
  413: tooLarge,
  415: said('not-supported'),
  422: invalid,
  429: ({ server, answer }) => ({
    errorClass: 'unavailable',
    message: `${at(server)} it has too many requests to answer${comeBack(answer)}`,
    hint: 'Nothing was changed by this request; try again later, or with --qps or a longer --request-timeout.',
  }),
  500: (refusal) => {
    if (TOO_LARGE.test(refusal.status.message)) return tooLarge(refusal);
    if (!BAD_VERSION.test(refusal.status.message)) return otherwise(refusal);
    return {
      errorClass: 'validation',
      message: `${subject(refusal.action)}: metadata.resourceVersion is not a version of the API server: a decimal number`,
    };
  },
  503: said('unavailable'),
  504: said('unavailable'),
};

function strangerHint({ name, origin, shown }: Server): string {
  if (shown !== NO_CREDENTIALS)
    return `The credentials are from ${origin}; they may have expired or be for another cluster.`;
  return name.startsWith('http:')
    ? `No credentials are sent over http://; is https:// meant? The address is from ${origin}.`
    : `${capital(origin)} gives no token, client certificate or exec plugin.`;
}

/** The error that an answer with a status of 300 and above is. */
export function refusalError(server: Server, action: Action, answer: Answer): CalicoctlError {
  const status = statusOf(answer);
  const rule = RULES[answer.status] ?? otherwise;
  const strange = status === undefined && !isUnserved(answer) ? foreign(server, answer) : undefined;
  const { errorClass, message, hint, problems, scope } =
    strange ?? rule({ server, action, answer, status: status ?? NO_STATUS });
  const unknown = !isRead(action) && answer.status >= 500 && !NOT_DONE.test(status?.message ?? '');
  const details: ErrorDetails = {
    ...(action.label !== undefined && { resource: action.label }),
    ...(hint !== undefined && { hint }),
    ...(problems !== undefined && problems.length > 0 && { problems }),
    ...(unknown && { mayBeDone: true }),
    ...(scope !== undefined && { scope }),
    cause: new Error(status?.message || `HTTP status ${answer.status}`),
  };
  return new CalicoctlError(errorClass, unknown ? message + UNKNOWN_OUTCOME : message, details);
}

/** The error that an ERROR event of a watch is; undefined where the watch is to be begun anew. */
export function watchError(server: Server, action: Action, object: unknown): CalicoctlError | undefined {
  const status = asStatus(object) ?? NO_STATUS;
  const code = status.code || 500;
  if (code === 429 || code >= 500) return undefined;
  return refusalError(server, action, { status: code, headers: {}, text: JSON.stringify(object) });
}

/** The server's words stand for themselves. */
function said(errorClass: ErrorClass): (refusal: Refusal) => Told {
  return ({ server, action, status, answer }) => {
    const who = errorClass === 'validation' && action.label !== undefined ? `${action.label}:` : at(server);
    return {
      errorClass,
      message: `${who} ${status.message || `status ${answer.status}`}${comeBack(answer)}`,
    };
  };
}

function tooLarge({ action }: Refusal): Told {
  return {
    errorClass: 'validation',
    message: `${subject(action)} is larger than the API server accepts`,
    hint: 'etcd takes 1.5 MiB for an object unless configured otherwise.',
  };
}

function otherwise({ server, answer, status }: Refusal): Told {
  const what = status.message || status.reason || 'no reason given';
  const message = `${at(server)} status ${answer.status}: ${what}${comeBack(answer)}`;
  return { errorClass: 'datastore', message };
}

function comeBack(answer: Answer): string {
  const wait = retryAfter(answer);
  return wait > 0 ? ` and asks to come back in ${Math.ceil(wait / 1000)} s` : '';
}

function isUnserved({ status, text }: Answer): boolean {
  return status === 404 && text.trim() === '404 page not found';
}

function notFound({ action, status, answer }: Refusal): Told {
  const { collection } = action;
  const about = status.about.name;
  if (collection !== undefined && (isUnserved(answer) || about === '')) {
    const what = `the API server does not serve ${resourceName(collection)}/${collection.version}`;
    if (!collection.group.endsWith('projectcalico.org'))
      return { errorClass: 'not-supported', message: what };
    return {
      errorClass: 'not-supported',
      message: `${what}: Calico's custom resource definitions are not installed`,
      hint: 'calicoctl datastore init installs them.',
    };
  }
  if (status.about.kind === 'namespaces' && collection?.plural !== 'namespaces') {
    return {
      errorClass: 'not-found',
      message: `resource does not exist: Namespace(${about})`,
      hint: `Create the namespace first; it is needed for ${subject(action)}.`,
    };
  }
  return { errorClass: 'not-found', message: `resource does not exist: ${subject(action)}` };
}

function conflict(action: Action, { message }: Status): Told {
  const what = subject(action);
  const replaced = /UID in precondition|the UID in the precondition/.test(message);
  return {
    errorClass: 'conflict',
    message: replaced
      ? `update conflict: ${what} was deleted and made anew since it was read`
      : `update conflict: ${what} was changed since it was read`,
    hint: 'Get it again and repeat the change.',
  };
}
