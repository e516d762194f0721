import { CalicoctlError } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import type { Resource } from '../../resources/kind.ts';
import { type Address, addressPlus } from '../../resources/net/address.ts';
import {
  type Cidr,
  cidrSize,
  containsAddress,
  firstAddress,
  hostBits,
  parseCidr,
} from '../../resources/net/cidr.ts';

/**
 * A block of addresses as a value. Address number o of a block is its base + o. Nothing here reads or writes a
 * datastore; every function returns a new block.
 */

export interface Attribute {
  readonly handle_id?: string;
  readonly secondary?: Readonly<Record<string, string>>;
  readonly alternateOwnerAttrs?: Readonly<Record<string, string>>;
  /** The addresses rest since then; an attribute with it has nothing else. */
  readonly releasedAt?: string;
}

export interface BlockSpec {
  readonly cidr: string;
  readonly affinity?: string | null;
  readonly affinityClaimTime?: string;
  /** For each ordinal an index in `attributes`, or null where it is free. */
  readonly allocations: readonly (number | null)[];
  /** Free ordinals, the next to be given first. */
  readonly unallocated: readonly number[];
  readonly attributes: readonly Attribute[];
  /** Starts as nanoseconds, beyond 2^53: a bigint where a number would not be exact. */
  readonly sequenceNumber: number | bigint;
  readonly sequenceNumberForAllocation: Readonly<Record<string, number | bigint>>;
}

/** A block and where its addresses are. */
export interface Block {
  readonly range: Cidr;
  readonly spec: BlockSpec;
}

/** Addresses that are kept free of workloads on Windows nodes; a block with nothing else is empty. */
const WINDOWS_HANDLE = 'windows-reserved-ipam-handle';

/** A block has 2^12 addresses at most; a longer list was never written by Calico. */
const MOST_HOST_BITS = 12;

/** The block of a stored resource. Throws `corrupt` where its parts contradict each other, or are no such parts. */
export function blockOf(resource: Resource): Block {
  const attributes = resource.spec['attributes'] ?? [];
  const spec = {
    ...resource.spec,
    allocations: resource.spec['allocations'] ?? [],
    unallocated: resource.spec['unallocated'] ?? [],
    attributes: Array.isArray(attributes) ? attributes.map(attributeOf) : attributes,
    sequenceNumber: resource.spec['sequenceNumber'] ?? 0,
    sequenceNumberForAllocation: resource.spec['sequenceNumberForAllocation'] ?? {},
  } as unknown as BlockSpec;
  const range = typeof spec.cidr === 'string' ? parseCidr(spec.cidr) : undefined;
  const fault =
    range === undefined ? `its cidr "${spec.cidr}" is not a CIDR` : (misshapen(spec) ?? faultOf(range, spec));
  if (range === undefined || fault !== undefined) {
    throw new CalicoctlError('corrupt', `IPAMBlock(${resource.metadata.name}) cannot be used: ${fault}`, {
      resource: `IPAMBlock(${resource.metadata.name})`,
      hint: 'It is left as it is. `calicoctl ipam check` tells more.',
    });
  }
  return { range, spec };
}

/** One entry of `attributes`, where null is as good as nothing; undefined for what is none. */
export function attributeOf(value: unknown): Attribute | undefined {
  if (value === null) return {};
  if (!isObject(value)) return undefined;
  const { handle_id, secondary, alternateOwnerAttrs, releasedAt } = value;
  const isSound =
    (handle_id == null || typeof handle_id === 'string') &&
    (releasedAt == null || (typeof releasedAt === 'string' && !Number.isNaN(Date.parse(releasedAt)))) &&
    [secondary, alternateOwnerAttrs].every((words) => words == null || isTexts(words));
  if (!isSound) return undefined;
  const hasNull = [handle_id, secondary, alternateOwnerAttrs, releasedAt].includes(null);
  return hasNull ? Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null)) : value;
}

function isTexts(words: unknown): boolean {
  if (!isObject(words)) return false;
  for (const name in words) if (typeof words[name] !== 'string') return false;
  return true;
}

/** What is no list, text or number where one has to be. */
function misshapen(spec: BlockSpec): string | undefined {
  const { affinity = null, allocations, unallocated, attributes } = spec;
  if (affinity !== null && typeof affinity !== 'string') return 'its affinity is no text';
  if (![allocations, unallocated, attributes].every(Array.isArray))
    return 'its allocations, unallocated or attributes are no list';
  const odd = attributes.indexOf(undefined as unknown as Attribute);
  if (odd >= 0) return `its attribute ${odd} cannot be read`;
  const { sequenceNumber, sequenceNumberForAllocation: marks } = spec;
  if (!isObject(marks) || ![sequenceNumber, ...Object.values(marks)].every((mark) => isCount(mark ?? 0)))
    return 'one of its sequence numbers is no number';
  return undefined;
}

