import { parseDecimal, parseInteger } from './numbers.ts';

/** A port, a range of ports, or the name of a port of the workload. A single port has equal ends. */
export type Port = { readonly first: number; readonly last: number } | { readonly name: string };

const MAX_PORT = 65535;
const NAME = /^[a-zA-Z0-9_.-]{1,128}$/;
const RANGE = /^(\d+):(\d+)$/;

/**
 * Reads a port as Calico does: an integer, `"n"`, `"first:last"` or a name. All that is not digits or a range is
 * taken for a name, `80-90` and `-5` too; the rules of `portName` refuse those later.
 */
export function parsePort(value: unknown): Port | undefined {
  if (typeof value !== 'string') return single(parseInteger(value, MAX_PORT));
  if (/^\d+$/.test(value)) return single(parseDecimal(value, MAX_PORT));
  const range = RANGE.exec(value);
  if (!range) return NAME.test(value) ? { name: value } : undefined;
  const [first, last] = [parseDecimal(range[1]!, MAX_PORT), parseDecimal(range[2]!, MAX_PORT)];
  if (first === undefined || last === undefined || first > last) return undefined;
  return { first, last };
}

function single(port: number | undefined): Port | undefined {
  return port === undefined ? undefined : { first: port, last: port };
}

/** The form that is stored: a number for a single port, `"first:last"` or the name. */
export function formatPort(port: Port): number | string {
  if ('name' in port) return port.name;
  return port.first === port.last ? port.first : `${port.first}:${port.last}`;
}

/** True for the name of a service by IANA's rules (RFC 6335), the only names a workload's port can have. */
export function isPortName(text: string): boolean {
  return /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(text);
}
