import { Buffer } from 'node:buffer';
import { type EntryPage, type EtcdClient, prefixEnd } from './wire/client.ts';

/**
 * All below a prefix, in pages. etcd counts the whole range of a request, whatever its limit, and a page of a million
 * keys takes it a fifth of a second for that alone. So each page is asked for with a guess of where it ends, from how
 * close the keys of the pages before it stand, and the next one is under way while one is used.
 */

export interface Walk {
  readonly prefix: string;
  /** Most keys of a page. */
  readonly limit: number;
  /** 0 for the newest: the first page tells. */
  readonly revision: bigint;
  /** Without what stands under the keys. */
  readonly keysOnly?: true;
}

/** A part of what is left to read; asked for once it has a page. */
interface Part {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly page?: Promise<EntryPage>;
}

/** Pages that are asked for at once. */
const AT_ONCE = 2;
/** A page has so many keys at first, and then so many bytes, of what the pages before it had. */
const FIRST = 500;
const SIZE = 1 << 20;
/** How full pages are meant to be: a guess that is too long costs a page more. */
const FULL = 0.9;
/** Pages in the order of keys, all of one revision; the first of them comes even where there is nothing. */
export async function* pagesBelow(client: EtcdClient, walk: Walk): AsyncGenerator<EntryPage> {
  let { revision } = walk;
  let limit = Math.min(FIRST, walk.limit);
  const ask = ({ from, to }: Part) => {
    const page = client.page({
      ...{ key: from, rangeEnd: to, limit, revision },
      ...(walk.keysOnly && { keysOnly: true }),
    });
    // Awaited when its turn comes; until then nobody is there to catch.
    page.catch(() => {});
    return page;
  };
  const distance = new Distance(walk.prefix);
  const whole: Part = { from: Buffer.from(walk.prefix), to: prefixEnd(walk.prefix) };
  let parts: Part[] = [{ ...whole, page: ask(whole) }];
  for (let isFirst = true; parts.length > 0; isFirst = false) {
    const [{ from, to, page }, ...others] = parts as [Part, ...Part[]];
    const found = await page!;
    // All pages show the store as it was at the first.
    if (revision === 0n) revision = found.revision;
    if (found.entries.length > 0) limit = limitFor(found, walk.limit);
    distance.learn({ from, to }, found, limit);
    const rest = found.more ? [{ from: Buffer.from(`${found.entries.at(-1)!.key}\0`), to }] : [];
    parts = underWay([...rest, ...others], distance, ask);
    if (isFirst || found.entries.length > 0) yield found;
  }
}

function limitFor({ entries, size }: EntryPage, most: number): number {
  return Math.min(most, Math.max(1, Math.floor((SIZE * entries.length) / size)));
}

/** The parts, the first of them asked for, and cut where they are longer than a page. */
function underWay(
  parts: readonly Part[],
  distance: Distance,
  ask: (part: Part) => Promise<EntryPage>,
): Part[] {
  const next = [...parts];
  for (let index = 0; index < Math.min(AT_ONCE, next.length); index++) {
    const part = next[index]!;
    if (part.page !== undefined) continue;
    const cut = distance.from(part.from);
    const isWithin =
      cut !== undefined && Buffer.compare(part.from, cut) < 0 && Buffer.compare(cut, part.to) < 0;
    const pieces = isWithin
      ? [
          { from: part.from, to: cut },
          { from: cut, to: part.to },
        ]
      : [part];
    next.splice(index, 1, { ...pieces[0]!, page: ask(pieces[0]!) }, ...pieces.slice(1));
  }
  return next;
}

/** Keys are told apart by so many characters behind what all of a list begin with. */
const DIGITS = 48;
/** A page is asked for at most so many times as long as the one before. */
const MOST_WIDER = 8n;
/** So many keys of a page are looked at for the characters they are made of. */
const SAMPLES = 20;

/**
 * How far apart the ends of a page are, keys taken for numbers. The digits of a place are the characters met there, and
 * where keys differ those met in any such place: with all that a byte can be, there would be a gap behind each
 * character that names do not go beyond.
 */
class Distance {
  readonly #base: string;
  readonly #prefix: Buffer;
  readonly #met = Array.from({ length: DIGITS }, () => new Set<number>());
  #digits: readonly (readonly number[])[] = [];
  #length: bigint | undefined;
  /** The last key met. */
  #edge: Uint8Array = Buffer.alloc(0);
  #isGap = false;
  #gap = 0n;

