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

/** Each kind is read as a whole when its turn comes. The file need not have been read to its end by then. */
export function doneBefore(store: Datastore, wanted: Wanted): Done {
  const kinds = new Map<Kind, Promise<ReadonlyMap<string, number>>>();
  return {
    async has(kind, resource) {
      let present = kinds.get(kind);
      if (present === undefined) {
        present = presentOf(store, kind);
        kinds.set(kind, present);
      }
      const name = formatRef(refOf(kind, resource));
      const print = (await present).get(name);
      return print !== undefined && print === wanted.printsOf(kind).get(name);
    },
  };
}

/** Fingerprints of what is there, by name. */
async function presentOf(store: Datastore, kind: Kind): Promise<ReadonlyMap<string, number>> {
  const prints = new Map<string, number>();
  try {
    for await (const { items } of store.list({ kind }))
      for (const item of items)
        prints.set(formatRef(refOf(kind, item)), fingerprint(kind, item, store.capabilities.name));
  } catch (error) {
    // There are no lists of the settings of address management everywhere; and writing tells what is wrong.
    if (!isError(error, 'not-supported')) throw error;
  }
  return prints;
}
