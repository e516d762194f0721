import { addressAt, attributeAt, type Block, blockOf } from '../../operations/ipam/block.ts';
import type { Resource } from '../../resources/kind.ts';
import type { Address } from '../../resources/net/address.ts';

/** An address that a block records as taken, with all that is known of whoever took it. */
export interface Allocation {
  readonly address: Address;
  readonly ordinal: number;
  /** `''` where there is none. */
  readonly handle: string;
  /** 0 where the block has none. */
  readonly sequenceNumber: number | bigint;
  /** Active owner: pod, namespace, node, type, timestamp and others. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly alternate?: Readonly<Record<string, string>>;
  /** RFC 3339, of an address that rests. */
  readonly releasedAt?: string;
}

/** The addresses of a stored block that are taken, in their order. Throws `corrupt` as `blockOf` does. */
export function allocationsOf(stored: Resource): readonly Allocation[] {
  const block = blockOf(stored);
  return block.spec.allocations.flatMap((index, ordinal) =>
    index === null ? [] : [allocationAt(block, ordinal)],
  );
}

function allocationAt(block: Block, ordinal: number): Allocation {
  const { handle_id, secondary, alternateOwnerAttrs, releasedAt } = attributeAt(block, ordinal) ?? {};
  return {
    address: addressAt(block, ordinal),
    ordinal,
    handle: handle_id ?? '',
    sequenceNumber: block.spec.sequenceNumberForAllocation[String(ordinal)] ?? 0,
    attributes: secondary ?? {},
    ...(alternateOwnerAttrs === undefined ? {} : { alternate: alternateOwnerAttrs }),
    ...(releasedAt === undefined ? {} : { releasedAt }),
  };
}

/** Who took an address, as far as they said: `Pod(namespace/name)`, `Service(namespace/name)`, `Node(name)`. */
export function takerOf(attributes: Allocation['attributes']): string | undefined {
  const { pod, namespace = '', node, service, 'vmi-name': machine } = attributes;
  if (machine) return `VirtualMachine(${namespace}/${machine})`;
  if (pod) return `Pod(${namespace}/${pod})`;
  if (service) return `Service(${namespace}/${service})`;
  return node ? `Node(${node})` : undefined;
}
