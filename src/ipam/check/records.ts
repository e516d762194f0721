import type { Attribute } from '../../operations/ipam/block.ts';
import type { Resource } from '../../resources/kind.ts';
import { formatAddress } from '../../resources/net/address.ts';
import type { Cidr } from '../../resources/net/cidr.ts';
import { isCount } from '../survey/blocks.ts';
import { partsOf } from '../survey/faults.ts';
import { formatV4Number } from '../survey/plain-address.ts';

/** An address that a stored block records as taken, sound or not. */
export interface AddressRecord {
  readonly ordinal: number;
  readonly address: string;
  /** Undefined where the block refers to one that it does not have. */
  readonly attribute: Attribute | undefined;
  /** `''` where there is none. */
  readonly handle: string;
  /** 0 where the block has none. */
  readonly sequenceNumber: number | bigint;
}

/** The addresses of a stored block that are taken, in their order. */
export function* recordsOf(stored: Resource, range: Cidr): Generator<AddressRecord, void, undefined> {
  const { allocations, attributes, sequenceNumberForAllocation } = partsOf(stored.spec);
  const { family, value } = range.address;
  const base = family === 4 ? Number(value) : 0;
  for (let ordinal = 0; ordinal < allocations.length; ordinal++) {
    const index = allocations[ordinal];
    if (index === null || index === undefined) continue;
    const attribute = attributes[index];
    const sequenceNumber = sequenceNumberForAllocation[String(ordinal)];
    yield {
      ordinal,
      address:
        family === 4
          ? formatV4Number(base + ordinal)
          : formatAddress({ family, value: value + BigInt(ordinal) }),
      attribute,
      handle: attribute?.handle_id ?? '',
      sequenceNumber: isCount(sequenceNumber) ? sequenceNumber : 0,
    };
  }
}

/** What is known of whoever took an address, as the reference prints it. */
export function attributesText(attribute: Attribute | undefined): string {
  if (attribute === undefined) return '<missing>';
  const { handle_id: handle, secondary = {}, alternateOwnerAttrs } = attribute;
  const alternate = pairs(alternateOwnerAttrs ?? {});
  return `Main:${handle ?? '<none>'} Extra:${pairs(secondary)}${alternate === '' ? '' : ` Alternate:${alternate}`}`;
}

function pairs(values: Readonly<Record<string, string>>): string {
  return Object.keys(values)
    .sort()
    .map((key) => `${key}=${values[key]}`)
    .join(',');
}
