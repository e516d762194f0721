import { CalicoctlError } from '../core/errors.ts';
import { parseDuration } from '../resources/net/duration.ts';

/** A duration given for `flag`, in milliseconds; throws `usage` for what is none, and for less than `least`. */
export function milliseconds(word: string, flag: string, least = 0): number {
  const nanoseconds = parseDuration(word);
  const given = nanoseconds === undefined ? Number.NaN : Number(nanoseconds / 1_000_000n);
  if (given >= least) return given;
  throw new CalicoctlError('usage', `${flag} '${word}' is not a duration such as 90s or 10m`);
}
