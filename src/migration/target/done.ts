import { isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { formatRef, type Kind, type Resource, refOf } from '../../resources/kind.ts';
import type { Wanted } from '../document/wanted.ts';
import { fingerprint } from '../fingerprint.ts';

/** What an import that is gone on with has done before: it would take long to try every object again. */
export interface Done {
  /** The object is there as the file has it. */
  has(kind: Kind, resource: Resource): Promise<boolean>;
}

export const NOTHING_DONE: Done = { has: async () => false };

/** Each kind is read as a whole when its turn comes. */
export function doneBefore(store: Datastore, wanted: Wanted): Done {
  const kinds = new Map<Kind, Promise<ReadonlySet<string>>>();
  return {
    async has(kind, resource) {
      let names = kinds.get(kind);
      if (names === undefined) {
        names = namesDone(store, kind, wanted.printsOf(kind));
        kinds.set(kind, names);
      }
      return (await names).has(formatRef(refOf(kind, resource)));
    },
  };
}

async function namesDone(
  store: Datastore,
  kind: Kind,
  prints: ReadonlyMap<string, string>,
): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  try {
    for await (const { items } of store.list({ kind })) {
      for (const item of items) {
        const name = formatRef(refOf(kind, item));
        if (prints.get(name) === fingerprint(kind, item, store.capabilities.name)) names.add(name);
      }
    }
  } catch (error) {
    // There are no lists of the settings of address management everywhere; and writing tells what is wrong.
    if (!isError(error, 'not-supported')) throw error;
  }
  return names;
}
