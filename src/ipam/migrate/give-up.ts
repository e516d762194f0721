import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { releaseAffinity } from '../../operations/ipam/affinities.ts';
import { blockOf, collectGarbage, isEmpty } from '../../operations/ipam/block.ts';
import { inParallel } from '../../operations/parallel.ts';
import { untilUndisturbed } from '../../operations/retry.ts';
import { type Cidr, containsCidr, formatCidr } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { readAffinities } from '../survey/settings.ts';
import { blocksIn } from './occupants.ts';

/** How many blocks and affinities went. */
export interface GivenUp {
  readonly affinities: number;
  readonly blocks: number;
}

/**
 * Gives up the empty blocks of a range, those of nodes and of services alike, and those of nobody. A block that is in use
 * again stays as it is, and is told of. Can be repeated.
 */
export async function giveUpBlocks(store: Datastore, range: Cidr, cooldownSeconds: number): Promise<GivenUp> {
  const { concurrency } = store.capabilities;
  const affinities = (await readAffinities(store)).filter((each) => containsCidr(range, each.range));
  const released = await inParallel(affinities, concurrency, ({ owner, range: block }) =>
    releaseAffinity(store, owner, block, { mustBeEmpty: true, cooldownSeconds }),
  );
  const orphans = (await blocksIn(store, range)).map(({ metadata }) => metadata.name);
  let blocks = 0;
  const removed = await inParallel(orphans, concurrency, async (name) => {
    if (await removeEmpty(store, name, cooldownSeconds)) blocks++;
  });
  const [failure] = [...released.failures, ...removed.failures];
  if (failure !== undefined) throw failure;
  return { affinities: released.done, blocks: released.done + blocks };
}

/** Blocks whose owner has no affinity, or that have no owner. */
async function removeEmpty(store: Datastore, name: string, cooldownSeconds: number): Promise<boolean> {
  return untilUndisturbed(async () => {
    const ref = { kind: await kindOf('IPAMBlock'), name };
    const stored = await unlessNotFound(store.get(ref));
    if (stored === undefined) return false;
    const block = collectGarbage(blockOf(stored), cooldownSeconds, new Date());
    if (!isEmpty(block))
      throw new CalicoctlError(
        'not-supported',
        `block ${formatCidr(block.range)} has addresses in use, so it stays`,
      );
    try {
      await store.delete(ref, stored.metadata.resourceVersion);
      return true;
    } catch (error) {
      if (isError(error, 'not-found')) return false;
      throw error;
    }
  });
}
