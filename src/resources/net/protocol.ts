import { parseInteger } from './numbers.ts';

/** The protocols that have a name, in its only spelling. */
export const PROTOCOL_NAMES = ['TCP', 'UDP', 'ICMP', 'ICMPv6', 'SCTP', 'UDPLite'] as const;
export type ProtocolName = (typeof PROTOCOL_NAMES)[number];

/** An IP protocol by its name or its number, 1 to 255. */
export type Protocol = ProtocolName | number;

/** Reads a name, a number, or a number in digits; the value is also the form that is stored. */
export function parseProtocol(value: unknown): Protocol | undefined {
  const name = PROTOCOL_NAMES.find((known) => known === value);
  return name ?? (parseInteger(value, 255) || undefined);
}
