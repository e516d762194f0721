import { isObject, textIn } from '../../core/json.ts';
import type { Attribute, BlockSpec } from '../../operations/ipam/block.ts';

/** The parts of a stored block, with nothing where there is something else than should be. */
export function partsOf(spec: Readonly<Record<string, unknown>>): BlockSpec {
  const list = (name: string) => (Array.isArray(spec[name]) ? spec[name] : []);
  const sequences = spec['sequenceNumberForAllocation'];
  return {
    ...spec,
    allocations: indexesIn(list('allocations')),
    unallocated: list('unallocated'),
    attributes: attributesIn(list('attributes')),
    sequenceNumber: spec['sequenceNumber'] ?? 0,
    sequenceNumberForAllocation: typeof sequences === 'object' && sequences !== null ? sequences : {},
  } as unknown as BlockSpec;
}

/** What is no index is one of no attribute. */
function indexesIn(list: readonly unknown[]): readonly (number | null)[] {
  const isIndex = (item: unknown) => item === null || Number.isSafeInteger(item);
  return (list.every(isIndex) ? list : list.map((item) => (isIndex(item) ? item : -1))) as readonly (
    | number
    | null
  )[];
}

/** Anybody may write to etcd: what is no attribute is an empty one, and what is no handle is none. */
function attributesIn(list: readonly unknown[]): readonly Attribute[] {
  if (list.every(isSound)) return list as readonly Attribute[];
  return list.map((item) => {
    if (!isObject(item)) return {};
    const { handle_id: handle, secondary, ...rest } = item;
    return {
      ...rest,
      ...(typeof handle === 'string' ? { handle_id: handle } : {}),
      ...(isObject(secondary) ? { secondary: texts(secondary) } : {}),
    };
  });
}

function isSound(item: unknown): boolean {
  if (!isObject(item)) return false;
  const { handle_id: handle, secondary } = item;
  return (
    (handle === undefined || typeof handle === 'string') &&
    (secondary === undefined || (isObject(secondary) && allTexts(secondary)))
  );
}

function allTexts(values: Readonly<Record<string, unknown>>): boolean {
  for (const name in values) if (typeof values[name] !== 'string') return false;
  return true;
}

function texts(values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textIn(value)]));
}

/** The first way in which the parts of a block of so many addresses contradict each other, as the reference tells it. */
export function blockFault(spec: BlockSpec, size: bigint, now: number): string | undefined {
  return attributeFault(spec, now) ?? freeFault(spec, size);
}

function attributeFault({ allocations, attributes }: BlockSpec, now: number): string | undefined {
  const used = new Uint8Array(attributes.length);
  for (let ordinal = 0; ordinal < allocations.length; ordinal++) {
    const index = allocations[ordinal];
    if (index === null || index === undefined) continue;
    if (!(index >= 0 && index < attributes.length))
      return `allocation ${ordinal} indexes a nonexistent attribute ${index}`;
    used[index] = 1;
  }
  const idle = used.indexOf(0);
  if (idle >= 0) return `attribute index ${idle} exists but is not indexed by an allocation`;
  const ahead = attributes.findIndex(
    ({ releasedAt }) => releasedAt !== undefined && Date.parse(releasedAt) > now,
  );
  if (ahead < 0) return undefined;
  return `attribute index ${ahead} has releasedAt in the future, suggesting clock skew`;
}

function freeFault({ allocations, unallocated }: BlockSpec, size: bigint): string | undefined {
  const seen = new Set<number>();
  for (const ordinal of unallocated) {
    if (!(ordinal >= 0 && ordinal < size))
      return `ordinal ${ordinal} appears in the Unallocated array but is out of the block`;
    if (seen.has(ordinal)) return `ordinal ${ordinal} appears more than once in Unallocated array`;
    seen.add(ordinal);
    const index = allocations[ordinal];
    if (index !== null && index !== undefined)
      return `ordinal ${ordinal} is allocated but appears in Unallocated`;
  }
  let taken = 0;
  for (const index of allocations) if (index !== null) taken++;
  const all = unallocated.length + taken;
  if (BigInt(all) === size) return undefined;
  return `expected ${size} addresses in this block, but Unallocated (${unallocated.length}) + Allocated (${taken}) = ${all}`;
}
