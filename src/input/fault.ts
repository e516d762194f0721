import { CalicoctlError, type Place, type Problem } from '../core/errors.ts';

/** Deepest nesting of objects and arrays in one document; nothing Calico stores comes near it. */
export const MAX_DEPTH = 500;

/** Longest document, in UTF-16 units. A document is held in memory as a whole, so it needs a bound. */
export const MAX_DOCUMENT = 64 * 1024 * 1024;

/** Ids of the rules that input breaks before it is a resource; resources/structure.ts tells what they ask. */
export const INPUT_RULE = {
  file: 'CAL0001',
  syntax: 'CAL0002',
  duplicateKey: 'CAL0003',
  empty: 'CAL0008',
} as const;

export type InputRule = keyof typeof INPUT_RULE;

/** An unreadable input at a place; the message names the line again for those who read only the message. */
export function faultAt(place: Place, what: string, rule: InputRule = 'syntax'): CalicoctlError {
  const where = place.line === undefined ? '' : ` at line ${place.line}, column ${place.column ?? 1}`;
  return new CalicoctlError('input', `${what}${where}`, { place, fault: inputFault(rule, place, what) });
}

/** The fault of an error about input, for reports. */
export function inputFault(rule: InputRule, place: Place, message: string): Problem {
  return { rule: INPUT_RULE[rule], path: [], message, place };
}

/** The error of a file (or `-`) without any resource; also for callers who find only empty lists in it. */
export function noResourcesInFile(file: string): CalicoctlError {
  const place = { file };
  const message = `no resources specified in file ${file}`;
  return new CalicoctlError('input', message, {
    place,
    fault: inputFault('empty', place, message),
    hint: 'Use --skip-empty to pass over files without resources.',
  });
}
