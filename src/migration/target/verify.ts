import { isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { formatRef, type Kind, type Resource, refOf } from '../../resources/kind.ts';
import { BUILT_IN_TIERS } from '../../resources/parts/tiers.ts';
import type { Wanted } from '../document/wanted.ts';
import { fingerprint } from '../fingerprint.ts';
import { reasonToStay } from '../mapping.ts';

/** What was read back of one kind. */
export interface Verified {
  readonly kind: string;
  readonly wanted: number;
  readonly found: number;
  /** `Kind(name) is missing`, `… differs`, `… is not in the file`; the first of them. */
  readonly differences: readonly string[];
  readonly more: number;
}

/** So many are named. */
const NAMED = 5;

/** Reads back all kinds that a file has and compares object by object. */
export async function* verify(store: Datastore, wanted: Wanted): AsyncGenerator<Verified> {
  for (const { kind, prints } of wanted.kinds) yield await verifyKind(store, kind, prints);
}

async function verifyKind(
  store: Datastore,
  kind: Kind,
  prints: ReadonlyMap<string, number>,
): Promise<Verified> {
  const missing = new Set(prints.keys());
  const differences: string[] = [];
  let count = 0;
  let found = 0;
  const tell = (text: string) => {
    count++;
    if (differences.length < NAMED) differences.push(text);
  };
  for await (const item of read(store, kind)) {
    const name = formatRef(refOf(kind, item));
    const print = prints.get(name);
    if (print === undefined) {
      if (!isAllowed(store, item)) tell(`${name} is not in the file`);
      continue;
    }
    found++;
    missing.delete(name);
    if (fingerprint(kind, item, store.capabilities.name) !== print) tell(`${name} differs from the file`);
  }
  for (const name of missing) tell(`${name} is missing`);
  return { kind: kind.kind, wanted: prints.size, found, differences, more: count - differences.length };
}

/** Settings of address management are one object, which has to be asked for by name where there are no lists of them. */
async function* read(store: Datastore, kind: Kind): AsyncGenerator<Resource> {
  try {
    for await (const page of store.list({ kind })) yield* page.items;
  } catch (error) {
    if (!isError(error, 'not-supported')) throw error;
  }
}

/** What every cluster has, and what comes from Kubernetes. */
function isAllowed(store: Datastore, resource: Resource): boolean {
  const { kind, metadata } = resource;
  if (kind === 'Node') return store.capabilities.name === 'kubernetes';
  if (kind === 'Tier') return Object.hasOwn(BUILT_IN_TIERS, metadata.name);
  return reasonToStay(resource) !== undefined;
}
