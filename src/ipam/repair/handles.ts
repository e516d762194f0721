import { CalicoctlError, isError } from '../../core/errors.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { advanced, attributeAt, type Block, blockOf, cleanHandle } from '../../operations/ipam/block.ts';
import { blockRef, handleRef, withSpec } from '../../operations/ipam/objects.ts';
import { inParallel } from '../../operations/parallel.ts';
import { untilUndisturbed } from '../../operations/retry.ts';
import { API_VERSION, type Resource } from '../../resources/kind.ts';
import { parseCidr } from '../../resources/net/cidr.ts';
import type { Fix } from '../finding.ts';
import { doubtOf } from './keep.ts';
import { CHANGED, fixedMeanwhile, judge, type Repair, type Run, type Verdict } from './run.ts';
import { unlessChanged } from './store.ts';
import { attempted, OUT_OF_REACH } from './work.ts';

/**
 * Handles are counted up before their block is written. Whoever is between the two would be left with addresses and no
 * handle, so a block is written before a handle that names it counts less: those who read it before then fail to write
 * it, and begin anew. Nothing of the block but its sequence number changes by that.
 */

type Counts = Readonly<Record<string, number>>;
type DeleteFix = Extract<Fix, { write: 'delete-handle' }>;
type SetFix = Extract<Fix, { write: 'set-handle' }>;

/** So many handles share the fences of their blocks. */
const TOGETHER = 1000;
const FENCES_AT_ONCE = 32;

const countsOf = ({ spec }: Resource) => (spec['block'] ?? {}) as Counts;

/** Deletes handles that no address has. */
export async function deleteHandles(run: Run, repairs: readonly Repair[]): Promise<void> {
  for (let at = 0; at < repairs.length; at += TOGETHER)
    await deleteTogether(run, repairs.slice(at, at + TOGETHER));
}

const alone = (repairs: readonly Repair[]) => repairs.map((repair) => [repair]);

async function deleteTogether(run: Run, repairs: readonly Repair[]): Promise<void> {
  const found = new Map<Repair, Resource>();
  await attempted(run, alone(repairs), async ([repair]) => {
    const { handle, version } = repair!.fix as DeleteFix;
    const ref = await handleRef(handle);
    const stored = await unlessNotFound(run.store.get(ref));
    if (stored === undefined) judge(run, repair!, fixedMeanwhile('it is gone already'));
    else if (!run.isExpected(ref, stored.metadata.resourceVersion, version)) judge(run, repair!, CHANGED);
    else found.set(repair!, stored);
  });
  const users = await usersOf(
    run,
    new Set([...found.values()].flatMap((stored) => Object.keys(countsOf(stored)))),
  );
  await attempted(run, alone([...found.keys()]), async ([repair]) => {
    judge(run, repair!, await deleteUnused(run, repair!.fix as DeleteFix, found.get(repair!)!, users));
  });
}

/** Handles that addresses of a block have; or why nothing is known of it. */
type Users = ReadonlyMap<string, ReadonlySet<string> | CalicoctlError>;

async function usersOf(run: Run, blocks: ReadonlySet<string>): Promise<Users> {
  const users = new Map<string, ReadonlySet<string> | CalicoctlError>();
  const { failures } = await inParallel([...blocks], FENCES_AT_ONCE, async (block) => {
    if (run.signal.aborted) return;
    try {
      users.set(block, await fenced(run, block));
    } catch (error) {
      if (!(error instanceof CalicoctlError) || isError(error, ...OUT_OF_REACH)) throw error;
      users.set(block, error);
    }
  });
  if (failures[0] !== undefined) throw failures[0];
  return users;
}

async function deleteUnused(run: Run, fix: DeleteFix, stored: Resource, users: Users): Promise<Verdict> {
  for (const block of Object.keys(countsOf(stored))) {
    const known = users.get(block);
    if (known === undefined) return { is: 'untried' };
    if (known instanceof CalicoctlError) return { is: 'left', why: known.message };
    if (known.has(cleanHandle(fix.handle))) return { is: 'passed', why: 'an address has it now' };
  }
  const store = run.storeFor({ write: 'delete-handle' });
  const gone = await unlessChanged(
    store.delete(await handleRef(fix.handle), stored.metadata.resourceVersion),
  );
  return gone === undefined ? CHANGED : { is: 'done' };
}

/** Keeps whoever has read the block from writing it. Returns the handles of its addresses. */
async function fenced(run: Run, cidr: string): Promise<ReadonlySet<string>> {
  const range = parseCidr(cidr);
  if (range === undefined) return new Set();
  const ref = await blockRef(range);
  const store = run.storeFor({ write: 'fence' });
  return untilUndisturbed(async () => {
    const stored = await unlessNotFound(store.get(ref));
    if (stored === undefined) return new Set();
    const block = blockOf(stored);
    await unlessNotFound(store.update(ref, withSpec(stored, advanced(block))));
    return new Set(block.spec.attributes.map(({ handle_id }) => cleanHandle(handle_id)));
  });
}

