import { CalicoctlError, isError } from '../../core/errors.ts';
import { canonical } from '../../resources/document.ts';
import { formatRef, type Kind, type Ref, type Resource } from '../../resources/kind.ts';
import { builtInProfile, isBuiltIn } from '../built-in.ts';
import type { Change, CorruptEntry, Datastore, Page, Query, Version } from '../datastore.ts';
import { keyOf, placeOf, prefixesOf } from './keys.ts';
import { settle } from './settle.ts';
import { decodeValue, encodeValue } from './values.ts';
import { type EtcdClient, prefixEnd } from './wire/client.ts';
import type { KeyValue, ResponseOp } from './wire/messages.ts';

/** Keys per page of a list. etcd counts the whole range anew for every page, so pages are large. */
const PAGE = 10_000;

/** The Datastore over an etcd client. */
export function etcdDatastore(client: EtcdClient): Datastore {
  return {
    capabilities: { name: 'etcdv3', serverSideIdentity: false, concurrency: 128 },
    get: (ref, at) => get(client, ref, at),
    list: (query) => list(client, query),
    create: (ref, resource) => create(client, ref, resource),
    update: (ref, resource) => update(client, ref, resource),
    delete: (ref, precondition) => remove(client, ref, precondition),
    watch: (query, from) => watch(client, query, from),
    close: async () => client.close(),
  };
}

function notFound(ref: Ref): CalicoctlError {
  return new CalicoctlError('not-found', `resource does not exist: ${formatRef(ref)}`, {
    resource: formatRef(ref),
  });
}

function conflict(ref: Ref, current: Version): CalicoctlError {
  return new CalicoctlError(
    'conflict',
    `update conflict: ${formatRef(ref)} was changed since it was read (it is at version ${current} now)`,
    {
      resource: formatRef(ref),
      hint: 'Get it again and repeat the change.',
    },
  );
}

/** Versions given by users may be anything; etcd's are decimal. */
function checkVersion(ref: Ref, version: Version): Version {
  if (/^\d{1,19}$/.test(version)) return version;
  throw new CalicoctlError(
    'validation',
    `${formatRef(ref)}: metadata.resourceVersion "${version}" is not a version of etcd: a decimal number`,
    {
      resource: formatRef(ref),
    },
  );
}

const utf8 = new TextDecoder();

function decodeEntry(kind: Kind, { key, value, modRevision }: KeyValue): Resource {
  return decodeValue(kind, key, utf8.decode(value), String(modRevision));
}

async function get(client: EtcdClient, ref: Ref, at?: Version): Promise<Resource> {
  if (isBuiltIn(ref)) return builtInProfile();
  const revision = at === undefined ? 0n : BigInt(checkVersion(ref, at));
  const { kv } = await client.get(keyOf(ref), { revision });
  if (kv === undefined) throw notFound(ref);
  return decodeEntry(ref.kind, kv);
}

async function* list(client: EtcdClient, { kind, namespace, namePrefix }: Query): AsyncIterable<Page> {
  let revision = 0n;
  const prefixes = prefixesOf(kind, namespace, namePrefix);
  for (const prefix of prefixes) {
    let from = prefix;
    for (let more = true; more; ) {
      const page = await client.range({ from, to: prefixEnd(prefix), limit: PAGE, revision });
      // All pages show the store as it was at the first.
      if (revision === 0n) revision = page.revision;
      more = page.more;
      yield decodePage(kind, page.kvs, String(revision), !more && prefix === prefixes.at(-1));
      if (more) from = `${page.kvs.at(-1)!.key}\0`;
    }
  }
}

function decodePage(kind: Kind, entries: readonly KeyValue[], version: Version, last: boolean): Page {
  const items: Resource[] = [];
  const corrupt: CorruptEntry[] = [];
  for (const entry of entries) {
    if (placeOf(kind, entry.key) === undefined) continue;
    try {
      items.push(decodeEntry(kind, entry));
    } catch (error) {
      if (!isError(error, 'corrupt')) throw error;
      corrupt.push({ entry: entry.key, reason: error.message });
    }
  }
  if (last && kind.kind === 'Profile') items.push(builtInProfile());
  return { items, version, corrupt };
}

