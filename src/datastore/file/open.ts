import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CalicoctlError } from '../../core/errors.ts';
import { builtInProfile, isBuiltIn } from '../built-in.ts';
import type { Capabilities, Datastore, Query, Version } from '../datastore.ts';
import { findEntry, missing, readResource } from './entry.ts';
import { guarded, throwIfAborted } from './failure.ts';
import { pages, type Snapshot, takeSnapshot } from './list.ts';
import { watchChanges } from './watch.ts';
import type { Writer } from './write.ts';

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

/** A datastore in a folder: one YAML manifest a resource. See docs/datastore-file.md. */
export async function openFileDatastore(options: FileDatastoreOptions): Promise<Datastore> {
  const directory = resolve(options.directory);
  const { signal } = options;
  requireFolder(directory);
  const writer = lazyWriter(directory, options);
  const states = rememberStates();
  const closed = new AbortController();
  return {
    capabilities: CAPABILITIES,
    async get(ref) {
      throwIfAborted(signal);
      if (isBuiltIn(ref)) return builtInProfile();
      const entry = await findEntry(directory, ref);
      if (entry === undefined) throw missing(ref);
      return readResource(ref, entry);
    },
    async *list(query) {
      throwIfAborted(signal);
      const snapshot = await takeSnapshot(directory, query);
      states.keep(query, snapshot);
      yield* pages(query, snapshot, signal);
    },
    create: async (ref, resource) => (await writer.open()).create(ref, resource),
    update: async (ref, resource) => (await writer.open()).update(ref, resource),
    delete: async (ref, precondition) => (await writer.open()).remove(ref, precondition),
    watch(query, from) {
      const since = states.find(query, from);
      const remember = (snapshot: Snapshot) => states.keep(query, snapshot);
      return watchChanges({ directory, query, since, remember, signal, closed: closed.signal });
    },
    async close() {
      closed.abort();
      await writer.close();
    },
  };
}

/** Reading, by far the most frequent, does not load what writing needs. */
function lazyWriter(directory: string, { lockTimeoutMs = 5_000, signal }: FileDatastoreOptions) {
  let opened: Promise<Writer> | undefined;
  return {
    async open(): Promise<Writer> {
      throwIfAborted(signal);
      opened ??= import('./write.ts').then(({ openWriter }) => openWriter(directory, lockTimeoutMs, signal));
      return opened;
    },
    async close(): Promise<void> {
      (await opened)?.close();
    },
  };
}

/** So many states of lists are kept for watches that start from them. */
const REMEMBERED = 8;

function rememberStates() {
  const states = new Map<string, Snapshot>();
  const key = ({ kind, namespace, namePrefix }: Query, version: Version) =>
    JSON.stringify([kind.kind, namespace, namePrefix, version]);
  return {
    keep(query: Query, snapshot: Snapshot): void {
      states.delete(key(query, snapshot.version));
      states.set(key(query, snapshot.version), snapshot);
      if (states.size > REMEMBERED) states.delete(states.keys().next().value!);
    },
    find: (query: Query, version: Version) => states.get(key(query, version)),
  };
}

function requireFolder(directory: string): void {
  const found = guarded('open', directory, () => statSync(directory, { throwIfNoEntry: false }));
  if (found === undefined || found.isDirectory()) return;
  throw new CalicoctlError('configuration', `${directory} is not a folder`, {
    hint: 'The file datastore needs a folder.',
  });
}
