import { CalicoctlError, isError } from '../../core/errors.ts';
import { canonical } from '../../resources/document.ts';
import { formatRef, type Ref, type Resource } from '../../resources/kind.ts';
import { builtInProfile, isBuiltIn } from '../built-in.ts';
import type { CorruptEntry, Datastore, Page, Query, Version } from '../datastore.ts';
import { passed } from '../garbage.ts';
import {
  conflict,
  decodeDeleted,
  decodeEntry,
  entryIn,
  nameOnly,
  notFound,
  revisionOf,
  textOf,
} from './entries.ts';
import { isMeant, keyOf, prefixesOf } from './keys.ts';
import { pagesBelow } from './pages.ts';
import { rawEntries } from './raw.ts';
import { settle } from './settle.ts';
import { decodeStoredValue, decodeValue, encodeValue } from './values.ts';
import { watchChanges } from './watch.ts';
import type { Entry, EtcdClient } from './wire/client.ts';
import type { KeyValue } from './wire/messages.ts';

/** Keys in a page: a few MB at most, of what is usual. */
const PAGE = 5000;

/** The Datastore over an etcd client; `pageSize` is the number of keys per page of a list. */
export function etcdDatastore(client: EtcdClient, pageSize = PAGE): Datastore {
  const closed = new AbortController();
  return {
    capabilities: { name: 'etcdv3', serverSideIdentity: false, concurrency: 128 },
    raw: rawEntries(client),
    get: (ref, at) => get(client, ref, at),
    list: (query) => list(client, query, pageSize),
    create: (ref, resource) => create(client, ref, resource),
    update: (ref, resource) => update(client, ref, resource),
    delete: (ref, precondition) => remove(client, ref, precondition),
    watch: (query, from) => watchChanges(client, query, from, closed.signal),
    async close() {
      closed.abort();
      client.close();
    },
  };
}

async function get(client: EtcdClient, ref: Ref, at?: Version): Promise<Resource> {
  if (isBuiltIn(ref)) return builtInProfile();
  const revision = at === undefined ? 0n : revisionOf(formatRef(ref), at);
  const { kv } = await client.get(keyOf(ref), { revision });
  if (kv === undefined) throw notFound(ref);
  return decodeEntry(ref.kind, kv);
}

/** Of a page of etcd, so much is decoded and shown at once: objects take far more memory than their bytes. */
const SHOWN = { entries: 250, characters: 1 << 19 };

async function* list(client: EtcdClient, query: Query, limit: number): AsyncIterable<Page> {
  let revision = query.at === undefined ? 0n : revisionOf(query.kind.kind, query.at);
  let isFirst = true;
  for (const prefix of prefixesOf(query)) {
    for await (const page of pagesBelow(client, { prefix, limit, revision })) {
      // All pages show the store as it was at the first, or as was asked for.
      if (revision === 0n) revision = page.revision;
      for (let start = 0, end = 0; end < page.entries.length || isFirst; start = end) {
        isFirst = false;
        end = endOfShown(page.entries, start);
        yield decodePage(query, page.entries.slice(start, end), String(revision));
        // What is under way must be read while this is used.
        if (page.more || end < page.entries.length) await turn();
      }
      passed(page.size);
    }
  }
  const builtIn = query.kind.kind === 'Profile' ? builtInProfile() : undefined;
  if (builtIn?.metadata.name.startsWith(query.namePrefix ?? ''))
    yield { items: [builtIn], version: String(revision), corrupt: [] };
}

function endOfShown(entries: readonly Entry[], start: number): number {
  let end = start;
  for (let characters = 0; end < entries.length && end - start < SHOWN.entries; end++) {
    characters += entries[end]!.text.length;
    if (characters > SHOWN.characters && end > start) break;
  }
  return end;
}

function turn(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}

function decodePage(query: Query, entries: readonly Entry[], version: Version): Page {
  const { kind, asStored } = query;
  const items: Resource[] = [];
  const corrupt: CorruptEntry[] = [];
  const decode = asStored ? decodeStoredValue : decodeValue;
  for (const { key, text, modRevision } of entries) {
    if (!isMeant(query, key)) continue;
    try {
      items.push(decode(kind, key, text, String(modRevision)));
    } catch (error) {
      if (!isError(error, 'corrupt')) throw error;
      corrupt.push({ entry: key, reason: error.message });
    }
  }
  return { items, version, corrupt };
}

