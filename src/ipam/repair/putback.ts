import { isDeepStrictEqual } from 'node:util';
import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import {
  type Attribute,
  advanced,
  attributeAt,
  type Block,
  type BlockSpec,
  blockOf,
  cleanHandle,
  ordinalOf,
} from '../../operations/ipam/block.ts';
import { decrementHandle } from '../../operations/ipam/handles.ts';
import { blockRef, cidrIn, handleRef, listed, withSpec } from '../../operations/ipam/objects.ts';
import { untilUndisturbed } from '../../operations/retry.ts';
import { API_VERSION, type Resource } from '../../resources/kind.ts';
import { parseAddress } from '../../resources/net/address.ts';
import { type Cidr, formatCidr, overlaps } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';

/** Taking addresses again for whoever had them, as an assignment does: the handle first, then the block. */

export interface PutBack {
  readonly address: string;
  /** Why it stays as it is; absent where it was put back. */
  readonly left?: string;
}

/** A sequence number with which the block of a past time can be made anew: none of it was ever given. */
export function freshSequence(before: number | bigint): bigint {
  const now = BigInt(Date.now()) * 1_000_000n;
  const next = BigInt(before) + 1n;
  return now > next ? now : next;
}

/**
 * Gives addresses of a block back to those who had them in `before`; those that somebody else has by now stay. A block
 * that is gone is made again where `removed` says that it went with its addresses, and where no other has its range now.
 */
export async function putBackAddresses(
  store: Datastore,
  before: Resource,
  addresses: readonly string[],
  removed: boolean,
): Promise<readonly PutBack[]> {
  const was = blockOf(before);
  const ref = await blockRef(was.range);
  return untilUndisturbed(async () => {
    const stored = await unlessNotFound(store.get(ref));
    if (stored === undefined) {
      const left = removed ? await overlapping(store, was.range) : `block ${was.spec.cidr} is gone since`;
      if (left !== undefined) return addresses.map((address) => ({ address, left }));
      // It had nothing but these addresses, or it would not have gone.
      await counted(store, was.range, handlesOf(was, addresses), () => store.create(ref, anew(before)));
      return addresses.map((address) => ({ address }));
    }
    const outcome = restored(blockOf(stored), was, addresses);
    const back = outcome.results.filter(({ left }) => left === undefined).map(({ address }) => address);
    if (back.length > 0)
      await counted(store, was.range, handlesOf(was, back), () =>
        store.update(ref, withSpec(stored, advanced(outcome.block))),
      );
    return outcome.results;
  });
}

/** Why a block cannot be made again: its addresses are those of another one by now. */
export async function overlapping(store: Datastore, range: Cidr): Promise<string | undefined> {
  for await (const { spec } of listed(store, { kind: await kindOf('IPAMBlock'), asStored: true })) {
    const other = cidrIn(spec);
    if (other !== undefined && overlaps(other, range))
      return `its addresses are in block ${formatCidr(other)} by now`;
  }
  return undefined;
}

/** The resource as it can be made again. */
export function anew(before: Resource): Resource {
  const { resourceVersion: _, uid: __, creationTimestamp: ___, ...metadata } = before.metadata;
  const spec = { ...before.spec };
  if (before.kind === 'IPAMBlock')
    spec['sequenceNumber'] = freshSequence((spec['sequenceNumber'] ?? 0) as number | bigint);
  return { ...before, metadata, spec };
}

/** How many of the addresses each handle had. */
function handlesOf(was: Block, addresses: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const address of addresses) {
    const attribute = attributeOf(was, address);
    const handle = cleanHandle(attribute?.handle_id);
    if (handle !== '') counts.set(handle, (counts.get(handle) ?? 0) + 1);
  }
  return counts;
}

function attributeOf(block: Block, text: string): Attribute | undefined {
  const address = parseAddress(text);
  const ordinal = address && ordinalOf(block, address);
  return ordinal === undefined ? undefined : attributeAt(block, ordinal);
}

/** Counts handles up, then writes; where the write fails they are counted down again. */
async function counted(
  store: Datastore,
  range: Cidr,
  handles: ReadonlyMap<string, number>,
  write: () => Promise<unknown>,
): Promise<void> {
  for (const [id, count] of handles) await incrementHandle(store, id, range, count);
  try {
    await write();
  } catch (error) {
    if (isError(error, 'conflict', 'not-found', 'already-exists'))
      for (const [id, count] of handles) await decrementHandle(store, id, range, count);
    // A block that went meanwhile is to be read again like one that changed.
    if (isError(error, 'not-found')) throw new CalicoctlError('conflict', error.message, error.details);
    throw error;
  }
}

async function incrementHandle(store: Datastore, id: string, range: Cidr, count: number): Promise<void> {
  const ref = await handleRef(id);
  const cidr = formatCidr(range);
  await untilUndisturbed(async () => {
    const stored = await unlessNotFound(store.get(ref));
    if (stored === undefined) {
      const spec = { handleID: id, block: { [cidr]: count }, deleted: false };
      await store.create(ref, { apiVersion: API_VERSION, kind: ref.kind.kind, metadata: { name: id }, spec });
      return;
    }
    const blocks = (stored.spec['block'] ?? {}) as Record<string, number>;
    const block = { ...blocks, [cidr]: (blocks[cidr] ?? 0) + count };
    await store.update(ref, withSpec(stored, { ...stored.spec, block }));
  });
}

interface Restored {
  readonly block: Block;
  readonly results: readonly PutBack[];
}

function restored(block: Block, was: Block, addresses: readonly string[]): Restored {
  let { spec } = block;
  const results = addresses.map((address): PutBack => {
    const parsed = parseAddress(address);
    const ordinal = parsed && ordinalOf(block, parsed);
    const attribute = attributeOf(was, address);
    if (ordinal === undefined || attribute === undefined) return { address, left: 'it is not of the block' };
    const now = attributeAt({ ...block, spec }, ordinal);
    if (now !== undefined && now.releasedAt === undefined) {
      const same = isDeepStrictEqual(now, attribute);
      return { address, left: same ? 'it is back already' : `"${now.handle_id ?? ''}" has it by now` };
    }
    spec = taken(spec, ordinal, attribute);
    return { address };
  });
  return { block: { ...block, spec }, results };
}

function taken(spec: BlockSpec, ordinal: number, attribute: Attribute): BlockSpec {
  const known = spec.attributes.findIndex((each) => isDeepStrictEqual(each, attribute));
  const attributes = known < 0 ? [...spec.attributes, attribute] : spec.attributes;
  const index = known < 0 ? spec.attributes.length : known;
  return {
    ...spec,
    attributes,
    allocations: spec.allocations.map((each, at) => (at === ordinal ? index : each)),
    unallocated: spec.unallocated.filter((each) => each !== ordinal),
    sequenceNumberForAllocation: {
      ...spec.sequenceNumberForAllocation,
      [String(ordinal)]: spec.sequenceNumber,
    },
  };
}