/** Makes handles that are missing, and sets counts that are wrong. */
export async function setHandles(run: Run, repairs: readonly Repair[]): Promise<void> {
  await attempted(
    run,
    repairs.map((repair) => [repair]),
    async ([repair]) => {
      const fix = repair!.fix as SetFix;
      judge(run, repair!, fix.version === undefined ? await make(run, fix) : await recount(run, fix));
    },
  );
}

interface Counted {
  readonly counts: Counts;
  /** Why one of the addresses may be in the making still. */
  readonly doubt: string | undefined;
}

/** How many addresses of these blocks a handle has. */
async function count(run: Run, handle: string, blocks: Iterable<string>): Promise<Counted> {
  const counts: Record<string, number> = {};
  let doubt: string | undefined;
  for (const cidr of blocks) {
    const range = parseCidr(cidr);
    const stored = range && (await unlessNotFound(run.store.get(await blockRef(range))));
    if (stored === undefined) continue;
    const block = blockOf(stored);
    const held = ordinalsOf(block, handle);
    if (held.length > 0) counts[cidr] = held.length;
    for (const ordinal of held) doubt ??= doubtOf(attributeAt(block, ordinal)!, run.minAge, Date.now())?.why;
  }
  return { counts, doubt };
}

function ordinalsOf(block: Block, handle: string): readonly number[] {
  const id = cleanHandle(handle);
  return block.spec.allocations.flatMap((index, ordinal) =>
    index !== null && cleanHandle(block.spec.attributes[index]!.handle_id) === id ? [ordinal] : [],
  );
}

/** Addresses that come or go while it is made are counted at the end. */
async function make(run: Run, { handle, blocks }: SetFix): Promise<Verdict> {
  const ref = await handleRef(handle);
  const { counts } = await count(run, handle, Object.keys(blocks));
  if (Object.keys(counts).length === 0) return fixedMeanwhile('no address has it any more');
  const store = run.storeFor({ write: 'set-handle' });
  const spec = { handleID: handle, block: counts, deleted: false };
  const made = await unlessChanged(
    store.create(ref, { apiVersion: API_VERSION, kind: ref.kind.kind, metadata: { name: handle }, spec }),
  );
  if (made === undefined) return fixedMeanwhile('it was made meanwhile');
  const later = await count(run, handle, Object.keys(blocks));
  if (!isSame(later.counts, counts)) await put(store, ref, made, later.counts);
  return { is: 'done' };
}

async function recount(run: Run, { handle, blocks, version }: SetFix): Promise<Verdict> {
  const ref = await handleRef(handle);
  const stored = await unlessNotFound(run.store.get(ref));
  if (stored === undefined) return fixedMeanwhile('it is gone already');
  if (!run.isExpected(ref, stored.metadata.resourceVersion, version!)) return CHANGED;
  const before = countsOf(stored);
  const named = new Set([...Object.keys(before), ...Object.keys(blocks)]);
  const first = await count(run, handle, named);
  if (isSame(first.counts, before)) return fixedMeanwhile('its counts are right already');
  const lowered = [...named].filter((cidr) => (first.counts[cidr] ?? 0) < (before[cidr] ?? 0));
  // Who takes more addresses for a handle that has some in the block would take them off again from the right count.
  const partly = lowered.some((cidr) => first.counts[cidr] !== undefined);
  if (partly && first.doubt !== undefined && !(await run.locked())) return { is: 'left', why: first.doubt };
  for (const cidr of lowered) await fenced(run, cidr);
  const { counts } = await count(run, handle, named);
  if (isSame(counts, before)) return fixedMeanwhile('its counts are right already');
  const store = run.storeFor({ write: 'set-handle' });
  return (await put(store, ref, stored, counts)) ? { is: 'done' } : CHANGED;
}

function isSame(left: Counts, right: Counts): boolean {
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key]);
}

/** False where somebody else was faster. A handle without addresses goes. */
async function put(
  store: Run['store'],
  ref: Awaited<ReturnType<typeof handleRef>>,
  stored: Resource,
  counts: Counts,
): Promise<boolean> {
  const write =
    Object.keys(counts).length === 0
      ? store.delete(ref, stored.metadata.resourceVersion)
      : store.update(ref, withSpec(stored, { ...stored.spec, block: counts }));
  try {
    await write;
    return true;
  } catch (error) {
    if (isError(error, 'conflict', 'not-found')) return false;
    throw error;
  }
}