/** What a write returns: what was stored, at its version. */
function stored(ref: Ref, resource: Resource, revision: bigint): Resource {
  const metadata = { ...resource.metadata, resourceVersion: String(revision) };
  return canonical(ref.kind, { ...resource, metadata });
}

async function create(client: EtcdClient, ref: Ref, resource: Resource): Promise<Resource> {
  const key = keyOf(ref);
  const value = encodeValue(ref.kind, resource);
  const write = async () => {
    const compare = [{ key, target: 'version', equals: 0n }] as const;
    const success = [{ op: 'put', key, value }] as const;
    const result = await client.txn({ compare, success, failure: [{ op: 'range', key }] });
    if (result.succeeded) return result.revision;
    const name = formatRef(ref);
    const entry = entryIn(result.responses[0]);
    throw new CalicoctlError('already-exists', `resource already exists: ${name}`, {
      resource: name,
      ...(entry === undefined ? {} : { existing: () => decodeEntry(ref.kind, entry) }),
    });
  };
  const isOurs = (found: KeyValue) => textOf(found) === value || hasUid(found, resource.metadata.uid);
  const judge = (found: KeyValue | undefined) =>
    found !== undefined && isOurs(found) ? found.createRevision : undefined;
  return stored(ref, resource, await settle(client, key, write, judge));
}

/** What we created may have been changed since; its uid is new with every creation, and stays. */
function hasUid(found: KeyValue, uid: string | undefined): boolean {
  return uid !== undefined && textOf(found).includes(JSON.stringify(uid));
}

async function update(client: EtcdClient, ref: Ref, resource: Resource): Promise<Resource> {
  const { resourceVersion } = resource.metadata;
  if (!resourceVersion) throw new Error(`update of ${formatRef(ref)} without a version`);
  const read = revisionOf(formatRef(ref), resourceVersion);
  const key = keyOf(ref);
  const value = encodeValue(ref.kind, resource);
  const write = async () => {
    const compare = [{ key, target: 'mod', equals: read }] as const;
    const success = [{ op: 'put', key, value }] as const;
    const result = await client.txn({ compare, success, failure: [{ op: 'range', key }] });
    if (result.succeeded) return result.revision;
    const current = entryIn(result.responses[0]);
    throw current === undefined ? notFound(ref) : conflict(ref, current);
  };
  const judge = (found: KeyValue | undefined) =>
    found !== undefined && textOf(found) === value ? found.modRevision : undefined;
  return stored(ref, resource, await settle(client, key, write, judge));
}

async function remove(client: EtcdClient, ref: Ref, precondition?: Version): Promise<Resource> {
  const key = keyOf(ref);
  const read = precondition === undefined ? undefined : revisionOf(formatRef(ref), precondition);
  const removeAt = async (revision: bigint | undefined) => {
    const compare = revision === undefined ? [] : [{ key, target: 'mod', equals: revision } as const];
    const success = [{ op: 'delete', key, prevKv: true } as const];
    const result = await client.txn({ compare, success, failure: [{ op: 'range', key }] });
    const entry = entryIn(result.responses[0]);
    if (entry === undefined) throw notFound(ref);
    if (!result.succeeded) throw conflict(ref, entry);
    return decodeDeleted(ref.kind, entry);
  };
  // Gone is gone, whoever did it. What is there now is deleted as it is now: it might be made anew meanwhile.
  const judge = (found: KeyValue | undefined) => (found === undefined ? nameOnly(ref.kind, key) : undefined);
  const again = async (found: KeyValue | undefined) => {
    try {
      return await removeAt(read ?? found?.modRevision);
    } catch (error) {
      if (found === undefined || !isError(error, 'not-found')) throw error;
      return decodeDeleted(ref.kind, found);
    }
  };
  return settle(client, key, () => removeAt(read), judge, again);
}
