import { isError } from '../../core/errors.ts';
import { textIn } from '../../core/json.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { type Block, blockOf, isWindowsHandle } from '../../operations/ipam/block.ts';
import { affinityRef, blockRef, formatOwner, listed, type Owner } from '../../operations/ipam/objects.ts';
import { pause } from '../../operations/retry.ts';
import type { Resource } from '../../resources/kind.ts';
import { type Cidr, formatCidr } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { type Allocation, allocationsOf } from './allocation.ts';
import type { Survey, SurveyedAffinity, SurveyedBlock } from './survey.ts';

/** Reading again what a survey found: a cluster goes on while it is looked at. */

export async function blockAgain(store: Datastore, range: Cidr): Promise<Resource | undefined> {
  return unlessNotFound(store.get(await blockRef(range)));
}

/** True where the block is still as the survey read it. */
export async function isUnchanged(store: Datastore, { range, version }: SurveyedBlock): Promise<boolean> {
  return (await blockAgain(store, range))?.metadata.resourceVersion === version;
}

/** The affinity, where it is still as the survey read it. */
export async function affinityAgain(
  store: Datastore,
  { owner, range, version }: SurveyedAffinity,
): Promise<Resource | undefined> {
  const stored = await ownersAffinity(store, owner, range);
  return stored?.metadata.resourceVersion === version ? stored : undefined;
}

export async function ownersAffinity(
  store: Datastore,
  owner: Owner,
  range: Cidr,
): Promise<Resource | undefined> {
  return unlessNotFound(store.get(await affinityRef(owner, range)));
}

export async function nodeAgain(store: Datastore, name: string): Promise<Resource | undefined> {
  return unlessNotFound(store.get({ kind: await kindOf('Node'), name }));
}

/** Whoever is in the middle of something is done by then. */
const SETTLING_MS = 500;

export function settle(): Promise<void> {
  return pause(SETTLING_MS);
}

/** What `look` says of each item, several at once; in the order of the items, without those it says nothing of. */
export async function* lookedAt<T, R>(
  store: Datastore,
  items: readonly T[],
  look: (item: T) => Promise<R | undefined>,
): AsyncGenerator<R> {
  const step = Math.max(1, store.capabilities.concurrency);
  for (let at = 0; at < items.length; at += step) {
    const answers = await Promise.all(items.slice(at, at + step).map(look));
    for (const answer of answers) if (answer !== undefined) yield answer;
  }
}

/** The owner as a block names it, or nobody. */
export function ownerText(owner: Owner | undefined): string {
  return owner === undefined ? 'nobody' : formatOwner(owner);
}

export interface BlockNow {
  readonly seen: SurveyedBlock;
  readonly block: Block;
  /** Those that somebody has: neither resting nor kept by Windows. */
  readonly held: readonly Allocation[];
  /** Released ones. */
  readonly resting: readonly Allocation[];
}

/** More than so many of the blocks are read as a list, which is faster than one by one. */
const SHARE_TO_LIST = 0.2;

/** Blocks as they are now. What is gone, or contradicts itself, is left out. */
export async function* blocksNow(
  store: Datastore,
  { blocks }: Survey,
  wanted: readonly SurveyedBlock[],
): AsyncGenerator<BlockNow> {
  if (wanted.length > 20 && wanted.length > blocks.size * SHARE_TO_LIST) {
    const names = new Map(wanted.map((block) => [block.name, block]));
    for await (const stored of listed(store, { kind: await kindOf('IPAMBlock'), asStored: true })) {
      const seen = names.get(textIn(stored.spec['cidr']));
      const now = seen && blockNow(seen, stored);
      if (now !== undefined) yield now;
    }
    return;
  }
  yield* lookedAt(store, wanted, async (seen) => {
    const stored = await blockAgain(store, seen.range);
    return stored && blockNow(seen, stored);
  });
}

function blockNow(seen: SurveyedBlock, stored: Resource): BlockNow | undefined {
  try {
    const allocations = allocationsOf(stored);
    const resting = allocations.filter(({ releasedAt }) => releasedAt !== undefined);
    const held = allocations.filter(
      ({ releasedAt, handle }) => releasedAt === undefined && !isWindowsHandle(handle),
    );
    return { seen, block: blockOf(stored), held, resting };
  } catch (error) {
    if (isError(error, 'corrupt')) return undefined;
    throw error;
  }
}

/** The block of an affinity, as it is named. */
export function rangeText({ range }: { readonly range: Cidr }): string {
  return formatCidr(range);
}
