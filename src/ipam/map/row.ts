import { isObject, textIn } from '../../core/json.ts';
import { cleanHandle, isWindowsHandle } from '../../operations/ipam/block.ts';
import type { Resource } from '../../resources/kind.ts';
import { type AddressSet, countWithin, hasAddress } from '../../resources/net/addressset.ts';
import { type Cidr, cidrSize, firstAddress } from '../../resources/net/cidr.ts';
import { takenIn } from '../usage/borrowed.ts';
import type { BlockDetails, StateLetter } from './data.ts';
import type { LeakTest } from './leaks.ts';
import type { Owners } from './owners.ts';

/** A block has 2^12 addresses at most; of one that claims more, the rest is not drawn. */
const MOST_ADDRESSES = 4096n;

/** A block as the page is told of it. */
export interface BlockRow {
  readonly owner: number;
  readonly claimed: string;
  readonly sequence: string;
  readonly states: string;
  readonly borrowed: readonly number[];
  readonly details: BlockDetails;
}

export interface RowContext {
  readonly owners: Owners;
  readonly reserved: AddressSet;
  /** Absent where nobody looked. */
  readonly isLeaked: LeakTest | undefined;
}

type Texts = Readonly<Record<string, string>>;

/** Who has an address. Whatever is stored, these are texts. */
interface Holder {
  readonly ordinal: number;
  readonly sequence: bigint;
  readonly handle: string;
  readonly owner: Texts;
  readonly alternate: Texts;
  /** Empty unless it rests. */
  readonly releasedAt: string;
}

/** A stored block in the page's words; the block need not be sound. */
export function blockRow(stored: Resource, range: Cidr, context: RowContext): BlockRow {
  const { spec } = stored;
  const affinity = textIn(spec['affinity']);
  const size = Number(cidrSize(range) < MOST_ADDRESSES ? cidrSize(range) : MOST_ADDRESSES);
  const sequence = integerOf(spec['sequenceNumber']);
  const sequences = isObject(spec['sequenceNumberForAllocation']) ? spec['sequenceNumberForAllocation'] : {};
  const holders = [...takenIn(stored)]
    .filter(({ ordinal }) => ordinal < size)
    .map(({ ordinal, attribute }) => holderOf(ordinal, integerOf(sequences[ordinal]), attribute));
  return {
    owner: affinity === '' ? -1 : context.owners.numberOf(affinity),
    claimed: textIn(spec['affinityClaimTime']),
    sequence: String(sequence),
    states: statesOf(range, size, holders, context),
    borrowed: borrowedOf(holders, affinity, context.owners),
    details: detailsOf(holders, sequence),
  };
}

function holderOf(ordinal: number, sequence: bigint, attribute: unknown): Holder {
  const { handle_id, secondary, alternateOwnerAttrs, releasedAt } = isObject(attribute) ? attribute : {};
  return {
    ordinal,
    sequence,
    handle: cleanHandle(textIn(handle_id)),
    owner: textsOf(secondary),
    alternate: textsOf(alternateOwnerAttrs),
    releasedAt: textIn(releasedAt),
  };
}

function textsOf(value: unknown): Texts {
  if (!isObject(value)) return {};
  return Object.values(value).every((text) => typeof text === 'string')
    ? (value as Texts)
    : Object.fromEntries(Object.entries(value).map(([key, text]) => [key, textIn(text)]));
}

function integerOf(value: unknown): bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? BigInt(value as bigint | number) : 0n;
}

function statesOf(
  range: Cidr,
  size: number,
  holders: readonly Holder[],
  { reserved, isLeaked }: RowContext,
): string {
  const letters: StateLetter[] = Array(size).fill('.');
  if (countWithin(reserved, range) > 0n) {
    const { family, value } = firstAddress(range);
    for (const ordinal of letters.keys())
      if (hasAddress(reserved, { family, value: value + BigInt(ordinal) })) letters[ordinal] = 'r';
  }
  const isLeakedHere = isLeaked?.(range);
  for (const holder of holders) {
    const letter = letterOf(holder);
    letters[holder.ordinal] = isLeakedHere?.(holder.ordinal, holder.sequence, letter) ? 'x' : letter;
  }
  return letters.join('');
}

function letterOf({ handle, owner, releasedAt }: Holder): StateLetter {
  if (releasedAt !== '') return 'c';
  if (isWindowsHandle(handle)) return 'w';
  if (owner['vmi-name']) return 'v';
  if (owner['type']?.endsWith('TunnelAddress')) return 't';
  if (owner['type'] === 'LoadBalancer' || owner['service']) return 'l';
  return owner['pod'] ? 'p' : 'u';
}

/** An address whose node is not told belongs to the block's owner, as everywhere in Calico. */
function borrowedOf(holders: readonly Holder[], affinity: string, owners: Owners): readonly number[] {
  return holders.flatMap(({ ordinal, owner: { node } }) =>
    node && affinity !== `host:${node}` ? [ordinal, owners.numberOf(`host:${node}`)] : [],
  );
}

function detailsOf(holders: readonly Holder[], blockSequence: bigint): BlockDetails {
  const times = holders.map(({ releasedAt, owner }) => releasedAt || (owner['timestamp'] ?? ''));
  const more: Record<string, Texts> = {};
  for (const [index, holder] of holders.entries()) {
    const others = othersOf(holder);
    if (others.length > 0) more[index] = Object.fromEntries(others);
  }
  return {
    handles: holders.map(({ handle }) => handle),
    names: holders.map(({ owner }) => nameOf(owner)),
    times: times.map((time, index) => (time !== '' && time === times[index - 1] ? 0 : time)),
    sequences: holders.map(({ sequence }) => shortest(blockSequence - sequence)),
    more,
  };
}

/** Attributes of which the name is made, by preference. */
const NAMING = ['vmi-name', 'pod', 'service'];

function nameOf(owner: Texts): string {
  const key = NAMING.find((each) => owner[each]);
  return key === undefined ? '' : `${owner['namespace'] ?? ''}/${owner[key]}`;
}

/** What is not told by name, node and time. */
function othersOf({ owner, alternate }: Holder): readonly (readonly [string, string])[] {
  const naming = NAMING.find((each) => owner[each]);
  const told = ['node', 'timestamp', ...(naming === undefined ? [] : [naming, 'namespace'])];
  return [
    ...Object.entries(owner).filter(([key]) => !told.includes(key)),
    ...Object.entries(alternate).map(([key, value]) => [`alternate ${key}`, value] as const),
  ];
}

function shortest(value: bigint): number | string {
  return value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
}