/** What a write returns: what was stored, at its version. */
function stored(ref: Ref, resource: Resource, version: Version): Resource {
  return canonical(ref.kind, { ...resource, metadata: { ...resource.metadata, resourceVersion: version } });
}

async function create(client: EtcdClient, ref: Ref, resource: Resource): Promise<Resource> {
  const key = keyOf(ref);
  const value = encodeValue(ref.kind, resource);
  const version = await settle(client, key, value, async () => {
    const compare = [{ key, target: 'version', equals: 0n }] as const;
    const result = await client.txn({ compare, success: [{ op: 'put', key, value }] });
    if (result.succeeded) return String(result.revision);
    const name = formatRef(ref);
    throw new CalicoctlError('already-exists', `resource already exists: ${name}`, { resource: name });
  });
  return stored(ref, resource, version);
}

async function update(client: EtcdClient, ref: Ref, resource: Resource): Promise<Resource> {
  const { resourceVersion } = resource.metadata;
  if (!resourceVersion) throw new Error(`update of ${formatRef(ref)} without a version`);
  const read = BigInt(checkVersion(ref, resourceVersion));
  const key = keyOf(ref);
  const value = encodeValue(ref.kind, resource);
  const version = await settle(client, key, value, async () => {
    const compare = [{ key, target: 'mod', equals: read }] as const;
    const success = [{ op: 'put', key, value }] as const;
    const result = await client.txn({ compare, success, failure: [{ op: 'range', key }] });
    if (result.succeeded) return String(result.revision);
    const current = entryIn(result.responses[0]);
    throw current === undefined ? notFound(ref) : conflict(ref, String(current.modRevision));
  });
  return stored(ref, resource, version);
}

async function remove(client: EtcdClient, ref: Ref, precondition?: Version): Promise<Resource> {
  const key = keyOf(ref);
  const compare =
    precondition === undefined
      ? []
      : [{ key, target: 'mod', equals: BigInt(checkVersion(ref, precondition)) } as const];
  const success = [{ op: 'delete', key, prevKv: true } as const];
  const result = await client.txn({ compare, success, failure: [{ op: 'range', key }] });
  const entry = entryIn(result.responses[0]);
  if (entry === undefined) throw notFound(ref);
  if (!result.succeeded) throw conflict(ref, String(entry.modRevision));
  return decodeDeleted(ref, entry);
}

/** The entry that an operation of a transaction found or deleted. */
function entryIn(response: ResponseOp | undefined): KeyValue | undefined {
  if (response?.op === 'range') return response.kvs[0];
  return response?.op === 'delete' ? response.previous[0] : undefined;
}

/** A corrupt entry can be deleted; what it held cannot be shown. */
function decodeDeleted(ref: Ref, entry: KeyValue): Resource {
  try {
    return decodeEntry(ref.kind, entry);
  } catch (error) {
    if (!isError(error, 'corrupt')) throw error;
    return { apiVersion: '', kind: ref.kind.kind, metadata: { name: ref.name }, spec: {} };
  }
}

async function* watch(
  client: EtcdClient,
  { kind, namespace, namePrefix }: Query,
  from: Version,
): AsyncIterable<Change> {
  const prefix = prefixesOf(kind, namespace, namePrefix)[0]!;
  for await (const { events } of client.watch(prefix, { fromRevision: BigInt(from) + 1n, prevKv: true })) {
    for (const { type, kv, previous } of events) {
      if (placeOf(kind, kv.key) === undefined) continue;
      const version = String(kv.modRevision);
      if (type === 'put')
        yield { type: kv.version === 1n ? 'added' : 'modified', resource: decodeEntry(kind, kv), version };
      else if (previous !== undefined)
        yield { type: 'deleted', resource: decodeEntry(kind, previous), version };
    }
  }
}
