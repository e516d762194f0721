import { type Address, addressBits, type Family } from '../../../resources/net/address.ts';
import { cidrSize, firstAddress, lastAddress } from '../../../resources/net/cidr.ts';
import type { MapBlock, MapSection } from './model.ts';

/** Where everything stands, in cells: an address is 1 by 1. Reckoned once; drawing and finding only look it up. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly sections: readonly PlacedSection[];
  /** From the top down. */
  readonly rows: readonly Row[];
  readonly tileOf: ReadonlyMap<MapBlock, Tile>;
}

export interface PlacedSection {
  readonly section: MapSection;
  readonly y: number;
  readonly height: number;
}

export interface Row {
  readonly y: number;
  readonly height: number;
  /** From left to right. */
  readonly tiles: readonly Tile[];
}

/** A block, or room between blocks. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  /** Without the gap to its neighbours; the label is part of it. */
  readonly width: number;
  readonly height: number;
  /** Absent for free room. */
  readonly block?: MapBlock;
  /** Addresses of free room. */
  readonly room?: Room;
}

export interface Room {
  readonly first: Address;
  readonly last: Address;
  readonly addresses: bigint;
  /** How many blocks would fit. */
  readonly blocks: bigint;
}

/** Height of a tile's label, and what is left between tiles. */
export const LABEL = 2;
export const GAP = 1;

/** Of so many blocks in a row that are missing, each gets its place; more are told as a number. */
const PLACES_OF_ROOM = 16n;

/** How many cells a block has side by side: 8 of 64, 16 of 256. */
export function columnsOf(addresses: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, addresses)) / 2);
}

interface Item {
  readonly width: number;
  readonly height: number;
  readonly block?: MapBlock;
  readonly room?: Room;
}

/** Lays out all pools one below the other, about as wide in relation to their height as `aspect`. */
export function layoutOf(sections: readonly MapSection[], aspect: number, header: number): Layout {
  const lists = sections.map(itemsOf);
  const width = widthFor(lists, aspect);
  const rows: Row[] = [];
  const placed: PlacedSection[] = [];
  let y = 0;
  for (const [index, section] of sections.entries()) {
    const top = y;
    y += header;
    for (const row of wrapped(lists[index]!, width)) {
      const placedRow = placeRow(row, y);
      rows.push(placedRow);
      y += placedRow.height + GAP;
    }
    y += 2 * GAP;
    placed.push({ section, y: top, height: y - top });
  }
  const tiles = rows.flatMap((row) => row.tiles);
  return {
    ...{ width, height: Math.max(y, 1), sections: placed, rows },
    tileOf: new Map(tiles.flatMap((tile) => (tile.block === undefined ? [] : [[tile.block, tile] as const]))),
  };
}

/** Blocks and the room between them, in order of addresses. Room of IPv6 is always a number. */
function itemsOf({ range, pool, blocks }: MapSection): readonly Item[] {
  if (range === undefined || pool === undefined) return blocks.map(itemOfBlock);
  const { family } = range.address;
  const size = 1n << BigInt(Math.max(0, addressBits(family) - pool.blockSize));
  const items: Item[] = [];
  let next = firstAddress(range).value;
  for (const block of blocks) {
    const start = block.range.address.value;
    if (start > next) items.push(...itemsOfRoom(next, start - 1n, size, family));
    items.push(itemOfBlock(block));
    const end = start + cidrSize(block.range);
    if (end > next) next = end;
  }
  const last = lastAddress(range).value;
  if (next <= last) items.push(...itemsOfRoom(next, last, size, family));
  return items;
}

function itemOfBlock(block: MapBlock): Item {
  return { ...boxOf(block.states.length), block };
}

function boxOf(addresses: number): { readonly width: number; readonly height: number } {
  const width = columnsOf(addresses);
  return { width, height: Math.ceil(addresses / width) + LABEL };
}