function isCount(value: unknown): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

function faultOf(range: Cidr, { allocations, unallocated, attributes }: BlockSpec): string | undefined {
  const size = hostBits(range) > MOST_HOST_BITS ? -1 : Number(cidrSize(range));
  if (allocations.length !== size)
    return `it lists ${allocations.length} allocations, which is not the number of its addresses`;
  const dangling = allocations.find((index) => index !== null && attributes[index] === undefined);
  if (dangling !== undefined) return `an allocation names attribute ${dangling}, which does not exist`;
  const strange = unallocated.find((ordinal) => allocations[ordinal] !== null);
  if (strange !== undefined) return `address number ${strange} is listed as free but is not`;
  return undefined;
}

/** Which address of the block it is; undefined for addresses outside. */
export function ordinalOf({ range }: Block, address: Address): number | undefined {
  return containsAddress(range, address) ? Number(address.value - firstAddress(range).value) : undefined;
}

export function addressAt({ range }: Block, ordinal: number): Address {
  return addressPlus(firstAddress(range), BigInt(ordinal))!;
}

/** What is known of the owner of an address; undefined where it is free. */
export function attributeAt({ spec }: Block, ordinal: number): Attribute | undefined {
  const index = spec.allocations[ordinal];
  return index === null || index === undefined ? undefined : spec.attributes[index];
}

/** A handle id without what an old migration left behind a carriage return. */
export function cleanHandle(id: string | undefined): string {
  return (id ?? '').split('\r', 1)[0]!;
}

/** Whether it is the handle of addresses that Windows reserves; blocks record it, and it does not exist. */
export function isWindowsHandle(id: string | undefined): boolean {
  return cleanHandle(id).toLowerCase() === WINDOWS_HANDLE;
}

/** True where no address is in use; resting ones are, those that Windows reserves are not. */
export function isEmpty({ spec }: Block): boolean {
  return spec.allocations.every(
    (index) => index === null || isWindowsHandle(spec.attributes[index]!.handle_id),
  );
}

/** Resting addresses whose time is over become free, at the end of the queue; attributes of nobody go. */
export function collectGarbage(block: Block, cooldownSeconds: number, now: Date): Block {
  const { spec } = block;
  const isOver = spec.attributes.map(({ releasedAt }) => hasRested(releasedAt, cooldownSeconds, now));
  const freed = ordinals(spec).filter((ordinal) => isOver[spec.allocations[ordinal]!] === true);
  if (freed.length === 0) return { ...block, spec: compact(spec) };
  const gone = new Set(freed);
  const allocations = spec.allocations.map((index, ordinal) => (gone.has(ordinal) ? null : index));
  const kept = Object.entries(spec.sequenceNumberForAllocation).filter(([key]) => !gone.has(Number(key)));
  const next = {
    ...spec,
    allocations,
    unallocated: [...spec.unallocated, ...freed],
    sequenceNumberForAllocation: Object.fromEntries(kept),
  };
  return { ...block, spec: compact(next) };
}

/** The ordinals that somebody has, or that rest. */
function ordinals({ allocations }: BlockSpec): readonly number[] {
  return allocations.flatMap((index, ordinal) => (index === null ? [] : [ordinal]));
}

/** Times of release are whole seconds, so without a cooldown the present second counts as over. */
function hasRested(releasedAt: string | undefined, cooldownSeconds: number, now: Date): boolean {
  if (releasedAt === undefined) return false;
  if (cooldownSeconds < 0) return true;
  const rested = now.getTime() - Date.parse(releasedAt) - cooldownSeconds * 1000;
  return cooldownSeconds === 0 ? rested >= 0 : rested > 0;
}

/** Drops the attributes that no address refers to. */
function compact(spec: BlockSpec): BlockSpec {
  const used = new Set(spec.allocations);
  if (spec.attributes.every((_, index) => used.has(index))) return spec;
  const kept = [...spec.attributes.keys()].filter((index) => used.has(index));
  const renumbered = new Map(kept.map((index, position) => [index, position]));
  return {
    ...spec,
    attributes: kept.map((index) => spec.attributes[index]!),
    allocations: spec.allocations.map((index) => (index === null ? null : renumbered.get(index)!)),
  };
}

/** The block as it is stored next: one step further in its sequence. */
export function advanced({ spec }: Block): BlockSpec {
  const next = BigInt(spec.sequenceNumber) + 1n;
  return {
    ...spec,
    sequenceNumber: next <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(next) : next,
  };
}

/** The block owned by nobody. `affinity` stays as null, which is how it is written in etcd. */
export function disowned(block: Block): Block {
  const { affinityClaimTime: _, ...spec } = block.spec;
  return { ...block, spec: { ...spec, affinity: null } };
}
