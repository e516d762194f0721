import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import {
  type Attribute,
  attributeAt,
  blockOf,
  cleanHandle,
  collectGarbage,
  ordinalOf,
} from '../../operations/ipam/block.ts';
import { cooldownSeconds } from '../../operations/ipam/config.ts';
import { blockRef } from '../../operations/ipam/objects.ts';
import { allPools, blockRange, poolWith } from '../../operations/ipam/pools.ts';
import { type Address, formatAddress } from '../../resources/net/address.ts';

export interface Assignment {
  /** Undefined where nobody has the address. */
  readonly attribute: Attribute | undefined;
  /** An enabled pool has the address. */
  readonly hasPool: boolean;
}

/**
 * Who has an address, as those who hand addresses out look at it: in the block that the first enabled pool with the
 * address has for it, where what has rested long enough is free. Throws `conflict` for an address that rests.
 */
export async function assignmentOf(store: Datastore, address: Address): Promise<Assignment> {
  const pool = poolWith(
    address,
    (await allPools(store)).filter(({ disabled }) => !disabled),
  );
  if (pool === undefined) return { attribute: undefined, hasPool: false };
  const reading = store.get(await blockRef(blockRange(address, pool)));
  const [stored, cooldown] = await Promise.all([unlessNotFound(reading), cooldownSeconds(store)]);
  if (stored === undefined) return { attribute: undefined, hasPool: true };
  const block = collectGarbage(blockOf(stored), cooldown, new Date());
  const attribute = attributeAt(block, ordinalOf(block, address) ?? -1);
  if (attribute?.releasedAt === undefined) return { attribute, hasPool: true };
  throw new CalicoctlError('conflict', `address ${formatAddress(address)} is in cooldown`, {
    hint: `It was released at ${attribute.releasedAt}, and rests for ${cooldown} seconds before anybody gets it.`,
  });
}

/** The reference's lines about an address. */
export function assignmentText(address: Address, attribute: Attribute | undefined): string {
  const text = formatAddress(address);
  if (attribute === undefined) return `${text} is not assigned\n`;
  const { handle_id, secondary = {}, alternateOwnerAttrs = {} } = attribute;
  const owner = attributeLines(secondary);
  const alternate = attributeLines(alternateOwnerAttrs);
  return [
    `IP ${text} is in use\n`,
    `Handle ID: ${handle_id === undefined ? '<none>' : cleanHandle(handle_id)}\n`,
    owner === '' ? 'No Active Owner attributes defined\n' : `Active Owner Attributes:\n${owner}`,
    alternate === '' ? '' : `Alternate Owner Attributes:\n${alternate}`,
  ].join('');
}

function attributeLines(attributes: Readonly<Record<string, string>>): string {
  return Object.keys(attributes)
    .sort()
    .map((key) => `  ${key}: ${attributes[key]}\n`)
    .join('');
}

/** The same as a value. */
export function assignmentData(address: Address, attribute: Attribute | undefined): object {
  const { handle_id, secondary = {}, alternateOwnerAttrs } = attribute ?? {};
  return {
    address: formatAddress(address),
    assigned: attribute !== undefined,
    ...(attribute === undefined ? {} : { handle: handle_id ?? null, attributes: secondary }),
    ...(alternateOwnerAttrs === undefined ? {} : { alternateAttributes: alternateOwnerAttrs }),
  };
}
