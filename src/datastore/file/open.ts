import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CalicoctlError } from '../../core/errors.ts';
import type { Ref } from '../../resources/kind.ts';
import { builtInProfile, isBuiltIn } from '../built-in.ts';
import type { Capabilities, Datastore, Query, Version } from '../datastore.ts';
import { findEntry, readResource } from './entry.ts';
import { guarded, throwIfAborted } from './failure.ts';
import { pages, type Snapshot, takeSnapshot } from './list.ts';
import { watchChanges } from './watch.ts';
import { openWorkspace } from './workspace.ts';
import { create, missing, remove, update } from './write.ts';

export interface FileDatastoreOptions {
  /** Need not exist: reads see an empty datastore, the first write creates it. */
  readonly directory: string;
  /** Ends waits, lists and watches with `cancelled`. */
  readonly signal?: AbortSignal;
  /**
   * How long to wait for a live process that holds the lock, in milliseconds; 5,000 unless given. It is held for well
   * under a millisecond, unless its owner was stopped in just that moment.
   */
  readonly lockTimeoutMs?: number;
}

const CAPABILITIES: Capabilities = { name: 'file', serverSideIdentity: false, concurrency: 16 };

/** So many states of lists are kept for watches that start from them. */
const REMEMBERED = 8;

/** A datastore in a folder: one YAML manifest a resource. See docs/datastore-file.md. */
export async function openFileDatastore(options: FileDatastoreOptions): Promise<Datastore> {
  const directory = resolve(options.directory);
  const { signal } = options;
  requireFolder(directory);
  const workspace = openWorkspace(directory, options.lockTimeoutMs ?? 5_000, signal);
  const target = { directory, workspace };
  const closed = new AbortController();
  const snapshots = new Map<string, Snapshot>();
  const remember = (query: Query, snapshot: Snapshot) => {
    snapshots.delete(stateKey(query, snapshot.version));
    snapshots.set(stateKey(query, snapshot.version), snapshot);
    if (snapshots.size > REMEMBERED) snapshots.delete(snapshots.keys().next().value!);
  };
  return {
    capabilities: CAPABILITIES,
    async get(ref: Ref) {
      throwIfAborted(signal);
      if (isBuiltIn(ref)) return builtInProfile();
      const entry = await findEntry(directory, ref);
      if (entry === undefined) throw missing(ref);
      return readResource(ref, entry);
    },
    async *list(query: Query) {
      throwIfAborted(signal);
      const snapshot = await takeSnapshot(directory, query);
      remember(query, snapshot);
      yield* pages(query, snapshot, signal);
    },
    async create(ref, resource) {
      throwIfAborted(signal);
      return create(target, ref, resource);
    },
    async update(ref, resource) {
      throwIfAborted(signal);
      return update(target, ref, resource);
    },
    async delete(ref, precondition) {
      throwIfAborted(signal);
      return remove(target, ref, precondition);
    },
    watch(query: Query, from: Version) {
      const since = snapshots.get(stateKey(query, from));
      return watchChanges({
        directory,
        query,
        since,
        remember: (state) => remember(query, state),
        signal,
        closed: closed.signal,
      });
    },
    async close() {
      closed.abort();
      workspace.close();
    },
  };
}

function stateKey({ kind, namespace, namePrefix }: Query, version: Version): string {
  return JSON.stringify([kind.kind, namespace, namePrefix, version]);
}

function requireFolder(directory: string): void {
  const found = guarded('open', directory, () => statSync(directory, { throwIfNoEntry: false }));
  if (found === undefined || found.isDirectory()) return;
  throw new CalicoctlError('configuration', `${directory} is not a folder`, {
    hint: 'The file datastore needs a folder.',
  });
}
