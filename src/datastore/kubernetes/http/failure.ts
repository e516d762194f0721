import { CalicoctlError, type ErrorClass } from '../../../core/errors.ts';
import type { Call } from './request.ts';

/**
 * - `refused`, `unknown-host`, `unreachable`, `broken`: no connection, or none any more
 * - `certificate`, `not-http`: the other side is not what the kubeconfig says
 * - `proxy`: the proxy answered, but let nothing through
 * - `timeout`, `cancelled`: no answer in time; the user gave up
 */
export type FailureKind =
  | 'refused'
  | 'unknown-host'
  | 'unreachable'
  | 'broken'
  | 'certificate'
  | 'not-http'
  | 'proxy'
  | 'timeout'
  | 'cancelled';

export interface FailureFacts {
  /** The request may have reached the server. */
  readonly sent?: boolean;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** No answer came; with what the retry rules need to know. It is the `cause` of the CalicoctlError that users see. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  constructor(
    readonly kind: FailureKind,
    /** Without the server's name, e.g. `connection refused`. */
    message: string,
    readonly facts: FailureFacts = {},
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
  }
}

const CLASS: Readonly<Partial<Record<FailureKind, ErrorClass>>> = {
  timeout: 'timeout',
  cancelled: 'cancelled',
};

/** What a write may have done where its answer is lost. */
export const UNKNOWN_OUTCOME = '; the change may or may not have been made';

/** The failure as users see it. `server` is the URL without user and password. */
export function toldFailure(failure: HttpFailure, server: string, call: Call): CalicoctlError {
  const { kind, message, facts } = failure;
  const unknown = call === 'write' && facts.sent === true;
  const what = kind === 'cancelled' ? 'cancelled' : `Kubernetes API server at ${server}: ${message}`;
  return new CalicoctlError(CLASS[kind] ?? 'unavailable', unknown ? what + UNKNOWN_OUTCOME : what, {
    cause: failure,
    ...(facts.hint !== undefined && { hint: facts.hint }),
    ...(unknown && { mayBeDone: true }),
  });
}
