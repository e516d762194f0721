import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import type { Resource } from '../../resources/kind.ts';
import { type Cidr, containsAddress, formatCidr, networkOf } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { unlessNotFound } from '../initialise.ts';
import { inParallel } from '../parallel.ts';
import { untilUndisturbed } from '../retry.ts';
import { advanced, type Block, blockOf, collectGarbage, disowned, isEmpty } from './block.ts';
import { cooldownSeconds } from './config.ts';
import {
  affinityOwner,
  affinityRef,
  blockRef,
  cidrIn,
  formatOwner,
  listed,
  type Owner,
  withSpec,
} from './objects.ts';

/** Giving up blocks. An affinity goes last, so that it points to the work left whenever a run breaks off. */

export interface ReleaseAffinityOptions {
  /** Refuse where addresses of the block are in use; without it the block stays behind, owned by nobody. */
  readonly mustBeEmpty: boolean;
  readonly cooldownSeconds: number;
}

/** What became of an affinity: given up, not there, or pointing to a block of somebody else (removed too). */
export type AffinityOutcome = 'released' | 'absent' | 'stale';

/** Gives up one block of an owner. Throws `not-supported` where it must be empty and is not. */
export async function releaseAffinity(
  store: Datastore,
  owner: Owner,
  range: Cidr,
  options: ReleaseAffinityOptions,
): Promise<AffinityOutcome> {
  const ref = await affinityRef(owner, range);
  return untilUndisturbed(async () => {
    const affinity = await unlessNotFound(store.get(ref));
    if (affinity === undefined) return 'absent';
    const stored = await unlessNotFound(store.get(await blockRef(range)));
    if (stored !== undefined && stored.spec['affinity'] !== formatOwner(owner)) {
      await unlessNotFound(store.delete(ref, affinity.metadata.resourceVersion));
      return 'stale';
    }
    const block = stored && collectGarbage(blockOf(stored), options.cooldownSeconds, new Date());
    if (options.mustBeEmpty && block !== undefined && !isEmpty(block)) throw inUse(owner, range);
    const pending = withSpec(affinity, { ...affinity.spec, state: 'pendingDeletion' });
    const marked = await unlessNotFound(store.update(ref, pending));
    if (marked === undefined) return 'absent';
    if (stored !== undefined && block !== undefined) await giveUp(store, range, stored, block);
    await unlessNotFound(store.delete(ref, marked.metadata.resourceVersion));
    return 'released';
  });
}

async function giveUp(store: Datastore, range: Cidr, stored: Resource, block: Block): Promise<void> {
  const ref = await blockRef(range);
  const write = isEmpty(block)
    ? store.delete(ref, stored.metadata.resourceVersion)
    : store.update(ref, withSpec(stored, advanced(disowned(block))));
  await unlessNotFound(write);
}

function inUse(owner: Owner, range: Cidr): CalicoctlError {
  return new CalicoctlError(
    'not-supported',
    `block ${formatCidr(range)} of ${owner.name} has addresses in use, so it stays`,
  );
}

interface Affinity {
  readonly owner: Owner;
  readonly range: Cidr;
}

async function affinitiesOf(
  store: Datastore,
  namePrefix: string,
  wanted: (affinity: Affinity) => boolean,
): Promise<readonly Affinity[]> {
  const found: Affinity[] = [];
  for await (const stored of listed(store, { kind: await kindOf('BlockAffinity'), namePrefix })) {
    const range = cidrIn(stored.spec);
    if (range === undefined) continue;
    const affinity: Affinity = { owner: affinityOwner(stored), range: networkOf(range) };
    if (wanted(affinity)) found.push(affinity);
  }
  return found;
}

/**
 * Gives up every block whose base lies in `pool`; those in use stay, owned by nobody. Returns how many there were.
 * On etcd the blocks of load balancers stay as they are: no release of Calico finds them there.
 */
export async function releasePoolAffinities(store: Datastore, pool: Cidr): Promise<number> {
  const namePrefix = store.capabilities.name === 'etcdv3' ? 'host/' : '';
  return releaseAll(
    store,
    await affinitiesOf(
      store,
      namePrefix,
      ({ owner, range }) =>
        containsAddress(pool, range.address) && (namePrefix === '' || owner.type === 'host'),
    ),
  );
}

/** Gives up every block of a node; those in use stay, owned by nobody. Returns how many there were. */
export async function releaseHostAffinities(store: Datastore, node: string): Promise<number> {
  const isNodes = ({ owner }: Affinity) => owner.type === 'host' && owner.name === node;
  return releaseAll(store, await affinitiesOf(store, `host/${node}/`, isNodes));
}

/** All are tried; what the first failed with is thrown, with how many are left. */
async function releaseAll(store: Datastore, affinities: readonly Affinity[]): Promise<number> {
  if (affinities.length === 0) return 0;
  const options = { mustBeEmpty: false, cooldownSeconds: await cooldownSeconds(store) };
  const { done, failures } = await inParallel(
    affinities,
    store.capabilities.concurrency,
    ({ owner, range }) => releaseAffinity(store, owner, range, options),
  );
  const [first] = failures;
  if (first === undefined) return done;
  throw new CalicoctlError(
    first.errorClass,
    `${affinities.length - done} of ${affinities.length} block affinities could not be released: ${first.message}`,
    { ...first.details, cause: first },
  );
}
