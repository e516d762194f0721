import { addressPlus } from './address.ts';
import { type Cidr, cidrSize, containsCidr, networkOf, overlaps } from './cidr.ts';

/**
 * The networks that hold what is in `whole` and in none of `parts`, in the order of their addresses, as few as there can
 * be. Networks have no host bits.
 */
export function without(whole: Cidr, parts: readonly Cidr[]): readonly Cidr[] {
  const concerned = parts.filter((part) => overlaps(whole, part));
  if (concerned.length === 0) return [whole];
  if (concerned.some((part) => containsCidr(part, whole))) return [];
  return halves(whole).flatMap((half) => without(half, concerned));
}

function halves({ address, prefix }: Cidr): readonly Cidr[] {
  const lower = networkOf({ address, prefix: prefix + 1 });
  const upper = { address: addressPlus(lower.address, cidrSize(lower))!, prefix: prefix + 1 };
  return [lower, upper];
}
