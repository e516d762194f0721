import { isError } from '../../../core/errors.ts';
import { API_VERSION, formatRef, type Metadata, type Ref, type Resource } from '../../../resources/kind.ts';
import type { Change, CorruptEntry, Page, Query, Version } from '../../datastore.ts';
import type { KubeEvent, KubeObject, KubePage, KubernetesApi, Selection } from '../api/api.ts';
import type { Backing } from '../backing.ts';
import { CHANGES, changesOf } from './changes.ts';
import { entryName } from './collections.ts';
import { type Form, targetOf } from './form.ts';
import { createSeen, type Seen } from './seen.ts';
import { conflict, createObject, deleteObject, replaceObject } from './writes.ts';

/** An object that others write all the time is deleted as it is after so many tries. */
const ATTEMPTS = 10;

/** The objects of one form as a datastore of their kind. */
export function backingOf(api: KubernetesApi, form: Form): Backing {
  const seen = createSeen();
  const shown = (object: KubeObject) => {
    seen.remember(object);
    return form.read(object);
  };
  return {
    get: async (ref) => shown(await api.get(targetOf(form, ref))),
    list: (query) => list(api, form, query),
    create: async (ref, resource) => {
      const sent = form.write(ref, withoutVersion(resource));
      return shown(await createObject(api, form, targetOf(form, ref), sent));
    },
    update: async (ref, resource) => {
      const sent = form.write(ref, resource, await currentOf(api, form, seen, ref, versionOf(ref, resource)));
      return shown(await replaceObject(api, form, targetOf(form, ref), sent));
    },
    delete: (ref, precondition) => remove(api, form, ref, precondition),
    watch: (query, from) => watch(api, form, query, from),
  };
}

function withoutVersion(resource: Resource): Resource {
  const { resourceVersion: _, ...metadata } = resource.metadata;
  return { ...resource, metadata: metadata as Metadata };
}

function versionOf(ref: Ref, { metadata: { resourceVersion } }: Resource): Version {
  if (!resourceVersion) throw new Error(`update of ${formatRef(ref)} without a version`);
  return resourceVersion;
}

/** The object's own metadata at a version, read where it is not known; it may be at that version no more. */
async function currentOf(
  api: KubernetesApi,
  form: Form,
  seen: Seen,
  ref: Ref,
  version: Version,
): Promise<Metadata | undefined> {
  if (!form.hasNote) return undefined;
  const target = targetOf(form, ref);
  const known = seen.metadataAt(target, version);
  if (known !== 'unknown') return known;
  const current = await api.get(target);
  if (current.metadata.resourceVersion !== version) throw conflict(target.label, current);
  return current.metadata;
}

function selectionOf({ collection }: Form, { namespace }: Query): Selection {
  return { collection, ...(namespace === undefined ? {} : { namespace }) };
}

async function* list(api: KubernetesApi, form: Form, query: Query): AsyncIterable<Page> {
  for await (const page of api.list(selectionOf(form, query))) yield readPage(form, query, page);
}

/** The objects of a page that are asked for. Their names here are those on the API server. */
function readPage(form: Form, { namePrefix = '' }: Query, { items, resourceVersion }: KubePage): Page {
  const wanted = items.filter(({ metadata }) => metadata.name.startsWith(namePrefix));
  return { ...readAll(form, wanted), version: resourceVersion };
}

/** Objects as resources; what cannot be read is named. */
export function readAll(form: Form, objects: readonly KubeObject[]): Omit<Page, 'version'> {
  const items: Resource[] = [];
  const corrupt: CorruptEntry[] = [];
  for (const object of objects) {
    try {
      items.push(form.read(object));
    } catch (error) {
      if (!isError(error, 'corrupt')) throw error;
      corrupt.push({ entry: entryName(form.collection, object.metadata), reason: error.message });
    }
  }
  return { items, corrupt };
}

async function remove(
  api: KubernetesApi,
  form: Form,
  ref: Ref,
  precondition: Version | undefined,
): Promise<Resource> {
  const target = targetOf(form, ref);
  for (let attempt = 1; ; attempt++) {
    const object = await api.get(target);
    if (precondition !== undefined && object.metadata.resourceVersion !== precondition)
      throw conflict(target.label, object);
    try {
      const unchanged = precondition !== undefined || attempt < ATTEMPTS;
      await deleteObject(api, target, object, { unchanged });
      return readDeleted(form, object);
    } catch (error) {
      if (!isError(error, 'conflict') || precondition !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}

/** What cannot be read can be deleted; what it held cannot be shown. */
export function readDeleted(form: Form, object: KubeObject): Resource {
  try {
    return form.read(object);
  } catch (error) {
    if (!isError(error, 'corrupt')) throw error;
    const { name, namespace } = object.metadata;
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    return { apiVersion: API_VERSION, kind: form.kind.kind, metadata, spec: {} };
  }
}

function watch(api: KubernetesApi, form: Form, query: Query, from: Version): AsyncIterable<Change> {
  const { namePrefix = '' } = query;
  return changesOf(api.watch(selectionOf(form, query), from), (event) =>
    event.object.metadata.name.startsWith(namePrefix) ? changeOf(form, event) : undefined,
  );
}

/** Undefined for an object that cannot be read: there is nothing to show until it is mended. */
export function changeOf(
  form: Form,
  { type, object }: KubeEvent & { readonly type: keyof typeof CHANGES },
): Change | undefined {
  const version = object.metadata.resourceVersion ?? '';
  if (type === 'DELETED') return { type: 'deleted', resource: readDeleted(form, object), version };
  try {
    return { type: CHANGES[type], resource: form.read(object), version };
  } catch (error) {
    if (!isError(error, 'corrupt')) throw error;
    return undefined;
  }
}
