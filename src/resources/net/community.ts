import { parseDecimal } from './numbers.ts';

/** A BGP community: two 16-bit numbers (RFC 1997), or three 32-bit numbers (large, RFC 8092). */
export type Community = readonly [number, number] | readonly [number, number, number];

/** Reads `a:b` or `a:b:c`. */
export function parseCommunity(text: string): Community | undefined {
  const parts = text.split(':');
  if (parts.length !== 2 && parts.length !== 3) return undefined;
  const numbers = parts.map((part) => parseDecimal(part, parts.length === 2 ? 0xffff : 0xffff_ffff));
  return numbers.includes(undefined) ? undefined : (numbers as unknown as Community);
}

/** The numbers with colons between. */
export function formatCommunity(community: Community): string {
  return community.join(':');
}
