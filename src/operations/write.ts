import { CalicoctlError, isError } from '../core/errors.ts';
import type { Datastore } from '../datastore/datastore.ts';
import { check, checkUpdate } from '../resources/check.ts';
import { canonical, keepUnknownFields, withSchemaDefaults } from '../resources/document.ts';
import {
  API_VERSION,
  type Fault,
  formatRef,
  type Kind,
  type Metadata,
  type Ref,
  type Resource,
  type Verb,
} from '../resources/kind.ts';
import { type Manifest, problemsError } from '../resources/manifest.ts';
import { foldSelectors } from '../resources/selectorfields.ts';
import { BETWEEN, METADATA } from '../resources/structure.ts';
import { guardOf } from './guards/guards.ts';
import { withIdentity } from './identity.ts';
import { pause } from './retry.ts';

/** The verbs that write one resource. Each is conditional on what was read: nothing is overwritten unseen. */

/** Pauses between them double from 20 ms: a second and a bit in all. */
const ATTEMPTS = 7;

/** A resource about to be written, its namespace resolved into `ref`. */
export interface Intent {
  readonly ref: Ref;
  readonly resource: Resource;
  readonly place?: Manifest['place'];
}

/**
 * Creates; fails with `already-exists`. Of the metadata only name, namespace, labels and annotations are taken.
 * With `look`, what is there is read first: for objects that are likely there.
 */
export async function createResource(
  store: Datastore,
  intent: Intent,
  options: { readonly look?: boolean } = {},
): Promise<Resource> {
  const { ref } = intent;
  const { resourceVersion } = intent.resource.metadata;
  if (resourceVersion) {
    const fault = {
      rule: METADATA.version.id,
      path: ['metadata', 'resourceVersion'],
      value: resourceVersion,
      message: 'must not be set to create a resource',
    };
    throw problemsError('validation', formatRef(ref), [fault], intent.place);
  }
  refuseUnsupported(ref, 'create');
  refuseOtherName(ref, intent.place);
  const metadata = ownMetadata(ref, intent.resource);
  const resource = prepare({ ...intent, resource: { ...intent.resource, metadata } });
  const named = { ...ref, name: resource.metadata.name };
  const guard = await guardOf(ref.kind);
  await guard?.beforeCreate?.(store, named, resource, intent.place);
  if (options.look) await refuseExisting(store, named);
  const created = await store.create(named, withIdentity(withDefaults(named, resource)));
  guard?.afterWrite?.(store, created);
  return created;
}

async function refuseExisting(store: Datastore, ref: Ref): Promise<void> {
  let stored: Resource;
  try {
    stored = await store.get(ref);
  } catch (error) {
    if (isError(error, 'not-found', 'unauthorized')) return;
    throw error;
  }
  throw new CalicoctlError('already-exists', `resource already exists: ${formatRef(ref)}`, {
    resource: formatRef(ref),
    existing: () => stored,
  });
}

/** Replaces labels, annotations and spec of what is stored; the rest of the metadata stays. For `first` see changeResource. */
export async function replaceResource(
  store: Datastore,
  intent: Intent,
  first?: () => Resource,
): Promise<Resource> {
  const { ref } = intent;
  refuseUnsupported(ref, 'replace');
  const wanted = intent.resource.metadata.resourceVersion;
  return changeResource(
    store,
    ref,
    (stored) => {
      if (wanted && wanted !== stored.metadata.resourceVersion) {
        throw new CalicoctlError(
          'conflict',
          `update conflict: ${formatRef(ref)} is at version ${stored.metadata.resourceVersion}, not ${wanted}`,
          {
            resource: formatRef(ref),
            fault: {
              rule: BETWEEN.version.id,
              path: ['metadata', 'resourceVersion'],
              value: wanted,
              message: `is not the version of what is stored, ${stored.metadata.resourceVersion}`,
            },
            hint: 'Get it again, or leave out metadata.resourceVersion to replace whatever is stored.',
          },
        );
      }
      return { ...intent, resource: overStored(stored, intent.resource) };
    },
    first,
  );
}

/**
 * Reads, changes and writes an object, anew where somebody else wrote it meanwhile. `change` makes of what is stored
 * what is to be there, with the version that was read; what it throws is final.
 * `first` gives what is stored without asking for it, where an earlier answer brought it along.
 */
