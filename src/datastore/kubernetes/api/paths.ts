import { CalicoctlError } from '../../../core/errors.ts';
import type { Collection, Selection, Target } from './api.ts';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

function base({ group, version }: Collection): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/**
 * One part of a path. The API server splits paths after decoding them: a name with a slash would reach something else,
 * the slash alone the whole collection.
 */
function segment(what: 'resource name' | 'namespace', text: string, label?: string): string {
  const isWhole = text === '' || text === '.' || text === '..';
  const bad = isWhole ? text : /[/%]/.exec(text)?.[0];
  if (bad === undefined) return encodeURIComponent(text);
  const who = label === undefined ? '' : `${label}: `;
  const message = `${who}invalid ${what} ${JSON.stringify(text)}: may not ${isWhole ? 'be' : 'contain'} '${bad}'`;
  throw new CalicoctlError('validation', message, label === undefined ? {} : { resource: label });
}

/** Path of a collection; all of its namespaces where none is given. */
export function collectionPath(collection: Collection, namespace: string | undefined): string {
  const room =
    collection.namespaced && namespace !== undefined ? `/namespaces/${segment('namespace', namespace)}` : '';
  return `${base(collection)}${room}/${collection.plural}`;
}

/** Path of one object, or of what stands below it. */
export function objectPath({ collection, namespace, name, label }: Target, subresource?: string): string {
  const path = `${collectionPath(collection, namespace)}/${segment('resource name', name, label)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** Path and query that name what is selected. */
export function selectionPath(
  { collection, namespace, labelSelector, fieldSelector }: Selection,
  query: Query,
) {
  const wanted = Object.entries({ labelSelector, fieldSelector, ...query })
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  const path = collectionPath(collection, namespace);
  return wanted.length === 0 ? path : `${path}?${wanted.join('&')}`;
}

/**
 * The name under which the reference's writes own fields (`metadata.managedFields`). Ours own them under the same: where
 * both tools write an object, its fields keep one owner, and server-side apply meets no conflicts that it did not have.
 */
const FIELD_MANAGER = 'Go-http-client';

/** The path of a create, replace or patch. */
export function writePath(path: string): string {
  return `${path}?fieldManager=${FIELD_MANAGER}`;
}