  constructor(prefix: string) {
    this.#base = prefix;
    this.#prefix = Buffer.from(prefix);
  }

  /** Pages are to have so many keys at most. */
  learn(part: Part, { entries, more }: EntryPage, limit: number): void {
    const [first, last] = [entries[0]?.key, entries.at(-1)?.key];
    if (first !== undefined && last !== undefined && first !== last) {
      this.#look(entries);
      const aim = BigInt(Math.max(1, Math.floor(limit * FULL)));
      const between = this.#place(Buffer.from(last)) - this.#place(Buffer.from(first));
      const close = (between * aim) / BigInt(entries.length - 1);
      const wide = more ? 0n : this.#wider(part, aim / BigInt(entries.length));
      this.#length = (close > wide ? close : wide) + 1n;
      this.#cross(Buffer.from(first));
      this.#edge = Buffer.from(last);
    } else if (this.#length !== undefined) {
      // Gaps may be as wide as anything: they are crossed in one step as long as the one before, or in ever longer ones.
      const crossed = this.#place(part.to) - this.#place(this.#edge);
      this.#isGap = true;
      this.#length = crossed < this.#gap ? this.#gap : crossed * BigInt(this.#digits.at(-1)!.length + 1);
    }
  }

  /** A few keys may stand close together and far from all others: what had room for more was too short. */
  #wider({ from, to }: Part, times: bigint): bigint {
    return (this.#place(to) - this.#place(from)) * (times < MOST_WIDER ? times : MOST_WIDER);
  }

  #cross(first: Uint8Array): void {
    if (this.#isGap) this.#gap = this.#place(first) - this.#place(this.#edge);
    this.#isGap = false;
  }

  /** Where a page that begins there may end; undefined for behind everything. */
  from(start: Uint8Array): Uint8Array | undefined {
    if (this.#length === undefined) return undefined;
    let rest = this.#place(start) + this.#length;
    const key = Buffer.alloc(DIGITS);
    for (let index = DIGITS - 1; index >= 0; index--) {
      const digits = this.#digits[index]!;
      key[index] = digits[Number(rest % BigInt(digits.length))]!;
      rest /= BigInt(digits.length);
    }
    return rest > 0n ? undefined : Buffer.concat([this.#prefix, key]);
  }

  #look(entries: EntryPage['entries']): void {
    let isNew = this.#digits.length === 0;
    const step = Math.ceil(entries.length / SAMPLES);
    for (let index = entries.length - 1; index >= 0; index -= step) {
      const { key } = entries[index]!;
      // As bytes: keys need not be ASCII.
      const bytes = Buffer.from(key.slice(this.#base.length, this.#base.length + DIGITS));
      for (let place = 0; place < Math.min(bytes.length, DIGITS); place++) {
        const met = this.#met[place]!;
        if (met.has(bytes[place]!)) continue;
        met.add(bytes[place]!);
        isNew = true;
      }
    }
    if (isNew) this.#digits = this.#digitsMet();
  }

  #digitsMet(): readonly (readonly number[])[] {
    const first = this.#met.findIndex(({ size }) => size > 1);
    const varied = first < 0 ? [] : [...new Set(this.#met.slice(first).flatMap((met) => [...met]))];
    return this.#met.map((met, place) => {
      const all = first < 0 || place < first ? [...met] : varied;
      return all.length === 0 ? [0] : all.sort((a, b) => a - b);
    });
  }

  /**
   * A key as a number. What stands before all keys with the prefix is at the beginning, what stands behind them at the
   * end, and what has a character that is no digit right behind all that has a lower one in its place.
   */
  #place(key: Uint8Array): bigint {
    const order = Buffer.compare(key.subarray(0, this.#prefix.length), this.#prefix);
    let place = 0n;
    let end: 'first' | 'last' | undefined = order > 0 ? 'last' : undefined;
    for (const [index, digits] of this.#digits.entries()) {
      const byte = key[this.#prefix.length + index] ?? 0;
      const digit = digits.findLastIndex((character) => character <= byte);
      const own = end === undefined ? Math.max(0, digit) : end === 'first' ? 0 : digits.length - 1;
      place = place * BigInt(digits.length) + BigInt(own);
      if (digits[digit] !== byte) end ??= digit < 0 ? 'first' : 'last';
    }
    return place;
  }
}
