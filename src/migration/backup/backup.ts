import { createHash, type Hash } from 'node:crypto';
import type { Datastore } from '../../datastore/datastore.ts';
import { backupText, type Summary } from './format.ts';
import type { Found, Item } from './item.ts';
import { kindsIn, type Side, sideOf } from './side.ts';

/** Takes the text of a backup, from its beginning each time. */
export type Sink = (text: AsyncIterable<string>) => Promise<void>;

export interface BackupOptions {
  readonly progress: (objects: number) => void;
}

export interface Backup extends Summary {
  /** Sections that changed while they were read, at the last attempt too. Empty: everything is of one moment. */
  readonly unsteady: readonly string[];
}

/** A datastore that is written all the time is read so often, in hope of a quiet moment. */
const ATTEMPTS = 3;

/** Reads a datastore into a sink, again where something changed meanwhile. */
export async function backup(store: Datastore, sink: Sink, { progress }: BackupOptions): Promise<Backup> {
  const side = await sideOf(store);
  const kinds = (await kindsIn(store)).map(({ kind }) => kind);
  const scope = { datastore: store.capabilities.name, kinds };
  for (let attempt = 1; ; attempt++) {
    const marks = new Marks();
    let summary: Summary | undefined;
    const items = marks.of(side.items());
    await sink(backupText(scope, items, (found) => (summary = found), progress));
    const unsteady = side.oneMoment ? [] : await changedSince(side, marks);
    if (unsteady.length === 0 || attempt === ATTEMPTS) return { ...summary!, unsteady };
  }
}

async function changedSince(side: Side, before: Marks): Promise<readonly string[]> {
  const after = new Marks();
  for await (const _ of after.of(side.items()));
  return before.unlike(after);
}

/** Digests of sections. */
class Marks {
  private readonly hashes = new Map<string, Hash>();

  async *of(items: AsyncIterable<Found>): AsyncGenerator<Item> {
    for await (const item of items) {
      let hash = this.hashes.get(item.section);
      if (hash === undefined) {
        hash = createHash('sha256');
        this.hashes.set(item.section, hash);
      }
      hash.update(item.line);
      yield item;
    }
  }

  /** Sections that are not the same. */
  unlike(other: Marks): readonly string[] {
    const [ours, theirs] = [this.digests(), other.digests()];
    const sections = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
    return sections.filter((section) => ours.get(section) !== theirs.get(section));
  }

  private digests(): ReadonlyMap<string, string> {
    return new Map([...this.hashes].map(([section, hash]) => [section, hash.digest('hex')]));
  }
}
