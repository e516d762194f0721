import type { JsonObject } from '../../core/json.ts';
import { counted } from '../../core/words.ts';
import { formatAddress } from '../../resources/net/address.ts';
import { takenAt } from '../age.ts';
import type { Allocation } from '../survey/allocation.ts';

/** More tell no more. */
const MOST = 20;

/** Addresses with who has them, and how many more there are. */
export function addressesEvidence(allocations: readonly Allocation[]): JsonObject {
  const shown = allocations.slice(0, MOST).map(allocationEvidence);
  const more = allocations.length - shown.length;
  return { addresses: shown, ...(more > 0 ? { more } : {}) };
}

export function allocationEvidence(allocation: Allocation): JsonObject {
  const { address, handle, sequenceNumber, attributes, releasedAt } = allocation;
  return {
    address: formatAddress(address),
    ...(handle === '' ? {} : { handle }),
    sequenceNumber,
    ...(Object.keys(attributes).length === 0 ? {} : { attributes: { ...attributes } }),
    ...(releasedAt === undefined ? {} : { releasedAt }),
  };
}

/** `3 addresses are`. */
export function addressesAre(count: number): string {
  return `${counted(count, 'address')} ${count === 1 ? 'is' : 'are'}`;
}

/** Since when an address is taken, as far as whoever took it wrote it down. */
export function sinceOf({ attributes }: Allocation): { readonly since?: string } {
  const taken = takenAt({ secondary: attributes });
  return taken === undefined ? {} : { since: new Date(taken).toISOString() };
}
