import { CalicoctlError } from '../../core/errors.ts';
import type { Ref, Resource } from '../../resources/kind.ts';
import { builtInProfile } from '../built-in.ts';
import type { CorruptEntry, Page, Query, Version } from '../datastore.ts';
import { corruptEntry, readEntry, readResource } from './entry.ts';
import { guarded, throwIfAborted } from './failure.ts';
import { markOf, type Scan, type Slot, scan } from './scan.ts';
import { versionOfAll } from './version.ts';

/** So many resources are held in memory at once. */
const PAGE = 500;

/** State of the files of a query at one moment: their marks (scan.ts) by key. */
export interface Snapshot {
  readonly version: Version;
  readonly slots: readonly Slot[];
  readonly marks: ReadonlyMap<string, string>;
  readonly strays: Scan['strays'];
}

export async function takeSnapshot(directory: string, query: Query): Promise<Snapshot> {
  const { slots, strays } = scan(directory, query);
  const marks = new Map<string, string>();
  const present = slots.filter((slot) => {
    const mark = guarded('read', slot.files[0]!, () => markOf(slot));
    if (mark !== undefined) marks.set(slot.key, mark);
    return mark !== undefined;
  });
  return { version: await versionOfAll(marks.values()), slots: present, marks, strays };
}

/** Reads the resource of a slot: undefined where it went away meanwhile. */
export async function readSlot(query: Query, slot: Slot): Promise<Resource | CorruptEntry | undefined> {
  const ref: Ref = { kind: query.kind, name: slot.name, ...namespaceOf(slot) };
  try {
    const entry = await readEntry(ref, slot.files);
    return entry === undefined ? undefined : await readResource(ref, entry);
  } catch (error) {
    if (error instanceof CalicoctlError && error.errorClass === 'corrupt')
      return corruptEntry(error, slot.files[0]!);
    throw error;
  }
}

function namespaceOf({ namespace }: Slot): { namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}

/** The pages of a list; always one at least. */
export async function* pages(
  query: Query,
  { slots, strays, version }: Snapshot,
  signal: AbortSignal | undefined,
): AsyncIterable<Page> {
  let corrupt: CorruptEntry[] = [...strays];
  for (let start = 0; start === 0 || start < slots.length; start += PAGE) {
    const items: Resource[] = [];
    for (const slot of slots.slice(start, start + PAGE)) {
      throwIfAborted(signal);
      const found = await readSlot(query, slot);
      if (found === undefined) continue;
      if ('entry' in found) corrupt.push(found);
      else items.push(found);
    }
    if (query.kind.kind === 'Profile' && start + PAGE >= slots.length) items.push(builtInProfile());
    yield { items, version, corrupt };
    corrupt = [];
  }
}
