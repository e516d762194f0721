import { CalicoctlError, isError } from '../../core/errors.ts';
import { canonical } from '../../resources/document.ts';
import { formatRef, type Kind, type Ref, type Resource } from '../../resources/kind.ts';
import type { Change, CorruptEntry, Datastore, Page, Query, Version } from '../datastore.ts';
import { builtInProfile, isBuiltIn } from './built-in.ts';
import { keyOf, placeOf, prefixesOf } from './keys.ts';
import { settle } from './settle.ts';
import { decodeValue, encodeValue } from './values.ts';
import type { EtcdClient, KeyValue } from './wire/client.ts';

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
    close: () => client.close(),
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

function decodeEntry(kind: Kind, { key, value, modRevision }: KeyValue): Resource {
  return decodeValue(kind, key, new TextDecoder().decode(value), modRevision);
}

async function get(client: EtcdClient, ref: Ref, at?: Version): Promise<Resource> {
  if (isBuiltIn(ref)) return builtInProfile();
  const revision = at === undefined || at === '0' ? {} : { revision: checkVersion(ref, at) };
  const { kv } = await client.get(keyOf(ref), revision);
  if (kv === undefined) throw notFound(ref);
  return decodeEntry(ref.kind, kv);
}

async function* list(client: EtcdClient, { kind, namespace, namePrefix }: Query): AsyncIterable<Page> {
  let revision: Version | undefined;
  const prefixes = prefixesOf(kind, namespace, namePrefix);
  for (const prefix of prefixes) {
    let from: string | undefined;
    do {
      const page = await client.range({
        prefix,
        limit: PAGE,
        ...(from === undefined ? {} : { from }),
        ...(revision === undefined ? {} : { revision }),
      });
      revision ??= page.revision;
      from = page.more ? `${page.kvs.at(-1)!.key}\0` : undefined;
      yield decodePage(kind, page.kvs, revision, from === undefined && prefix === prefixes.at(-1));
    } while (from !== undefined);
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
    const result = await client.txn({
      compare: [{ key, version: '0' }],
      success: [{ put: { key, value } }],
      failure: [],
    });
    if (result.succeeded) return result.revision;
    throw new CalicoctlError('already-exists', `resource already exists: ${formatRef(ref)}`, {
      resource: formatRef(ref),
    });
  });
  return stored(ref, resource, version);
}

async function update(client: EtcdClient, ref: Ref, resource: Resource): Promise<Resource> {
  const { resourceVersion } = resource.metadata;
  if (!resourceVersion) throw new Error(`update of ${formatRef(ref)} without a version`);
  const read = checkVersion(ref, resourceVersion);
  const key = keyOf(ref);
  const value = encodeValue(ref.kind, resource);
  const version = await settle(client, key, value, async () => {
    const result = await client.txn({
      compare: [{ key, modRevision: read }],
      success: [{ put: { key, value } }],
      failure: [{ get: { key } }],
    });
    if (result.succeeded) return result.revision;
    const current = result.responses[0]?.kvs[0];
    throw current === undefined ? notFound(ref) : conflict(ref, current.modRevision);
  });
  return stored(ref, resource, version);
}

async function remove(client: EtcdClient, ref: Ref, precondition?: Version): Promise<Resource> {
  const key = keyOf(ref);
  const compare = precondition === undefined ? [] : [{ key, modRevision: checkVersion(ref, precondition) }];
  const result = await client.txn({
    compare,
    success: [{ delete: { key, prevKv: true } }],
    failure: [{ get: { key } }],
  });
  const entry = result.responses[0]?.kvs[0];
  if (entry === undefined) throw notFound(ref);
  if (!result.succeeded) throw conflict(ref, entry.modRevision);
  return decodeDeleted(ref, entry);
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
  const [prefix] = prefixesOf(kind, namespace, namePrefix);
  const fromRevision = String(BigInt(from) + 1n);
  for await (const event of client.watch({ prefix: prefix!, fromRevision, prevKv: true })) {
    if (placeOf(kind, event.kv.key) === undefined) continue;
    const version = event.kv.modRevision;
    if (event.type === 'delete') {
      if (event.prevKv !== undefined)
        yield { type: 'deleted', resource: decodeEntry(kind, event.prevKv), version };
    } else {
      yield { type: event.created ? 'added' : 'modified', resource: decodeEntry(kind, event.kv), version };
    }
  }
}
