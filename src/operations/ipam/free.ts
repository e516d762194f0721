import { type Address, formatAddress } from '../../resources/net/address.ts';
import { attributeAt, type Block, cleanHandle, ordinalOf } from './block.ts';

/** An address to give back, and what must hold for that. */
export interface ReleaseRequest {
  readonly address: Address;
  /** Only if it was taken under this handle; `''` for an address without one. */
  readonly handle?: string;
  /** Only if it was not taken again since. */
  readonly sequenceNumber?: number | bigint;
}

export type Freed =
  | {
      readonly block: Block;
      readonly released: readonly Address[];
      readonly notAllocated: readonly Address[];
      /** How many addresses each handle lost. */
      readonly handles: ReadonlyMap<string, number>;
    }
  /** Nothing of the block may be released: someone else has an address now. */
  | { readonly refusal: string };

/**
 * Lets addresses rest from `now` on. Of several requests for one address the last counts. One that does not hold
 * refuses them all, since the caller's view of the block is out of date.
 */
export function freeAddresses(block: Block, requests: readonly ReleaseRequest[], now: Date): Freed {
  const freed: number[] = [];
  const released: Address[] = [];
  const notAllocated: Address[] = [];
  const handles = new Map<string, number>();
  for (const request of lastOfEach(requests)) {
    const ordinal = ordinalOf(block, request.address);
    const attribute = ordinal === undefined ? undefined : attributeAt(block, ordinal);
    // First of all, so that a release that broke off can be repeated.
    if (ordinal === undefined || attribute === undefined || attribute.releasedAt !== undefined) {
      notAllocated.push(request.address);
      continue;
    }
    const refusal = sequenceRefusal(block, ordinal, request);
    if (refusal !== undefined) return { refusal };
    const handle = cleanHandle(attribute.handle_id);
    if (request.handle !== undefined && cleanHandle(request.handle) !== handle)
      return { refusal: handleRefusal(request, handle) };
    freed.push(ordinal);
    released.push(request.address);
    if (handle !== '') handles.set(handle, (handles.get(handle) ?? 0) + 1);
  }
  return { block: resting(block, freed, now), released, notAllocated, handles };
}

function lastOfEach(requests: readonly ReleaseRequest[]): readonly ReleaseRequest[] {
  return [...new Map(requests.map((request) => [formatAddress(request.address), request])).values()];
}

function sequenceRefusal(
  { spec }: Block,
  ordinal: number,
  { address, sequenceNumber }: ReleaseRequest,
): string | undefined {
  const stored = BigInt(spec.sequenceNumberForAllocation[String(ordinal)] ?? 0);
  if (sequenceNumber === undefined || BigInt(sequenceNumber) === stored) return undefined;
  return `${formatAddress(address)} was assigned again since: its sequence number is ${stored}, not ${sequenceNumber}`;
}

function handleRefusal({ address, handle }: ReleaseRequest, stored: string): string {
  return `${formatAddress(address)} is held by handle "${stored}", not "${cleanHandle(handle)}"`;
}

/** Points the ordinals to one new attribute that says since when they rest. */
function resting(block: Block, freed: readonly number[], now: Date): Block {
  if (freed.length === 0) return block;
  const { spec } = block;
  const gone = new Set(freed);
  const marks = freed.map((ordinal) => [String(ordinal), spec.sequenceNumber] as const);
  return {
    ...block,
    spec: {
      ...spec,
      allocations: spec.allocations.map((index, ordinal) =>
        gone.has(ordinal) ? spec.attributes.length : index,
      ),
      attributes: [...spec.attributes, { releasedAt: `${now.toISOString().slice(0, 19)}Z` }],
      sequenceNumberForAllocation: { ...spec.sequenceNumberForAllocation, ...Object.fromEntries(marks) },
    },
  };
}
