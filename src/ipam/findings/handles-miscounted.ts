import { isError } from '../../core/errors.ts';
import { counted } from '../../core/words.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { cleanHandle } from '../../operations/ipam/block.ts';
import { handleRef } from '../../operations/ipam/objects.ts';
import type { Resource } from '../../resources/kind.ts';
import { parseCidr } from '../../resources/net/cidr.ts';
import type { IpamFinding } from '../finding.ts';
import { blockAgain, blocksNow, lookedAt, settle } from '../survey/again.ts';
import { type Allocation, allocationsOf, takerOf } from '../survey/allocation.ts';
import type { MiscountedHandle, Survey } from '../survey/survey.ts';
import { found } from './finding.ts';

/** Handles whose counts are not those of blocks, or that name blocks that do not exist (CAL3019). */
export default async function* handlesMiscounted(
  survey: Survey,
  store: Datastore,
): AsyncGenerator<IpamFinding> {
  const { miscounted } = survey.handles;
  if (miscounted.length === 0) return;
  // An assignment writes the handle first and the block next, a release the other way round.
  await settle();
  const recorded = await recordedIn(survey, store, miscounted);
  yield* lookedAt(store, miscounted, (handle) => look(store, handle, recorded.get(idOf(handle))!));
}

interface Recorded {
  readonly blocks: Map<string, number>;
  first?: Allocation;
}

function idOf({ id }: MiscountedHandle): string {
  return cleanHandle(id);
}

/** What blocks record for the handles now. Those that handles name are read; all, where addresses are in others. */
async function recordedIn(
  survey: Survey,
  store: Datastore,
  handles: readonly MiscountedHandle[],
): Promise<ReadonlyMap<string, Recorded>> {
  const named = await countedIn(survey, store, handles, namedBlocks(survey, handles));
  const sums = ({ blocks }: Recorded) => [...blocks.values()].reduce((sum, count) => sum + count, 0);
  const lacks = (handle: MiscountedHandle) =>
    sums(named.get(idOf(handle))!) < survey.handles.countOf(handle.id);
  return handles.some(lacks) ? countedIn(survey, store, handles, [...survey.blocks]) : named;
}

function namedBlocks({ blocks }: Survey, handles: readonly MiscountedHandle[]) {
  const names = new Set(handles.flatMap((handle) => Object.keys(handle.blocks)));
  return [...names].flatMap((name) => blocks.named(name) ?? []);
}

async function countedIn(
  survey: Survey,
  store: Datastore,
  handles: readonly MiscountedHandle[],
  blocks: Parameters<typeof blocksNow>[2],
): Promise<ReadonlyMap<string, Recorded>> {
  const recorded = new Map<string, Recorded>(handles.map((each) => [idOf(each), { blocks: new Map() }]));
  for await (const { seen, held } of blocksNow(store, survey, blocks)) {
    for (const allocation of held) {
      const entry = recorded.get(cleanHandle(allocation.handle));
      if (entry === undefined) continue;
      entry.first ??= allocation;
      entry.blocks.set(seen.name, (entry.blocks.get(seen.name) ?? 0) + 1);
    }
  }
  return recorded;
}

async function look(
  store: Datastore,
  handle: MiscountedHandle,
  { blocks, first }: Recorded,
): Promise<IpamFinding | undefined> {
  const { id, version } = handle;
  const stored = await unlessNotFound(store.get(await handleRef(id)));
  if (stored?.metadata.resourceVersion !== version || blocks.size === 0) return undefined;
  // A block made since is not among those counted.
  if (await isCountedElsewhere(store, handle, blocks)) return undefined;
  const { creationTimestamp } = stored.metadata;
  const owner = first && takerOf(first.attributes);
  return found('CAL3019', {
    subject: { kind: 'handle', name: id },
    message: `handle ${id} counts ${told(handle.blocks)}; blocks record ${told(Object.fromEntries(blocks))}`,
    ...(creationTimestamp === undefined ? {} : { since: creationTimestamp }),
    ...(owner === undefined ? {} : { owner }),
    evidence: { version, counted: { ...handle.blocks }, recorded: Object.fromEntries(blocks) },
    fix: { write: 'set-handle', handle: id, version, blocks: Object.fromEntries(blocks) },
  });
}

async function isCountedElsewhere(
  store: Datastore,
  handle: MiscountedHandle,
  blocks: ReadonlyMap<string, number>,
): Promise<boolean> {
  for (const name of Object.keys(handle.blocks)) {
    const range = parseCidr(name);
    if (blocks.has(name) || range === undefined) continue;
    const stored = await blockAgain(store, range);
    if (stored !== undefined && mentions(stored, idOf(handle))) return true;
  }
  return (
    [...blocks].every(([name, count]) => handle.blocks[name] === count) &&
    Object.keys(handle.blocks).length === blocks.size
  );
}

/** A block that contradicts itself may. */
function mentions(stored: Resource, id: string): boolean {
  try {
    return allocationsOf(stored).some(({ handle }) => cleanHandle(handle) === id);
  } catch (error) {
    if (isError(error, 'corrupt')) return true;
    throw error;
  }
}

function told(blocks: Readonly<Record<string, number>>): string {
  const parts = Object.entries(blocks).map(([name, count]) => `${counted(count, 'address')} in ${name}`);
  return parts.length === 0 ? 'no address' : parts.join(', ');
}