export async function changeResource(
  store: Datastore,
  ref: Ref,
  change: (stored: Resource) => Intent,
  first?: () => Resource,
): Promise<Resource> {
  for (let attempt = 1; ; attempt++) {
    const stored = attempt === 1 && first !== undefined ? first() : await store.get(ref);
    const intent = change(stored);
    try {
      return await updateResource(store, intent, stored);
    } catch (error) {
      if (!isError(error, 'conflict') || attempt === ATTEMPTS) throw error;
      await pause(10 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

/** Writes a changed object over `stored`; `resource` carries the version that was read. */
export async function updateResource(store: Datastore, intent: Intent, stored: Resource): Promise<Resource> {
  const { ref } = intent;
  const resource = prepare(intent);
  refuseProblems(ref, checkUpdate(ref.kind, withDefaults(ref, resource), stored), intent.place);
  const guard = await guardOf(ref.kind);
  await guard?.beforeUpdate?.(store, ref, resource, stored, intent.place);
  const updated = await store.update(ref, keepUnknownFields(ref.kind, stored, withDefaults(ref, resource)));
  guard?.afterWrite?.(store, updated);
  return updated;
}

/** Deletes; a version in the manifest must be the stored one. */
export async function deleteResource(store: Datastore, intent: Intent): Promise<Resource> {
  const { ref } = intent;
  refuseUnsupported(ref, 'delete');
  const version = intent.resource.metadata.resourceVersion || undefined;
  const guard = await guardOf(ref.kind);
  if (guard?.delete !== undefined) return guard.delete(store, ref, version);
  return store.delete(ref, version);
}

/**
 * A resource as it is checked without a datastore, the way of the reference's `validate`: schema defaults are filled in,
 * the client's own (policy types, endpoint names …) are not.
 */
export function checkedForm(kind: Kind, resource: Resource): Resource {
  const meant = foldSelectors(kind.spec, canonical(kind, resource));
  return { ...meant, spec: withSchemaDefaults(kind.spec, meant.spec) };
}

/** A resource as it is checked on its way into a datastore: the client's own defaults are filled in too. */
export function writtenForm(kind: Kind, resource: Resource): Resource {
  return withDefaults({ kind }, withOwnDefaults(kind, resource));
}

/** Client-side defaults, then every check that needs no datastore. */
function prepare({ ref, resource, place }: Intent): Resource {
  const defaulted = withOwnDefaults(ref.kind, resource);
  refuseProblems(ref, check(ref.kind, withDefaults(ref, defaulted)), place);
  return defaulted;
}

function withOwnDefaults(kind: Kind, resource: Resource): Resource {
  const meant = foldSelectors(kind.spec, canonical(kind, resource));
  return canonical(kind, kind.defaults === undefined ? meant : kind.defaults(meant));
}

function refuseProblems(ref: Ref, problems: readonly Fault[], place: Intent['place']): void {
  if (problems.length > 0) throw problemsError('validation', formatRef(ref), problems, place);
}

function withDefaults({ kind }: Pick<Ref, 'kind'>, resource: Resource): Resource {
  return { ...resource, spec: withSchemaDefaults(kind.spec, resource.spec) };
}

function ownMetadata(ref: Ref, resource: Resource): Metadata {
  const { labels, annotations } = resource.metadata;
  return {
    name: ref.name,
    ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

function overStored(stored: Resource, given: Resource): Resource {
  const { labels: _labels, annotations: _annotations, ...kept } = stored.metadata;
  const { labels, annotations } = given.metadata;
  const metadata = { ...kept, ...(labels && { labels }), ...(annotations && { annotations }) } as Metadata;
  return { ...given, apiVersion: API_VERSION, metadata };
}

function refuseOtherName(ref: Ref, place: Intent['place']): void {
  const { singleton } = ref.kind;
  if (singleton === undefined || ref.name === singleton) return;
  const message = `is not "${singleton}", the only name that ${ref.kind.kind} knows`;
  throw problemsError(
    'validation',
    formatRef(ref),
    [{ rule: METADATA.singleton.id, path: ['metadata', 'name'], value: ref.name, message }],
    place,
  );
}

/** Refuses a verb that the kind does not take. */
export function refuseUnsupported(ref: Ref, verb: Verb): void {
  if (ref.kind.verbs.includes(verb)) return;
  throw new CalicoctlError(
    'not-supported',
    `operation ${verb} is not supported on ${formatRef(ref)}: ${ref.kind.kind} resources are read-only here`,
    {
      resource: formatRef(ref),
      ...(ref.kind.madeOf && { hint: `It shows a ${ref.kind.madeOf}: write that, with kubectl.` }),
    },
  );
}
