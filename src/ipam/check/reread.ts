import { textIn } from '../../core/json.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { listed } from '../../operations/ipam/objects.ts';
import type { Resource } from '../../resources/kind.ts';
import { type Cidr, formatCidr, networkOf, parseCidr } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';

/** So many are read at once. */
const AT_ONCE = 16;

/** Blocks as they are now, those of some names or all, with their range. */
export async function* blocksAgain(
  store: Datastore,
  names: ReadonlySet<string> | 'all',
): AsyncGenerator<readonly [name: string, range: Cidr, Resource], void, undefined> {
  for await (const stored of storedBlocks(store, names)) {
    const range = parseCidr(textIn(stored.spec['cidr'] ?? stored.metadata.name));
    if (range === undefined) continue;
    const network = networkOf(range);
    yield [formatCidr(network), network, stored];
  }
}

async function* storedBlocks(store: Datastore, names: ReadonlySet<string> | 'all'): AsyncGenerator<Resource> {
  const kind = await kindOf('IPAMBlock');
  if (names === 'all') {
    yield* listed(store, { kind, asStored: true });
    return;
  }
  const left = [...names];
  while (left.length > 0) {
    const batch = left.splice(0, AT_ONCE).map((name) => unlessNotFound(store.get({ kind, name })));
    for (const stored of await Promise.all(batch)) if (stored !== undefined) yield stored;
  }
}

/** Items for which something holds, asked for some at once. */
export async function holding<T>(
  items: readonly T[],
  holds: (item: T) => Promise<boolean>,
): Promise<readonly T[]> {
  const kept: T[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    const batch = items.slice(start, start + AT_ONCE);
    const answers = await Promise.all(batch.map(holds));
    kept.push(...batch.filter((_, index) => answers[index]));
  }
  return kept;
}
