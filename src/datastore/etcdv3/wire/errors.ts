/** What can go wrong between us and etcd, and how it is told. */
import { CalicoctlError, type ErrorClass, type ErrorDetails } from '../../../core/errors.ts';

/** gRPC status codes that are looked at. */
export const Status = {
  ok: 0,
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  outOfRange: 11,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/**
 * A failure with what the retry rules need to know; it is the `cause` of the CalicoctlError that leaves this folder.
 * - `refused`, `unknown-host`, `unreachable`, `broken`: no connection, or none any more
 * - `certificate`, `not-etcd`: the other side is not what the configuration says
 * - `timeout`, `cancelled`: no answer in time; the caller gave up
 * - `status`: etcd answered with a fault
 */
export type FailureKind =
  | 'refused'
  | 'unknown-host'
  | 'unreachable'
  | 'broken'
  | 'certificate'
  | 'not-etcd'
  | 'timeout'
  | 'cancelled'
  | 'status';

export class EtcdFailure extends Error {
  override readonly name = 'EtcdFailure';
  constructor(
    readonly kind: FailureKind,
    readonly endpoint: string,
    message: string,
    readonly facts: {
      /** The request may have reached etcd. */
      readonly sent?: boolean;
      readonly status?: number;
      readonly hint?: string;
      readonly errorClass?: ErrorClass;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
  }
}

/**
 * True where a write may or may not have been done: the connection broke, or time ran out, after it was sent. Read
 * the key again before deciding what to do.
 */
export function isUnknownOutcome(error: unknown): error is CalicoctlError {
  return (
    error instanceof CalicoctlError &&
    error.details.cause instanceof EtcdFailure &&
    error.details.cause.facts.sent === true
  );
}

/** True where etcd has answered, with a refusal: making the write again is of no use. */
export function isRefusal(error: CalicoctlError): boolean {
  const { cause } = error.details;
  return cause instanceof EtcdFailure && cause.kind === 'status' && cause.facts.errorClass === 'datastore';
}

/** The same error, now that the write is known not to have been carried out. */
export function asNotDone(error: CalicoctlError): CalicoctlError {
  const { cause } = error.details;
  if (!(cause instanceof EtcdFailure)) return error;
  const { kind, endpoint, message, facts } = cause;
  return toCalicoctlError(new EtcdFailure(kind, endpoint, message, { ...facts, sent: false }), 'write');
}

const CLASS: Readonly<Record<FailureKind, ErrorClass>> = {
  refused: 'unavailable',
  'unknown-host': 'unavailable',
  unreachable: 'unavailable',
  broken: 'unavailable',
  certificate: 'unavailable',
  'not-etcd': 'unavailable',
  timeout: 'timeout',
  cancelled: 'cancelled',
  status: 'datastore',
};

/** A failure as the rest of the program knows it. A write that may have been done says so. */
export function toCalicoctlError(failure: EtcdFailure, call: 'read' | 'write'): CalicoctlError {
  const { kind, endpoint, message, facts } = failure;
  const unknown = call === 'write' && facts.sent === true;
  const details: ErrorDetails = {
    cause: new EtcdFailure(kind, endpoint, message, { ...facts, sent: unknown }),
    ...(facts.hint && { hint: facts.hint }),
    ...(unknown && { mayBeDone: true }),
  };
  const told = unknown ? `${message}; the change may or may not have been made` : message;
  return new CalicoctlError(facts.errorClass ?? CLASS[kind], told, details);
}

interface StatusRule {
  /** Part of etcd's message. */
  readonly says: RegExp;
  readonly errorClass: ErrorClass;
  readonly message: string;
  readonly hint?: string;
  /** Said even of a write that was carried out. */
  readonly mayBeDone?: boolean;
}

const STATUS_RULES: readonly StatusRule[] = [
  {
    says: /invalid user ID or password/,
    errorClass: 'unauthorized',
    message: 'user name or password is wrong',
  },
  {
    says: /user name is empty/,
    errorClass: 'unauthorized',
    message: 'a user name and a password are required',
    hint: 'Set etcdUsername and etcdPassword, or ETCD_USERNAME and ETCD_PASSWORD.',
  },
  { says: /invalid auth token/, errorClass: 'unauthorized', message: 'the log-in is not accepted any more' },
  {
    says: /permission denied/,
    errorClass: 'unauthorized',
    message: 'permission denied: the role of this user does not cover the keys concerned',
  },
  {
    says: /required revision has been compacted/,
    errorClass: 'datastore',
    message: 'that revision has been compacted: its history is gone',
  },
  {
    says: /required revision is a future revision/,
    errorClass: 'datastore',
    message: 'that revision is in the future: the datastore has not reached it',
  },
  {
    says: /database space exceeded/,
    errorClass: 'datastore',
    message: 'the database has no space left and takes no writes',
    hint: 'Compact and defragment etcd, then disarm its NOSPACE alarm.',
    // The write that finds the quota exceeded is carried out, and refused all the same.
    mayBeDone: true,
  },
  {
    says: /request is too large|message larger than max/,
    errorClass: 'datastore',
    message: 'the request is larger than etcd accepts (1.5 MiB unless configured otherwise)',
  },
  {
    says: /too many operations in txn/,
    errorClass: 'datastore',
    message: 'the transaction has more operations than etcd accepts (128 unless configured otherwise)',
  },
  { says: /no leader/, errorClass: 'unavailable', message: 'the cluster has no leader' },
];

/** Said before anything was done, so the same request may go to another member. */
const NOT_DONE =
  /no leader|not supported for learner|too many requests|not capable|required revision|auth token|old/;

/** A status that etcd answered with. */
export function statusFailure(endpoint: string, status: number, said: string): EtcdFailure {
  const rule = STATUS_RULES.find(({ says }) => says.test(said));
  const unavailable = status === Status.unavailable || status === Status.deadlineExceeded;
  const errorClass = rule?.errorClass ?? (unavailable ? 'unavailable' : 'datastore');
  const what = rule?.message ?? (said.replace(/^etcdserver: /, '') || `status ${status}`);
  return new EtcdFailure('status', endpoint, `etcd at ${endpoint}: ${what}`, {
    ...{ status, errorClass, cause: new Error(said) },
    sent: rule?.mayBeDone ?? (unavailable && !NOT_DONE.test(said)),
    ...(rule?.hint && { hint: rule.hint }),
  });
}

/** Whether the failure is told in words of ours alone, whatever etcd said. */
export function isToldByRule(failure: EtcdFailure): boolean {
  return failure.kind === 'status' && STATUS_RULES.some(({ says }) => says.test(statusText(failure)));
}

/** What etcd said, for a status; the empty text otherwise. */
export function statusText(failure: EtcdFailure): string {
  return failure.kind === 'status' && failure.cause instanceof Error ? failure.cause.message : '';
}
