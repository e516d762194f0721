import { CalicoctlError } from '../core/errors.ts';

/** 0 done; 1 a failure the user can act on; 70 our own bug; 130 interrupted. */
export function exitStatusOf(error: unknown): number {
  if (!(error instanceof CalicoctlError)) return 70;
  return error.errorClass === 'cancelled' ? 130 : 1;
}
