import type { Datastore } from '../../datastore/datastore.ts';
import { type Cidr, formatCidr } from '../../resources/net/cidr.ts';
import { unlessNotFound } from '../initialise.ts';
import { untilUndisturbed } from '../retry.ts';
import { handleRef, withSpec } from './objects.ts';

/**
 * Takes `count` addresses of a block off a handle; a handle without addresses goes. A handle that is not there, or
 * that counts less than that, is left alone: its count was wrong before, and readers look into the blocks.
 */
export async function decrementHandle(
  store: Datastore,
  id: string,
  block: Cidr,
  count: number,
): Promise<void> {
  const ref = await handleRef(id);
  await untilUndisturbed(async () => {
    const stored = await unlessNotFound(store.get(ref));
    if (stored === undefined) return;
    const { [formatCidr(block)]: held = 0, ...others } = (stored.spec['block'] ?? {}) as Record<
      string,
      number
    >;
    if (!Number.isSafeInteger(held) || held < count) return;
    const blocks = held === count ? others : { ...others, [formatCidr(block)]: held - count };
    const write =
      Object.keys(blocks).length === 0
        ? store.delete(ref, stored.metadata.resourceVersion)
        : store.update(ref, withSpec(stored, { ...stored.spec, block: blocks }));
    await unlessNotFound(write);
  });
}
