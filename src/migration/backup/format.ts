import { createHash } from 'node:crypto';
import type { Capabilities } from '../../datastore/datastore.ts';
import type { Item } from './item.ts';

/**
 * A backup is lines of JSON: what it is, one object a line, and what it must add up to. docs/migration.md describes it.
 * Nothing in it tells when, where or by which program it was made, so that equal contents are equal bytes.
 */

export type DatastoreName = Capabilities['name'];

export const VERSION = 1;

/** After so many objects a line with the digest so far follows, so that a fault can be placed. */
export const CHECK_EVERY = 1000;

/** What a backup is of. */
export interface Scope {
  readonly datastore: DatastoreName;
  /** All that were looked for, by name: of others it does not say that there were none. */
  readonly kinds: readonly string[];
}

export interface Head {
  readonly backup: { readonly version: number } & Scope;
}

export interface Check {
  /** Objects so far, and the SHA-256 of all bytes before this line. */
  readonly check: { readonly objects: number; readonly sha256: string };
}

export interface End {
  readonly end: {
    /** Objects of each section. */
    readonly objects: Readonly<Record<string, number>>;
    /** Of all bytes before this line. */
    readonly sha256: string;
  };
}

/** What was written, known at the end. */
export interface Summary {
  readonly counts: ReadonlyMap<string, number>;
  readonly objects: number;
  readonly sha256: string;
}

/** Hashes and counts a backup while it goes by. */
export class Tally {
  readonly counts = new Map<string, number>();
  objects = 0;
  private readonly hash = createHash('sha256');

  /** The digest of all that was added. */
  digest(): string {
    return this.hash.copy().digest('hex');
  }

  add(text: string): void {
    this.hash.update(text);
  }

  count(section: string): void {
    this.objects++;
    this.counts.set(section, (this.counts.get(section) ?? 0) + 1);
  }
}

const BLOCK = 1 << 16;

/** The text of a backup in blocks; `finished` is told what it adds up to. */
export async function* backupText(
  { datastore, kinds }: Scope,
  items: AsyncIterable<Item>,
  finished: (summary: Summary) => void,
  progress: (objects: number) => void = () => {},
): AsyncGenerator<string> {
  const tally = new Tally();
  let block = '';
  const put = (value: string) => {
    block += `${value}\n`;
    tally.add(`${value}\n`);
  };
  put(JSON.stringify({ backup: { version: VERSION, datastore, kinds } } satisfies Head));
  let since = 0;
  for await (const item of items) {
    if (since === CHECK_EVERY) {
      put(JSON.stringify({ check: { objects: tally.objects, sha256: tally.digest() } } satisfies Check));
      since = 0;
    }
    put(item.line);
    tally.count(item.section);
    since++;
    progress(tally.objects);
    if (block.length < BLOCK) continue;
    yield block;
    block = '';
  }
  const sha256 = tally.digest();
  const end: End = { end: { objects: Object.fromEntries(tally.counts), sha256 } };
  finished({ counts: tally.counts, objects: tally.objects, sha256 });
  yield `${block}${JSON.stringify(end)}\n`;
}
