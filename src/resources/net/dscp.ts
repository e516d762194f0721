import { parseInteger } from './numbers.ts';

/** Code points of the named classes: default, assured (RFC 2597) and expedited forwarding, class selectors. */
export const DSCP_NAMES: Readonly<Record<string, number>> = {
  DF: 0,
  EF: 46,
  ...Object.fromEntries(
    [1, 2, 3, 4].flatMap((level) => [1, 2, 3].map((drop) => [`AF${level}${drop}`, 8 * level + 2 * drop])),
  ),
  ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6].map((level) => [`CS${level}`, 8 * level])),
};

/** A DiffServ code point by its name or its number, 0 to 63. */
export type Dscp = string | number;

/** Reads a name (upper case), a number, or a number in digits; the value is also the form that is stored. */
export function parseDscp(value: unknown): Dscp | undefined {
  if (typeof value === 'string' && Object.hasOwn(DSCP_NAMES, value)) return value;
  return parseInteger(value, 63);
}

/** The six bits of a code point. */
export function dscpValue(dscp: Dscp): number | undefined {
  return typeof dscp === 'number' ? dscp : DSCP_NAMES[dscp];
}
