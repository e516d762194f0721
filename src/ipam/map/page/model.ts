import { type Address, compareAddresses, formatAddress } from '../../../resources/net/address.ts';
import { type Cidr, containsAddress, overlaps, parseCidr } from '../../../resources/net/cidr.ts';
import {
  type BlockColumns,
  type BlockDetails,
  isFree,
  type MapHead,
  type MapPool,
  type MapTail,
} from '../data.ts';

/** A block with what is always at hand; more is read from its line of details. */
export interface MapBlock {
  readonly cidr: string;
  readonly range: Cidr;
  /** Number of the owner, -1 for nobody. */
  readonly owner: number;
  readonly claimed: string;
  readonly sequence: string;
  /** A letter an address. */
  readonly states: string;
  /** Owner by ordinal, of those that another node has; undefined where there is none. */
  readonly borrowed: ReadonlyMap<number, number> | undefined;
  /** Which element of details it is in, and which line of it. */
  readonly chunk: number;
  readonly line: number;
}

/** A pool, or what is in none, with its blocks in order of addresses. */
export interface MapSection {
  readonly pool: MapPool | undefined;
  readonly range: Cidr | undefined;
  readonly blocks: readonly MapBlock[];
  /** Addresses that are not free. */
  readonly used: number;
}

export interface MapModel {
  readonly head: MapHead;
  readonly owners: readonly string[];
  readonly sections: readonly MapSection[];
  readonly blocks: readonly MapBlock[];
  /** Lines of JSON, by chunk. */
  readonly details: readonly string[];
}

export interface MapSource {
  readonly head: MapHead;
  readonly tail: MapTail;
  readonly columns: readonly BlockColumns[];
  readonly details: readonly string[];
}

export function modelOf({ head, tail, columns, details }: MapSource): MapModel {
  const blocks = columns.flatMap((column, chunk) =>
    column.cidr.map((_cidr, line) => blockOf(column, chunk, line)),
  );
  blocks.sort(
    (a, b) => compareAddresses(a.range.address, b.range.address) || a.range.prefix - b.range.prefix,
  );
  const ranges = head.pools.map((pool) => parseCidr(pool.cidr));
  const lists = new Map<number, MapBlock[]>();
  for (const block of blocks) {
    const pool = ranges.findIndex((range) => range !== undefined && overlaps(range, block.range));
    const list = lists.get(pool) ?? [];
    lists.set(pool, list);
    list.push(block);
  }
  const sections = head.pools.map((pool, index) => sectionOf(pool, ranges[index], lists.get(index) ?? []));
  const stray = lists.get(-1);
  if (stray !== undefined) sections.push(sectionOf(undefined, undefined, stray));
  return { head, owners: tail.owners, sections, blocks, details };
}

function sectionOf(
  pool: MapPool | undefined,
  range: Cidr | undefined,
  blocks: readonly MapBlock[],
): MapSection {
  let used = 0;
  for (const { states } of blocks) for (const letter of states) if (!isFree(letter)) used++;
  return { pool, range, blocks, used };
}

function blockOf(column: BlockColumns, chunk: number, line: number): MapBlock {
  const cidr = column.cidr[line]!;
  const pairs = column.borrowed[line]!;
  const borrowed = new Map<number, number>();
  for (let at = 0; at < pairs.length; at += 2) borrowed.set(pairs[at]!, pairs[at + 1]!);
  return {
    ...{ cidr, range: parseCidr(cidr)!, owner: column.owner[line]!, claimed: column.claimed[line]! },
    ...{ sequence: column.sequence[line]!, states: column.states[line]!, chunk, line },
    borrowed: borrowed.size === 0 ? undefined : borrowed,
  };
}

/** An address of a block. */
export interface Place {
  readonly block: MapBlock;
  readonly ordinal: number;
}

export function addressOf({ block, ordinal }: Place): Address {
  const { family, value } = block.range.address;
  return { family, value: value + BigInt(ordinal) };
}

export function addressText(place: Place): string {
  return formatAddress(addressOf(place));
}

/** Number of whoever has the address, or of the block's owner where it is free; -1 for nobody. */
export function ownerAt({ block, ordinal }: Place): number {
  return block.borrowed?.get(ordinal) ?? block.owner;
}

/** Where the address is; undefined where no block has it. */
export function placeOf(model: MapModel, address: Address): Place | undefined {
  const block = model.blocks.find(({ range }) => containsAddress(range, address));
  if (block === undefined) return undefined;
  const ordinal = Number(address.value - block.range.address.value);
  return ordinal < block.states.length ? { block, ordinal } : undefined;
}

/** All that is known of an address that is not free. */
export interface Holding {
  readonly handle: string;
  readonly name: string;
  readonly time: string;
  /** Decimal digits; empty where there is none. */
  readonly sequence: string;
  readonly more: Readonly<Record<string, string>>;
}

/** Holdings by ordinal, read from a block's line. */
export function holdingsOf(block: MapBlock, line: string): ReadonlyMap<number, Holding> {
  const details = JSON.parse(line) as BlockDetails;
  const holdings = new Map<number, Holding>();
  let time = '';
  let index = 0;
  for (let ordinal = 0; ordinal < block.states.length; ordinal++) {
    const letter = block.states[ordinal]!;
    if (isFree(letter)) continue;
    const given = details.times[index] ?? '';
    time = given === 0 ? time : given;
    const sequence = BigInt(block.sequence) - BigInt(details.sequences[index] ?? 0);
    holdings.set(ordinal, {
      handle: details.handles[index] ?? '',
      name: details.names[index] ?? '',
      time,
      sequence: sequence === 0n ? '' : String(sequence),
      more: details.more[index] ?? {},
    });
    index++;
  }
  return holdings;
}

/** Reads details of blocks when they are wanted, and keeps the lines of a few chunks apart. */
export function detailReader(model: MapModel): (block: MapBlock) => ReadonlyMap<number, Holding> {
  const split = new Map<number, readonly string[]>();
  const read = new Map<MapBlock, ReadonlyMap<number, Holding>>();
  return (block) => {
    const known = read.get(block);
    if (known !== undefined) return known;
    const lines = split.get(block.chunk) ?? model.details[block.chunk]!.split('\n');
    keep(split, block.chunk, lines, 32);
    const holdings = holdingsOf(block, lines[block.line]!);
    keep(read, block, holdings, 512);
    return holdings;
  };
}

function keep<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  if (map.size >= most && !map.has(key)) map.clear();
  map.set(key, value);
}
