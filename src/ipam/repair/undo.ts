import { isDeepStrictEqual } from 'node:util';
import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore, Version } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { formatRef } from '../../resources/kind.ts';
import { parseCidr } from '../../resources/net/cidr.ts';
import { anew, freshSequence, overlapping, putBackAddresses } from './putback.ts';
import type { Witness } from './store.ts';
import { unlessChanged, witnessed } from './store.ts';
import type { NotedWrite } from './undo-file.ts';

/** What became of putting one write back. */
export interface Undone {
  /** `IPAMHandle(x)`, or the address. */
  readonly subject: string;
  readonly verdict: 'put back' | 'left' | 'failed' | 'untried';
  readonly why?: string;
}

export interface UndoOptions {
  /** Told of every write that was dealt with: the version that it left, where there is one. */
  readonly noteUndone: (number: number, version: Version | undefined) => Promise<void>;
  readonly witness: Witness;
  readonly signal: AbortSignal;
}

/** The last of the versions that a run, or putting it back, left of objects. */
type Versions = Map<string, Version | undefined>;

/** Writes that follow from others, and come back with those. */
function follows({ purpose, ref }: NotedWrite): boolean {
  return purpose.write === 'fence' || (purpose.write === 'release-address' && ref.kind.kind === 'IPAMHandle');
}

/**
 * Puts back what a run has written, the last first, as far as nobody else has written it since; of a block, address by
 * address, those that are still free. What was put back before is not put back again.
 */
export async function undoWrites(
  store: Datastore,
  writes: readonly NotedWrite[],
  { noteUndone, witness, signal }: UndoOptions,
): Promise<readonly Undone[]> {
  const results: Undone[] = [];
  const versions: Versions = new Map();
  for (const { ref, outcome, undone } of writes) {
    if (outcome?.done) versions.set(formatRef(ref), outcome.version);
    if (undone !== undefined) versions.set(formatRef(ref), undone === '' ? undefined : undone);
  }
  const open = writes.filter((write) => write.outcome?.done !== false && write.undone === undefined);
  let broken: CalicoctlError | undefined;
  for (const write of open.filter((each) => !follows(each)).reverse()) {
    const subjects = write.purpose.addresses ?? [formatRef(write.ref)];
    if (broken !== undefined || signal.aborted) {
      results.push(...subjects.map((subject): Undone => ({ subject, verdict: 'untried' })));
      continue;
    }
    try {
      results.push(...(await undoOne(witnessed(store, witness), write, versions)));
      await noteUndone(write.number, versions.get(formatRef(write.ref)));
    } catch (error) {
      if (!(error instanceof CalicoctlError)) throw error;
      if (['unavailable', 'timeout', 'unauthorized', 'cancelled'].includes(error.errorClass)) broken = error;
      results.push(
        ...subjects.map((subject): Undone => ({ subject, verdict: 'failed', why: error.message })),
      );
    }
  }
  return results;
}

async function undoOne(store: Datastore, write: NotedWrite, versions: Versions): Promise<readonly Undone[]> {
  const { purpose, before, ref } = write;
  if (purpose.write === 'release-address' && before !== undefined) {
    const results = await putBackAddresses(store, before, purpose.addresses ?? [], write.after === undefined);
    return results.map(({ address, left }) =>
      left === undefined
        ? { subject: address, verdict: 'put back' }
        : { subject: address, verdict: 'left', why: left },
    );
  }
  const why = await restore(store, write, versions);
  const subject = formatRef(ref);
  return [why === undefined ? { subject, verdict: 'put back' } : { subject, verdict: 'left', why }];
}

const CHANGED = 'somebody has changed it since';

/** Undefined where the object is as it was before the write; otherwise why it is left. */
async function restore(store: Datastore, write: NotedWrite, versions: Versions): Promise<string | undefined> {
  const { ref, before, after } = write;
  const key = formatRef(ref);
  const current = await unlessNotFound(store.get(ref));
  const keep = (version: Version | undefined) => void versions.set(key, version);
  if (before !== undefined && current !== undefined && isDeepStrictEqual(current.spec, before.spec)) {
    return write.outcome === undefined ? 'it was not changed' : 'it is so already';
  }
  if (after === undefined) {
    if (current !== undefined) return 'it was made anew since';
    if (before === undefined) return 'what it was is not known';
    const range = ref.kind.kind === 'IPAMBlock' ? parseCidr(ref.name) : undefined;
    const other = range && (await overlapping(store, range));
    if (other !== undefined) return other;
    const made = await unlessChanged(store.create(ref, anew(before)));
    keep(made?.metadata.resourceVersion);
    return made === undefined ? 'it was made anew since' : undefined;
  }
  if (current === undefined)
    return before === undefined ? 'it is gone already' : 'somebody has deleted it since';
  const { resourceVersion } = current.metadata;
  const isOurs =
    versions.get(key) === resourceVersion ||
    (write.outcome?.done !== true && isDeepStrictEqual(current.spec, after.spec));
  if (!isOurs) return CHANGED;
  if (before === undefined) {
    const gone = await unlessChanged(store.delete(ref, resourceVersion));
    keep(undefined);
    return gone === undefined ? CHANGED : undefined;
  }
  const spec = { ...before.spec };
  if (ref.kind.kind === 'IPAMBlock')
    spec['sequenceNumber'] = freshSequence((current.spec['sequenceNumber'] ?? 0) as number | bigint);
  const back = await unlessChanged(
    store.update(ref, {
      ...before,
      metadata: { ...before.metadata, ...(resourceVersion && { resourceVersion }) },
      spec,
    }),
  );
  keep(back?.metadata.resourceVersion);
  return back === undefined ? CHANGED : undefined;
}