function itemsOfRoom(first: bigint, last: bigint, size: bigint, family: Family): readonly Item[] {
  const addresses = last - first + 1n;
  const blocks = addresses / size;
  const box = boxOf(Number(size < 4096n ? size : 4096n));
  const roomOf = (start: bigint, count: bigint): Room => ({
    first: { family, value: start },
    last: { family, value: start + count - 1n },
    addresses: count,
    blocks: count / size,
  });
  if (family === 6 || blocks > PLACES_OF_ROOM || blocks * size !== addresses)
    return [{ ...box, room: roomOf(first, addresses) }];
  return Array.from({ length: Number(blocks) }, (_, index) => ({
    ...box,
    room: roomOf(first + BigInt(index) * size, size),
  }));
}

/** Rows of a power of two of the usual tile, or some quarters more, so that in a full pool they begin at round addresses. */
function widthFor(lists: readonly (readonly Item[])[], aspect: number): number {
  const items = lists.flat();
  if (items.length === 0) return 40;
  const area = items.reduce((sum, item) => sum + (item.width + GAP) * (item.height + GAP), 0);
  const widest = items.reduce((most, item) => Math.max(most, item.width), 0);
  const tile = median(items.map((item) => item.width)) + GAP;
  const wanted = Math.sqrt(area * aspect) / tile;
  const power = 2 ** Math.floor(Math.log2(Math.max(1, wanted)));
  const tiles = [1, 1.25, 1.5, 1.75, 2].map((part) => power * part).find((count) => count >= wanted * 0.95);
  return Math.max(widest, Math.ceil(tiles ?? wanted) * tile - GAP);
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}

function* wrapped(items: readonly Item[], width: number): Generator<readonly Item[]> {
  let row: Item[] = [];
  let x = 0;
  for (const item of items) {
    if (row.length > 0 && x + item.width > width) {
      yield row;
      row = [];
      x = 0;
    }
    row.push(item);
    x += item.width + GAP;
  }
  if (row.length > 0) yield row;
}

function placeRow(items: readonly Item[], y: number): Row {
  let x = 0;
  const tiles = items.map((item): Tile => {
    const tile = { ...item, x, y };
    x += item.width + GAP;
    return tile;
  });
  return { y, height: Math.max(...items.map((item) => item.height)), tiles };
}

/** The tile at a point; undefined between tiles. */
export function tileAt({ rows }: Layout, x: number, y: number): Tile | undefined {
  const row = lastUpTo(rows, y, (each) => each.y);
  const tile = row && lastUpTo(row.tiles, x, (each) => each.x);
  return tile && x < tile.x + tile.width && y < tile.y + tile.height ? tile : undefined;
}

/** The rows that are seen between two heights. */
export function rowsBetween({ rows }: Layout, top: number, bottom: number): readonly Row[] {
  const first = indexUpTo(rows, top, (row) => row.y);
  const last = indexUpTo(rows, bottom, (row) => row.y);
  return rows.slice(Math.max(0, first), last + 1);
}

/** The tiles of a row that are seen between two edges. */
export function tilesBetween({ tiles }: Row, left: number, right: number): readonly Tile[] {
  const first = indexUpTo(tiles, left, (tile) => tile.x);
  const last = indexUpTo(tiles, right, (tile) => tile.x);
  return tiles.slice(Math.max(0, first), last + 1);
}

function lastUpTo<T>(items: readonly T[], limit: number, key: (item: T) => number): T | undefined {
  return items[indexUpTo(items, limit, key)];
}

/** Index of the last item whose key is not beyond the limit; -1 where all are. */
function indexUpTo<T>(items: readonly T[], limit: number, key: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(items[middle]!) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The cell of an address within the map. */
export function cellOf(tile: Tile, ordinal: number): { readonly x: number; readonly y: number } {
  return { x: tile.x + (ordinal % tile.width), y: tile.y + LABEL + Math.floor(ordinal / tile.width) };
}

/** Which address of a block's tile is at a point; undefined on its label. */
export function ordinalAt(tile: Tile, x: number, y: number): number | undefined {
  const [column, line] = [Math.floor(x - tile.x), Math.floor(y - tile.y - LABEL)];
  const ordinal = line * tile.width + column;
  return line >= 0 && tile.block !== undefined && ordinal < tile.block.states.length ? ordinal : undefined;
}
