import type { Datastore } from '../../datastore/datastore.ts';
import type { Kind } from '../../resources/kind.ts';
import { allKinds, kindOf } from '../../resources/registry.ts';
import type { Found } from './item.ts';
import type { Record } from './read.ts';

/** A datastore as the items that a backup of it has. Writes are conditional on what was found; they throw as a Datastore. */
export interface Side {
  /** Everything, in the order of backups. Throws `corrupt` for what cannot be read. */
  items(): AsyncIterable<Found>;
  /** Everything is read as it was at one moment. */
  readonly oneMoment: boolean;
  /** Objects of a section are neither made nor deleted, only changed: nodes of Kubernetes. */
  isGiven(section: string): boolean;
  create(record: Record): Promise<void>;
  change(record: Record, found: Found): Promise<void>;
  remove(found: Found): Promise<void>;
}

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

/** The items of a datastore, whichever it is. */
export async function sideOf(store: Datastore): Promise<Side> {
  if (store.raw !== undefined) {
    const { keySide } = await import('./keyside.ts');
    return keySide(store, store.raw);
  }
  const { resourceSide } = await import('./resourceside.ts');
  return resourceSide(store);
}
