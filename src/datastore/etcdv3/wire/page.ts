/** Pages of very many keys: what lists need of them, taken from the answer as it comes. */
import type { Answer } from './answer.ts';
import { decodeHeader } from './decode.ts';
import { HEADER, messageLength } from './frames.ts';
import { type Cursor, DELIMITED, MalformedMessage, readVarint, skipFixed, VARINT } from './protobuf.ts';

/** A key and the text stored under it. */
export interface Entry {
  readonly key: string;
  readonly text: string;
  readonly modRevision: number | bigint;
}

export interface EntryPage {
  /** The revision of the whole store when the answer was made. */
  readonly revision: bigint;
  readonly entries: readonly Entry[];
  /** The limit cut the range. */
  readonly more: boolean;
  /** Number of keys in the range, whatever the limit. */
  readonly count: number;
  /** Bytes of the answer. */
  readonly size: number;
}

/** A field's number and the length of its value take no more. */
const MOST_BEFORE_VALUE = 20;
const BYTE_ORDER_MARK = 0xfeff;

/** Room for a frame of HTTP/2 and what is left of the one before, as long as values are of usual size. */
const ROOM = 64 * 1024;

/** A RangeResponse, of which no more bytes are kept than those of the entry that is not whole yet. */
export function entryPage(): Answer<EntryPage> {
  const entries: Entry[] = [];
  const page = { revision: 0n, entries, more: false, count: 0, size: 0 };
  // Used again for every chunk: what is taken out of it is text and numbers.
  let bytes: Buffer = Buffer.allocUnsafeSlow(ROOM);
  let have = 0;
  let need = HEADER;
  /** Bytes of the message that are not taken yet. */
  let left: number | undefined;
  return {
    onBytes(chunk) {
      if (have + chunk.length > bytes.length) bytes = grown(bytes, have, Math.max(need, have + chunk.length));
      bytes.set(chunk, have);
      have += chunk.length;
      if (have < need) return;
      const cursor = { bytes, at: left === undefined ? HEADER : 0, end: have };
      if (left === undefined) {
        left = messageLength(bytes);
        page.size = left;
      }
      for (need = 0; left > 0 && need === 0; ) {
        const start = cursor.at;
        need = takeField(cursor, left, page);
        if (need > 0) cursor.at = start;
        left -= cursor.at - start;
      }
      bytes.copyWithin(0, cursor.at, have);
      have -= cursor.at;
    },
    value: () => (left === 0 ? page : undefined),
  };
}

function grown(bytes: Buffer, have: number, size: number): Buffer {
  const next = Buffer.allocUnsafeSlow(2 * size);
  bytes.copy(next, 0, 0, have);
  return next;
}

/** Bytes that have arrived, up to `end`. */
interface Arrived extends Cursor {
  readonly bytes: Buffer;
  readonly end: number;
}

type Taken = { -readonly [Name in keyof EntryPage]: EntryPage[Name] } & { readonly entries: Entry[] };

/** Takes the next field of a RangeResponse; where it is not whole, answers how many bytes it takes, else 0. */
function takeField(cursor: Arrived, left: number, page: Taken): number {
  const { bytes, at: start, end: arrived } = cursor;
  const enough = Math.min(left, MOST_BEFORE_VALUE);
  if (arrived - start < enough) return enough;
  const tag = Number(readVarint(cursor));
  if (tag % 8 === VARINT) {
    const value = readVarint(cursor);
    if (tag >> 3 === 3) page.more = Number(value) !== 0;
    else if (tag >> 3 === 4) page.count = Number(value);
    return 0;
  }
  if (tag % 8 !== DELIMITED) {
    skipFixed(cursor, tag);
    return 0;
  }
  const length = Number(readVarint(cursor));
  const end = cursor.at + length;
  if (end - start > left) throw new MalformedMessage('the message is cut off');
  if (end > arrived) return end - start;
  if (tag >> 3 === 1) page.revision = decodeHeader(bytes.subarray(cursor.at, end));
  else if (tag >> 3 === 2) page.entries.push(entryIn(cursor, end));
  cursor.at = end;
  return 0;
}

/** The KeyValue that ends at `end`. */
function entryIn(cursor: Arrived, end: number): Entry {
  const { bytes } = cursor;
  let key = '';
  let text = '';
  let modRevision: number | bigint = 0;
  while (cursor.at < end) {
    const tag = Number(readVarint(cursor));
    if (tag % 8 === VARINT) {
      const value = readVarint(cursor);
      if (tag >> 3 === 3) modRevision = value;
    } else if (tag % 8 === DELIMITED) {
      const last = Number(readVarint(cursor)) + cursor.at;
      if (!(last <= end)) throw new MalformedMessage('the message is cut off');
      if (tag >> 3 === 1) key = bytes.toString('utf8', cursor.at, last);
      else if (tag >> 3 === 5) text = bytes.toString('utf8', cursor.at, last);
      cursor.at = last;
    } else skipFixed(cursor, tag);
  }
  if (cursor.at > end) throw new MalformedMessage('the message is cut off');
  return { key, text: text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text, modRevision };
}
