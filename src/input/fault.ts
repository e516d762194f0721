import { CalicoctlError, type Place } from '../core/errors.ts';

/** Deepest nesting of objects and arrays in one document; nothing Calico stores comes near it. */
export const MAX_DEPTH = 500;

/** Longest document, in UTF-16 units. A document is held in memory as a whole, so it needs a bound. */
export const MAX_DOCUMENT = 64 * 1024 * 1024;

/** An unreadable input at a place; the message names the line again for those who read only the message. */
export function faultAt(place: Place, what: string, hint?: string): CalicoctlError {
  const where = place.line === undefined ? '' : ` at line ${place.line}, column ${place.column ?? 1}`;
  return new CalicoctlError('input', `${what}${where}`, { place, ...(hint ? { hint } : {}) });
}

/** The error of a file (or `-`) without any resource; also for callers who find only empty lists in it. */
export function noResourcesInFile(file: string): CalicoctlError {
  return new CalicoctlError('input', `no resources specified in file ${file}`, {
    place: { file },
    hint: 'Use --skip-empty to pass over files without resources.',
  });
}
