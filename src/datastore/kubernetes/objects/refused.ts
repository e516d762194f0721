import { CalicoctlError } from '../../../core/errors.ts';
import { formatRef, type Ref } from '../../../resources/kind.ts';

/** An operation that objects of a kind do not take here, why, and what to do instead. */
export function notSupported(
  operation: 'create' | 'update' | 'delete',
  ref: Ref,
  why: string,
  hint: string,
): CalicoctlError {
  const resource = formatRef(ref);
  return new CalicoctlError(
    'not-supported',
    `operation ${operation} is not supported on ${resource}: ${why}`,
    {
      resource,
      hint,
    },
  );
}

/** There is no such object, though the API server may never have been asked. */
export function notFound(ref: Ref, why: string, hint?: string): CalicoctlError {
  const resource = formatRef(ref);
  return new CalicoctlError('not-found', `resource does not exist: ${resource}: ${why}`, {
    resource,
    ...(hint === undefined ? {} : { hint }),
  });
}
