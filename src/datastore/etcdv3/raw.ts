import { Buffer } from 'node:buffer';
import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Kind } from '../../resources/kind.ts';
import type { Version } from '../datastore.ts';
import type { RawEntries, RawEntry } from '../raw.ts';
import { revisionOf } from './entries.ts';
import { keyOf, placeOf, prefixesOf } from './keys.ts';
import { pagesBelow } from './pages.ts';
import { settle } from './settle.ts';
import { decodeValue, encodeValue } from './values.ts';
import type { Entry, EtcdClient } from './wire/client.ts';

const ROOT = '/calico/';
/** Keys in a page. */
const PAGE = 5000;
/** Entries that are decoded at once. */
const SHOWN = 250;
const AT_ONCE = 64;
/** What text has in place of bytes that are none. */
const NO_TEXT = '\ufffd';

/** Everything of Calico in etcd as keys and values. */
export function rawEntries(client: EtcdClient): RawEntries {
  return {
    now: async () => String((await client.get(ROOT)).revision),
    ofKind: (kind, at) => ofKind(client, kind, at),
    others: (kinds, at) => others(client, kinds, at),
    keyOf,
    encode: encodeValue,
    put: (key, value, expected) => put(client, key, value, expected),
    remove: (key, expected) => remove(client, key, expected),
  };
}

async function* ofKind(client: EtcdClient, kind: Kind, at: Version): AsyncGenerator<readonly RawEntry[]> {
  const revision = revisionOf(kind.kind, at);
  for (const prefix of prefixesOf({ kind })) {
    for await (const { entries } of pagesBelow(client, { prefix, limit: PAGE, revision })) {
      const ours = entries.filter(({ key }) => placeOf(kind, key) !== undefined);
      for (let start = 0; start < ours.length; start += SHOWN) {
        const shown = ours.slice(start, start + SHOWN);
        yield await Promise.all(shown.map((entry) => read(client, kind, entry, revision)));
      }
    }
  }
}

async function read(client: EtcdClient, kind: Kind, entry: Entry, revision: bigint): Promise<RawEntry> {
  const { key, text } = entry;
  const version = String(entry.modRevision);
  const value = text.includes(NO_TEXT) ? await bytesOf(client, key, revision) : text;
  if (typeof value !== 'string') return { key, value, version };
  try {
    return { key, value, version, resource: decodeValue(kind, key, text, version) };
  } catch (error) {
    if (!isError(error, 'corrupt')) throw error;
    return { key, value, version };
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

async function bytesOf(client: EtcdClient, key: string, revision: bigint): Promise<string | Uint8Array> {
  const { kv } = await client.get(key, { revision });
  return kv === undefined ? '' : textIn(kv.value);
}

function textIn(value: Uint8Array): string | Uint8Array {
  try {
    return utf8.decode(value);
  } catch {
    return value;
  }
}

async function* others(
  client: EtcdClient,
  kinds: readonly Kind[],
  at: Version,
): AsyncGenerator<readonly RawEntry[]> {
  const revision = revisionOf(ROOT, at);
  const claims = kinds.map((kind) => ({ kind, prefixes: prefixesOf({ kind }) }));
  const isClaimed = (key: string) =>
    claims.some(
      ({ kind, prefixes }) =>
        prefixes.some((prefix) => key.startsWith(prefix)) && placeOf(kind, key) !== undefined,
    );
  const walk = { prefix: ROOT, limit: PAGE, revision, keysOnly: true } as const;
  for await (const { entries } of pagesBelow(client, walk)) {
    const keys = entries.map(({ key }) => key).filter((key) => !isClaimed(key));
    for (let start = 0; start < keys.length; start += AT_ONCE) {
      const found = await Promise.all(
        keys.slice(start, start + AT_ONCE).map((key) => readOther(client, key, revision)),
      );
      yield found.filter((entry) => entry !== undefined);
    }
  }
}

/** Undefined for what a lease holds. */
async function readOther(client: EtcdClient, key: string, revision: bigint): Promise<RawEntry | undefined> {
  const { kv } = await client.get(key, { revision });
  if (kv === undefined) {
    throw new CalicoctlError('corrupt', `the key ${JSON.stringify(key)} is not UTF-8, so it cannot be read`, {
      hint: 'No component of Calico makes such keys. Remove it with etcdctl.',
    });
  }
  if (kv.lease !== 0n) return undefined;
  return { key, value: textIn(kv.value), version: String(kv.modRevision) };
}

async function put(
  client: EtcdClient,
  key: string,
  value: string | Uint8Array,
  expected: Version | undefined,
): Promise<void> {
  const condition =
    expected === undefined
      ? ({ key, target: 'version', equals: 0n } as const)
      : ({ key, target: 'mod', equals: revisionOf(key, expected) } as const);
  const write = async () => {
    const { succeeded } = await client.txn({ compare: [condition], success: [{ op: 'put', key, value }] });
    if (!succeeded) throw unmet(key, expected);
    return true;
  };
  const bytes = Buffer.from(value as string);
  await settle(client, key, write, (found) =>
    found !== undefined && Buffer.compare(bytes, found.value) === 0 ? true : undefined,
  );
}

function unmet(key: string, expected: Version | undefined): CalicoctlError {
  if (expected === undefined)
    return new CalicoctlError('already-exists', `there is something under ${key} already`, {
      hint: 'If it cannot be read, restore with --prune, or delete that key with etcdctl, and restore again.',
    });
  return new CalicoctlError('conflict', `${key} was changed since it was read`);
}

async function remove(client: EtcdClient, key: string, expected: Version): Promise<void> {
  const write = async () => {
    const compare = [{ key, target: 'mod', equals: revisionOf(key, expected) } as const];
    const failure = [{ op: 'range', key } as const];
    const result = await client.txn({ compare, success: [{ op: 'delete', key }], failure });
    const [left] = result.responses;
    if (!result.succeeded && left?.op === 'range' && left.kvs.length > 0) throw unmet(key, expected);
    return true;
  };
  await settle(client, key, write, (found) => (found === undefined ? true : undefined));
}
