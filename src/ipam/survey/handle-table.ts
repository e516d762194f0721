import type { Version } from '../../datastore/datastore.ts';
import { cleanHandle } from '../../operations/ipam/block.ts';
import type { Resource } from '../../resources/kind.ts';
import type { HandleIndex, LeakedHandle, MiscountedHandle } from './survey.ts';

/**
 * Handles by 64 bits of a hash of their names, seeded anew in every run: sixteen bytes each in an open-addressing table.
 * Beside the number of addresses a sum tells which blocks they are in, so that a handle's own count can be compared.
 */
export interface HandleTable extends HandleIndex {
  /** An allocation of the block mentions it. */
  mention(key: HandleKey, block: string): void;
  /** Memory of the table. */
  readonly bytes: number;
  /** It is stored so. */
  add(stored: Resource, isBlock: (name: string) => boolean): void;
}

/** A handle's name as two words of 32 bits. */
export interface HandleKey {
  readonly low: number;
  readonly high: number;
}

const SEED = (Math.random() * 2 ** 32) | 0;
const EXISTS = 0x80000000;
const COUNT = 0x7fffffff;
const WORDS = 4;
const FIRST_ROOM = 1 << 12;

/** Equal for ids that differ only in what an old migration left behind a carriage return. */
export function handleKey(handle: string): HandleKey {
  const id = handle.includes('\r') ? cleanHandle(handle) : handle;
  let high = 0xdeadbeef ^ SEED;
  let low = 0x41c6ce57 ^ SEED;
  for (let at = 0; at < id.length; at++) {
    const code = id.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  // Two words of zero mark an empty place.
  return { low: low === 0 && high === 0 ? 1 : low, high };
}

/** Words of a place: the two of the key, count and flag, sum of blocks. */
class Places {
  words = new Int32Array(FIRST_ROOM * WORDS);
  used = 0;

  /** Where the key is, or where it would be. */
  find(words: Int32Array, { low, high }: HandleKey): number {
    const mask = words.length / WORDS - 1;
    for (let place = low & mask; ; place = (place + 1) & mask) {
      const at = place * WORDS;
      if (words[at] === low && words[at + 1] === high) return at;
      if (words[at] === 0 && words[at + 1] === 0) return at;
    }
  }

  /** The place of the key, which is made where there is none. */
  take(key: HandleKey): number {
    if (this.used * WORDS * 4 >= this.words.length * 3) this.grow();
    const at = this.find(this.words, key);
    if (this.words[at] === 0 && this.words[at + 1] === 0) {
      this.words[at] = key.low;
      this.words[at + 1] = key.high;
      this.used++;
    }
    return at;
  }

  private grow(): void {
    const grown = new Int32Array(this.words.length * 2);
    for (let at = 0; at < this.words.length; at += WORDS) {
      const key = { low: this.words[at]!, high: this.words[at + 1]! };
      if (key.low === 0 && key.high === 0) continue;
      grown.set(this.words.subarray(at, at + WORDS), this.find(grown, key));
    }
    this.words = grown;
  }
}

/** An empty table. */
export function handleTable(): HandleTable {
  const places = new Places();
  const leaked: LeakedHandle[] = [];
  const miscounted: MiscountedHandle[] = [];
  let [existing, mentioned, matched] = [0, 0, 0];
  let last = { block: '', low: 0 };
  const sumOf = (block: string) => {
    if (block !== last.block) last = { block, low: handleKey(block).low };
    return last.low;
  };
  const look = (handle: string) => places.words[places.find(places.words, handleKey(handle)) + 2]!;
  return {
    leaked,
    miscounted,
    get existing() {
      return existing;
    },
    get bytes() {
      return places.words.byteLength;
    },
    get missing() {
      return mentioned - matched;
    },
    countOf: (handle) => look(handle) & COUNT,
    exists: (handle) => (look(handle) & EXISTS) !== 0,
    mention(key, block) {
      const at = places.take(key);
      if ((places.words[at + 2]! & COUNT) === 0) mentioned++;
      places.words[at + 2]!++;
      places.words[at + 3] = (places.words[at + 3]! + sumOf(block)) | 0;
    },
    add(stored, isBlock) {
      existing++;
      const { name: id, resourceVersion: version = '' } = stored.metadata;
      const at = places.find(places.words, handleKey(id));
      const count = places.words[at + 2]! & COUNT;
      if (count === 0) {
        leaked.push(leakedOf(stored, version));
        places.words[places.take(handleKey(id)) + 2]! |= EXISTS;
        return;
      }
      if ((places.words[at + 2]! & EXISTS) === 0) matched++;
      places.words[at + 2]! |= EXISTS;
      const wrong = miscount(stored, version, isBlock, { count, sum: places.words[at + 3]!, sumOf });
      if (wrong !== undefined) miscounted.push(wrong);
    },
  };
}

function leakedOf({ metadata, spec }: Resource, version: Version): LeakedHandle {
  const { name: id, uid = null, creationTimestamp: createdAt } = metadata;
  const blocks = (spec['block'] ?? {}) as Readonly<Record<string, number>>;
  return { id, uid, version, blocks, ...(createdAt === undefined ? {} : { createdAt }) };
}

interface Recorded {
  readonly count: number;
  readonly sum: number;
  readonly sumOf: (block: string) => number;
}

function miscount(
  { metadata, spec }: Resource,
  version: Version,
  isBlock: (name: string) => boolean,
  { count, sum, sumOf }: Recorded,
): MiscountedHandle | undefined {
  const blocks = (spec['block'] ?? {}) as Readonly<Record<string, number>>;
  let [held, heldSum, known] = [0, 0, true];
  for (const name in blocks) {
    const addresses = Number(blocks[name]);
    held += addresses;
    heldSum = (heldSum + Math.imul(sumOf(name), addresses)) | 0;
    known &&= isBlock(name);
  }
  return held === count && heldSum === sum && known ? undefined : { id: metadata.name, version, blocks };
}
