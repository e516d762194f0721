import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore, Version } from '../../datastore/datastore.ts';
import { type Fault, formatRef, type Ref, type Resource } from '../../resources/kind.ts';
import { type Manifest, problemsError } from '../../resources/manifest.ts';
import { type Cidr, formatCidr, networkOf, overlaps } from '../../resources/net/cidr.ts';
import { BETWEEN } from '../../resources/structure.ts';
import { releasePoolAffinities } from '../ipam/affinities.ts';
import { cidrIn } from '../ipam/objects.ts';
import { type Pool, poolOf } from '../ipam/pools.ts';
import { pause, untilUndisturbed } from '../retry.ts';
import type { Guard } from './guards.ts';
import { blocksNear, pools } from './poolview.ts';

/** How long whoever hands out addresses is given to notice that a pool is disabled. */
const NOTICE = 500;

async function beforeCreate(
  store: Datastore,
  ref: Ref,
  resource: Resource,
  place: Manifest['place'],
): Promise<void> {
  const pool = poolOf(resource);
  if (pool === undefined) return;
  const overlapping = (known: ReadonlyMap<string, Pool>) =>
    [...known.values()].filter(({ name, range }) => name !== ref.name && overlaps(range, pool.range));
  let { value: known, fresh } = await pools.look(store);
  // None is refused for what may be gone meanwhile.
  if (!fresh && overlapping(known).length > 0) known = await pools.lookAnew(store);
  const faults = overlapping(known).map((other) => overlapFault(resource, other));
  if (faults.length > 0) throw problemsError('validation', formatRef(ref), faults, place);
  // Of a pool that exists the create itself says so.
  if (known.has(ref.name)) return;
  const block = (await blocksNear(store, pool.range)).find(
    (range) => range.prefix !== pool.blockSize && overlaps(range, pool.range),
  );
  if (block !== undefined) throw problemsError('validation', formatRef(ref), [sizeFault(pool, block)], place);
}

function afterWrite(store: Datastore, written: Resource): void {
  const pool = poolOf(written);
  if (pool !== undefined) pools.held(store)?.set(pool.name, pool);
}

function overlapFault(resource: Resource, other: Pool): Fault {
  return {
    rule: BETWEEN.poolOverlap.id,
    path: ['spec', 'cidr'],
    value: resource.spec['cidr'],
    message: `overlaps ${formatCidr(networkOf(other.range))}, the CIDR of IPPool(${other.name})${other.disabled ? ', which is disabled' : ''}`,
  };
}

function sizeFault({ range, blockSize }: Pool, block: Cidr): Fault {
  return {
    rule: BETWEEN.poolBlocks.id,
    path: ['spec', 'blockSize'],
    value: blockSize,
    message: `does not fit the blocks that exist in ${formatCidr(range)}: ${formatCidr(block)} is one of size ${block.prefix}`,
  };
}

/**
 * No new blocks, then no owners of blocks, then no pool. Addresses in use stay so. Every step can be repeated, so
 * repeating a delete that broke off finishes it.
 */
async function remove(store: Datastore, ref: Ref, version: Version | undefined): Promise<Resource> {
  const disabled = await disable(store, ref, version);
  let reached = 'it was disabled';
  try {
    if (disabled.changed) await pause(NOTICE);
    const range = cidrIn(disabled.pool.spec);
    if (range !== undefined) await releaseBlocks(store, networkOf(range));
    reached = 'it was disabled and its blocks were released';
    const removed = await removeDisabled(store, ref, disabled.pool);
    pools.held(store)?.delete(ref.name);
    return removed;
  } catch (error) {
    if (!(error instanceof CalicoctlError) || error.errorClass === 'not-found') throw error;
    throw new CalicoctlError(
      error.errorClass,
      `${formatRef(ref)} is not deleted yet, but ${reached}: ${error.message}`,
      {
        ...error.details,
        resource: formatRef(ref),
        hint: 'Repeat the delete to finish it. A pool that should stay is enabled again with spec.disabled: false.',
        cause: error,
      },
    );
  }
}

async function releaseBlocks(store: Datastore, range: Cidr): Promise<void> {
  try {
    await releasePoolAffinities(store, range);
  } catch (error) {
    if (!isError(error, 'not-supported')) throw error;
  }
}

/** Lets nobody take new addresses of a pool; where it is disabled already nothing is written. */
export async function disable(
  store: Datastore,
  ref: Ref,
  version: Version | undefined,
): Promise<{ readonly pool: Resource; readonly changed: boolean }> {
  const attempt = async () => {
    const stored = await store.get(ref);
    const resourceVersion = version ?? stored.metadata.resourceVersion;
    const isCurrent = resourceVersion === stored.metadata.resourceVersion;
    if (stored.spec['disabled'] === true && isCurrent) return { pool: stored, changed: false };
    const metadata = { ...stored.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
    const pool = await store.update(ref, { ...stored, metadata, spec: { ...stored.spec, disabled: true } });
    return { pool, changed: true };
  };
  return version === undefined ? untilUndisturbed(attempt) : attempt();
}

/** Deletes what was disabled, also when somebody touched it since; not when it was enabled again. */
export async function removeDisabled(store: Datastore, ref: Ref, pool: Resource): Promise<Resource> {
  let current = pool;
  return untilUndisturbed(async () => {
    try {
      return await store.delete(ref, current.metadata.resourceVersion);
    } catch (error) {
      if (!isError(error, 'conflict')) throw error;
      current = await store.get(ref);
      if (current.spec['disabled'] === true) throw error;
      throw new CalicoctlError('not-supported', 'somebody enabled it again meanwhile');
    }
  });
}

const ippool: Guard = { asks: ['IPPool'], beforeCreate, afterWrite, delete: remove };

export default ippool;
