/** Refusals of what the API server hands on to a kubelet: some are the kubelet's own, in its words. */
import { CalicoctlError, type ErrorClass } from '../../../core/errors.ts';
import type { Answer } from '../http/request.ts';
import type { Action } from './action.ts';
import { type Caller, hidden } from './caller.ts';
import { statusOf } from './status.ts';

const NOT_THERE =
  /waiting to start|not found|does not exist|has not been created|does not have a host assigned|is terminated|is not valid for pod|no preceding|not available/i;
const NO_KUBELET =
  /dial tcp|connection refused|no route to host|i\/o timeout|connection reset|context deadline|TLS handshake|x509|unexpected EOF|: EOF|no such host|error trying to reach/i;

/** `action.label` names the container. */
export function relayedRefusal(caller: Caller, action: Action, given: Answer): CalicoctlError {
  const answer = hidden(caller.http, given);
  const status = statusOf(answer);
  if (answer.status === 401 || answer.status === 403) return caller.refused(action, answer);
  const isPlain = /^text\/plain/.test(answer.headers['content-type'] ?? '');
  const words = (status?.message ?? (isPlain ? answer.text : '')).trim().slice(0, 500);
  if (words === '') return caller.refused(action, answer);
  const { label } = action;
  const error = (errorClass: ErrorClass, message: string, hint?: string) =>
    new CalicoctlError(errorClass, `${label}: ${message}`, {
      ...(label !== undefined && { resource: label }),
      ...(hint !== undefined && { hint }),
      cause: new Error(words),
    });
  if (NO_KUBELET.test(words))
    return error(
      'unavailable',
      `the API server does not reach the kubelet of its node: ${words}`,
      'Check that the node is up, and that the API server may connect to port 10250 there.',
    );
  if (status?.about.kind === 'pods' && status.reason === 'NotFound')
    return error('not-found', 'the pod does not exist');
  if (NOT_THERE.test(words)) return error('not-found', words);
  if (status === undefined || answer.status >= 500)
    return error('unavailable', `the kubelet of its node answers status ${answer.status}: ${words}`);
  return caller.refused(action, answer);
}
