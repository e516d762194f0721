import type { Datastore } from '../../datastore/datastore.ts';
import type { Kind } from '../../resources/kind.ts';
import { allKinds, kindOf } from '../../resources/registry.ts';
import type { Found } from './item.ts';
import type { Record } from './read.ts';

/** A datastore as the items that a backup of it has. Writes are conditional on what was found; they throw as a Datastore. */
export interface Side {
  /** Everything, in the order of backups. */
  items(): AsyncIterable<Found>;
  /**
   * What tells whether anything changed between two readings: of each section a digest. Undefined where everything was
   * read at one moment.
   */
  readonly marks?: (
    items: AsyncIterable<Found>,
    keep: (section: string, mark: string) => void,
  ) => AsyncIterable<Found>;
  create(record: Record): Promise<Written>;
  change(record: Record, found: Found): Promise<Written>;
  remove(found: Found): Promise<Written>;
}

/** `left`: it is not ours to write, such as a node of Kubernetes that is not there. */
export type Written = 'written' | 'left';

/** What is part of a backup; views of Kubernetes' own objects are not. */
const NOT_ON_KUBERNETES: ReadonlySet<string> = new Set([
  // Made of namespaces, service accounts and pods.
  ...['Profile', 'WorkloadEndpoint'],
  ...['IPAMHost'],
  // The same object as IPAMConfiguration.
  'IPAMConfig',
]);

/** The kinds that a datastore holds, by name. */
export async function kindsIn({ capabilities }: Datastore): Promise<readonly Kind[]> {
  const kinds = await Promise.all(allKinds().map(({ kind }) => kindOf(kind)));
  return kinds
    .filter(({ madeOf }) => madeOf === undefined)
    .filter(({ kind }) => capabilities.name !== 'kubernetes' || !NOT_ON_KUBERNETES.has(kind))
    .sort((a, b) => (a.kind < b.kind ? -1 : 1));
}

/** The items of a datastore, whichever it is. `leftOut` is told what cannot be read, where that is no fault. */
export async function sideOf(store: Datastore): Promise<Side> {
  if (store.raw !== undefined) {
    const { keySide } = await import('./keyside.ts');
    return keySide(store, store.raw);
  }
  const { resourceSide } = await import('./resourceside.ts');
  return resourceSide(store);
}
