import { textIn } from '../../core/json.ts';
import { type Attribute, attributeOf } from '../../operations/ipam/block.ts';
import { cidrIn } from '../../operations/ipam/objects.ts';
import type { Resource } from '../../resources/kind.ts';
import { formatAddress } from '../../resources/net/address.ts';
import { type Cidr, firstAddress, formatCidr, networkOf } from '../../resources/net/cidr.ts';

/** An address that a node uses out of a block that it does not own. */
export interface Borrowed {
  readonly address: string;
  readonly node: string;
  readonly block: string;
  /** Empty where nobody owns the block. */
  readonly owner: string;
  /** `vmi`, `pod`, or what the attributes say, e.g. `ipipTunnelAddress`. */
  readonly type: string;
  /** `namespace/name` of the machine or pod; empty for anything else. */
  readonly allocatedTo: string;
}

/** An address that is taken, as a block says it; the block need not be sound. */
export interface Taken {
  readonly ordinal: number;
  /** Absent where the block names an attribute that it does not have, or that cannot be read. */
  readonly attribute: Attribute | undefined;
}

/** The addresses of a stored block that are taken, in their order. */
export function* takenIn({ spec }: Resource): Generator<Taken> {
  const allocations = Array.isArray(spec['allocations']) ? spec['allocations'] : [];
  const attributes = Array.isArray(spec['attributes']) ? spec['attributes'].map(attributeOf) : [];
  for (let ordinal = 0; ordinal < allocations.length; ordinal++) {
    const index = allocations[ordinal];
    if (typeof index === 'number') yield { ordinal, attribute: attributes[index] };
  }
}

/** The owner that an affinity names, as the reference cuts it. */
export function ownerIn(affinity: string): string {
  const parts = affinity.split(':');
  return parts.length === 2 ? parts[1]! : parts[0]!;
}

export interface BorrowedInBlock {
  readonly borrowed: readonly Borrowed[];
  /** Addresses of which nobody says which node has them. */
  readonly withoutNode: number;
}

/** The borrowed addresses of a stored block. */
export function borrowedIn(stored: Resource): BorrowedInBlock {
  const range = cidrIn(stored.spec);
  if (range === undefined) return { borrowed: [], withoutNode: 0 };
  const owner = ownerIn(textIn(stored.spec['affinity']));
  const borrowed: Borrowed[] = [];
  let withoutNode = 0;
  for (const { ordinal, attribute } of takenIn(stored)) {
    const node = attribute?.secondary?.['node'];
    if (!node) withoutNode++;
    else if (node !== owner) borrowed.push(loan(range, ordinal, owner, attribute?.secondary ?? {}));
  }
  return { borrowed, withoutNode };
}

function loan(
  range: Cidr,
  ordinal: number,
  owner: string,
  attributes: Readonly<Record<string, string>>,
): Borrowed {
  const { family, value } = firstAddress(range);
  const address = formatAddress({ family, value: value + BigInt(ordinal) });
  return {
    ...{ address, node: attributes['node'] ?? '', block: formatCidr(networkOf(range)), owner },
    ...target(attributes),
  };
}

function target(attributes: Readonly<Record<string, string>>): Pick<Borrowed, 'type' | 'allocatedTo'> {
  const { namespace = '', pod, type = '' } = attributes;
  const machine = attributes['vmi-name'];
  if (machine) return { type: 'vmi', allocatedTo: `${namespace}/${machine}` };
  if (pod) return { type: 'pod', allocatedTo: `${namespace}/${pod}` };
  return { type, allocatedTo: '' };
}
