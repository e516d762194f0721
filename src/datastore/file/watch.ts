import { API_VERSION, type Resource } from '../../resources/kind.ts';
import type { Change, Query, Version } from '../datastore.ts';
import { pause, throwIfAborted } from './failure.ts';
import { readSlot, type Snapshot, takeSnapshot } from './list.ts';
import { markOf, type Slot } from './scan.ts';

/**
 * Changes found by looking again and again: notifications of the operating system differ between systems, lose events
 * under load, and do not exist on network file systems.
 */

/** Milliseconds between two looks; more where looking itself takes long. */
const INTERVAL = 200;
const LOOK_SHARE = 10;

export interface WatchOptions {
  readonly directory: string;
  readonly query: Query;
  /** The state to start from, where it is still known. */
  readonly since: Snapshot | undefined;
  /** Told of every state that a change names as its version, so that a watch can resume there. */
  readonly remember: (snapshot: Snapshot) => void;
  /** Ends the watch with `cancelled`. */
  readonly signal: AbortSignal | undefined;
  /** Ends the watch as if there were no more changes. */
  readonly closed: AbortSignal;
}

/** Changes until the consumer stops or the signal is aborted. */
export function watchChanges(options: WatchOptions): AsyncIterable<Change> {
  return {
    [Symbol.asyncIterator]() {
      const stop = new AbortController();
      const changes = look(options, AbortSignal.any([stop.signal, options.closed]));
      return {
        next: () => changes.next(),
        // A generator that waits for the next look would leave its consumer waiting too.
        async return() {
          stop.abort();
          return changes.return(undefined);
        },
      };
    },
  };
}

/** What the consumer has been told of; resources are kept to be named when they are deleted. */
type Known = Map<string, { readonly mark: string | undefined; readonly resource: Resource }>;

async function* look(options: WatchOptions, stop: AbortSignal): AsyncGenerator<Change, undefined, undefined> {
  const { directory, query, since, remember, signal } = options;
  const both = signal === undefined ? stop : AbortSignal.any([stop, signal]);
  const known: Known = new Map();
  await learn(query, known, since ?? (await takeSnapshot(directory, query)), since !== undefined);
  while (!stop.aborted) {
    throwIfAborted(signal);
    const started = performance.now();
    const snapshot = await takeSnapshot(directory, query);
    remember(snapshot);
    for await (const change of compare(query, known, snapshot)) {
      if (stop.aborted) return undefined;
      yield change;
    }
    await pause(Math.max(INTERVAL, LOOK_SHARE * (performance.now() - started)), both);
  }
  return undefined;
}

/** Takes the state of the start. What changed since an earlier one is left to be found by the first look. */
async function learn(
  query: Query,
  known: Known,
  { slots, marks }: Snapshot,
  isEarlier: boolean,
): Promise<void> {
  for (const slot of slots) {
    const mark = marks.get(slot.key);
    const found = await readSlot(query, slot);
    if (isEarlier && mark !== markOf(slot)) known.set(slot.key, { mark, resource: nameOnly(query, slot) });
    else if (found !== undefined && !('entry' in found)) known.set(slot.key, { mark, resource: found });
  }
}

/** A resource that changed or went away before anybody here read it. */
function nameOnly({ kind }: Query, { name, namespace }: Slot): Resource {
  return {
    apiVersion: API_VERSION,
    kind: kind.kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    spec: {},
  };
}

async function* compare(
  query: Query,
  known: Known,
  { slots, marks, version }: Snapshot,
): AsyncIterable<Change> {
  for (const [key, { resource }] of [...known]) {
    if (marks.has(key)) continue;
    known.delete(key);
    yield { type: 'deleted', resource, version };
  }
  for (const slot of slots) {
    const mark = marks.get(slot.key);
    const before = known.get(slot.key);
    if (before !== undefined && before.mark === mark) continue;
    const change = await readChange(query, slot, before?.resource, version);
    if (change !== undefined) known.set(slot.key, { mark, resource: change.resource });
    if (change !== undefined && change.type !== undefined) yield change as Change;
  }
}

/** How a file differs from what is known of it; no `type` where only its times do. A broken file waits until it is mended. */
async function readChange(
  query: Query,
  slot: Slot,
  before: Resource | undefined,
  version: Version,
): Promise<{ type?: 'added' | 'modified'; resource: Resource; version: Version } | undefined> {
  const resource = await readSlot(query, slot);
  if (resource === undefined || 'entry' in resource) return undefined;
  if (before === undefined) return { type: 'added', resource, version };
  const isSame = before.metadata.resourceVersion === resource.metadata.resourceVersion;
  return isSame ? { resource, version } : { type: 'modified', resource, version };
}
