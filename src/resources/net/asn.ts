import { parseDecimal, parseInteger } from './numbers.ts';

/** The largest autonomous system number (RFC 6793). */
export const MAX_ASN = 0xffff_ffff;

/** An AS number, given as a number, as digits, or in the dotted form `high.low` of two 16-bit numbers. */
export function parseAsn(value: unknown): number | undefined {
  const plain = parseInteger(value, MAX_ASN);
  if (plain !== undefined || typeof value !== 'string') return plain;
  const parts = value.split('.');
  const [high, low] = parts.map((part) => parseDecimal(part, 0xffff));
  return parts.length === 2 && high !== undefined && low !== undefined ? high * 0x10000 + low : undefined;
}

/** The form that is stored and shown: decimal digits. */
export function formatAsn(asn: number): string {
  return String(asn);
}
