/** The part of the protocol buffers encoding that etcd's messages use: integers, bytes, text and nested messages. */

export const VARINT = 0;
const FIXED64 = 1;
export const DELIMITED = 2;
const FIXED32 = 5;
const EMPTY = Buffer.alloc(0);

function varint(value: bigint | number): number[] {
  const bytes: number[] = [];
  if (typeof value === 'bigint' && BigInt.asUintN(31, value) === value) return varint(Number(value));
  if (typeof value === 'number') {
    for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
    bytes.push(value);
    return bytes;
  }
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return bytes;
}

/** An int64, uint64, bool or enum field; zero and absent are left out, as proto3 does. Numbers must not be negative. */
export function integer(field: number, value: bigint | number | boolean | undefined): Buffer {
  return value ? member(field, value === true ? 1 : value) : EMPTY;
}

/** An integer field that is written even when zero: a member of a oneof. */
export function member(field: number, value: bigint | number): Buffer {
  return Buffer.from([...varint((field << 3) | VARINT), ...varint(value)]);
}

/** A bytes, string or message field that is written even when empty: for members of a oneof and repeated fields. */
export function element(field: number, value: string | Uint8Array): Buffer {
  const body = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([Buffer.from([...varint((field << 3) | DELIMITED), ...varint(body.length)]), body]);
}

/** A bytes or string field; empty and absent are left out. */
export function bytes(field: number, value: string | Uint8Array | undefined): Buffer {
  return value === undefined || value.length === 0 ? EMPTY : element(field, value);
}

/** A message of its encoded fields. */
export function message(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields);
}

/** The bytes are no message of the expected type. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

/** Where in encoded bytes a reader stands. */
export interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** Lengths and tags, and most integers: those of up to seven groups are exact as numbers. */
export function readVarint(cursor: Cursor): number | bigint {
  let value = 0;
  let factor = 1;
  for (let groups = 0; groups < 7; groups++) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) throw new MalformedMessage('the message is cut off');
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
    factor *= 128;
  }
  return readLongVarint(cursor, BigInt(value));
}

function readLongVarint(cursor: Cursor, low: bigint): bigint {
  let value = low;
  for (let shift = 49n; shift < 70n; shift += 7n) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) throw new MalformedMessage('the message is cut off');
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asIntN(64, value);
  }
  throw new MalformedMessage('an integer has more than ten bytes');
}

function readSlice(cursor: Cursor, length: number | bigint): Uint8Array {
  const end = cursor.at + Number(length);
  if (!(end <= cursor.bytes.length)) throw new MalformedMessage('the message is cut off');
  const slice = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return slice;
}

/** What to do with each field; those that are not known here are for newer versions of etcd and are ignored. */
export interface FieldReader {
  /** Integers as signed 64 bit. */
  integer?(field: number, value: bigint): void;
  /** Bytes, text and messages; a view into the input. */
  bytes?(field: number, value: Uint8Array): void;
}

/** Walks over the fields of one encoded message; throws MalformedMessage. */
export function readFields(input: Uint8Array, reader: FieldReader): void {
  const cursor: Cursor = { bytes: input, at: 0 };
  while (cursor.at < input.length) {
    const tag = Number(readVarint(cursor));
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case VARINT:
        reader.integer?.(field, BigInt(readVarint(cursor)));
        break;
      case DELIMITED: {
        const slice = readSlice(cursor, readVarint(cursor));
        reader.bytes?.(field, slice);
        break;
      }
      default:
        skipFixed(cursor, tag);
    }
  }
}

/** Passes over the value of a field that is neither a varint nor delimited. */
export function skipFixed(cursor: Cursor, tag: number): void {
  const type = tag % 8;
  if (type !== FIXED64 && type !== FIXED32)
    throw new MalformedMessage(`field ${Math.floor(tag / 8)} has the unknown wire type ${type}`);
  readSlice(cursor, type === FIXED64 ? 8 : 4);
}

/** Bytes as text. */
export function text(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
}
