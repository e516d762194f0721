import { CalicoctlError, isError } from '../../core/errors.ts';
import { API_VERSION, formatRef, type Kind, type Ref, type Resource } from '../../resources/kind.ts';
import type { Version } from '../datastore.ts';
import { placeOf } from './keys.ts';
import { decodeValue } from './values.ts';
import type { KeyValue, ResponseOp } from './wire/messages.ts';

/** Entries of etcd as resources, and versions as etcd's revisions. */

const utf8 = new TextDecoder();
const MAX_REVISION = 2n ** 63n - 1n;

/** The text stored under a key. */
export function textOf({ value }: KeyValue): string {
  return utf8.decode(value);
}

/** Throws `corrupt` for what is no resource. */
export function decodeEntry(kind: Kind, entry: KeyValue): Resource {
  return decodeValue(kind, entry.key, textOf(entry), String(entry.modRevision));
}

/** A corrupt entry can be deleted; what it held cannot be shown. */
export function decodeDeleted(kind: Kind, entry: KeyValue): Resource {
  try {
    return decodeEntry(kind, entry);
  } catch (error) {
    if (!isError(error, 'corrupt')) throw error;
    return nameOnly(kind, entry.key);
  }
}

/** What is known of an object whose content is not. */
export function nameOnly(kind: Kind, key: string): Resource {
  const metadata = { name: key, ...placeOf(kind, key) };
  return { apiVersion: API_VERSION, kind: kind.kind, metadata, spec: {} };
}

/** The entry that an operation of a transaction found or deleted. */
export function entryIn(response: ResponseOp | undefined): KeyValue | undefined {
  if (response?.op === 'range') return response.kvs[0];
  return response?.op === 'delete' ? response.previous[0] : undefined;
}

/** Versions given by users may be anything; etcd's are decimal. */
export function revisionOf(subject: string, version: Version): bigint {
  if (/^\d{1,19}$/.test(version) && BigInt(version) <= MAX_REVISION) return BigInt(version);
  throw new CalicoctlError(
    'validation',
    `${subject}: metadata.resourceVersion "${version}" is not a version of etcd: a decimal number`,
    { resource: subject },
  );
}

export function notFound(ref: Ref): CalicoctlError {
  const resource = formatRef(ref);
  return new CalicoctlError('not-found', `resource does not exist: ${resource}`, { resource });
}

export function conflict(ref: Ref, { modRevision }: KeyValue): CalicoctlError {
  const resource = formatRef(ref);
  return new CalicoctlError(
    'conflict',
    `update conflict: ${resource} was changed since it was read (it is at version ${modRevision} now)`,
    { resource, hint: 'Get it again and repeat the change.' },
  );
}
