import { textIn } from '../../core/json.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { listed } from '../../operations/ipam/objects.ts';
import type { Resource } from '../../resources/kind.ts';
import { type Cidr, formatCidr, networkOf, parseCidr } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { lookedAt } from '../survey/again.ts';

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
  yield* lookedAt(store, [...names], (name) => unlessNotFound(store.get({ kind, name })));
}
