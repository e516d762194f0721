import { isDeepStrictEqual } from 'node:util';
import { CalicoctlError, formatProblem } from '../../../core/errors.ts';
import { parseJson, stringifyJson } from '../../../core/json.ts';
import { canonical, decodeStored, withSchemaDefaults } from '../../../resources/document.ts';
import {
  API_VERSION,
  formatRef,
  type Kind,
  type Metadata,
  type Ref,
  type Resource,
} from '../../../resources/kind.ts';
import type { Collection, KubeObject, Target } from '../api/api.ts';
import type { CalicoGroup } from '../backing.ts';
import { collectionOf, customKindOf, entryName } from './collections.ts';
import { shownMetadata, storedMetadata } from './metadata.ts';
import { convertUid } from './uid.ts';

/** How the resources of a kind stand on the API server. */
export interface Form {
  readonly kind: Kind;
  readonly collection: Collection;
  /** The API server's name of the object that we call `name`. */
  objectName(name: string): string;
  /** Throws `corrupt` for what is no resource of the kind. */
  read(object: KubeObject): Resource;
  /** `current` is the stored metadata that the resource goes over; absent where the object is new. */
  write(ref: Ref, resource: Resource, current?: Metadata): KubeObject;
  /** Users see metadata that is not the object's own, which must be known to write over it. */
  readonly hasNote: boolean;
}

/** Of kinds whose custom resources have the kind's own name and fields. */
export function plainForm(kind: Kind, apiGroup: CalicoGroup): Form {
  const collection = collectionOf(kind, apiGroup);
  const hasNote = apiGroup === 'crd.projectcalico.org/v1';
  return {
    ...{ kind, collection, hasNote },
    objectName: (name) => name,
    read(object) {
      const metadata = hasNote ? shownOf(kind, collection, object) : object.metadata;
      const value = { ...object, kind: kind.kind, apiVersion: API_VERSION, metadata };
      const { resource, problems } = decodeStored(kind, value);
      if (problems.length > 0) throw corrupt(collection, object, problems.map(formatProblem).join('; '));
      // What older versions stored without them is as good as stored with them.
      return kind.kind === 'Tier' ? kind.readDefaults!(resource) : resource;
    },
    write(ref, resource, current) {
      const { apiVersion: _, kind: __, metadata, ...rest } = canonical(kind, resource);
      return objectOf(kind, apiGroup, ref.name, ref, { kind: kind.kind, metadata }, current, rest);
    },
  };
}

/** A custom resource with this content and the metadata that users are to see. */
export function objectOf(
  kind: Kind,
  apiGroup: CalicoGroup,
  name: string,
  { namespace }: Pick<Ref, 'namespace'>,
  shown: Pick<Resource, 'kind' | 'metadata'>,
  current: Metadata | undefined,
  content: Omit<Resource, 'apiVersion' | 'kind' | 'metadata'>,
): KubeObject {
  const { resourceVersion, uid: _, ...metadata } = shown.metadata;
  const kept = apiGroup === 'crd.projectcalico.org/v1' ? storedMetadata(shown, current) : metadata;
  return {
    apiVersion: apiGroup,
    kind: customKindOf(kind, apiGroup),
    metadata: {
      ...kept,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    ...content,
  };
}

/** The metadata of a custom resource of v1 as users see it. */
export function shownOf(kind: Kind, collection: Collection, object: KubeObject): Metadata {
  const { uid } = object.metadata;
  try {
    const shown = shownMetadata(kind.kind, object.metadata, object['spec']);
    return uid === undefined ? shown : { ...shown, uid: convertUid(uid) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw corrupt(collection, object, `its metadata is not JSON (${error.message})`);
  }
}

export function corrupt(collection: Collection, { metadata }: KubeObject, reason: string): CalicoctlError {
  const entry = entryName(collection, metadata);
  return new CalicoctlError('corrupt', `the stored entry ${entry} cannot be read: ${reason}`, {
    hint: 'It is left as it is. Repair or remove it with kubectl.',
  });
}

/** Where an object is on the API server, and what errors call it. */
export function targetOf({ collection, objectName }: Form, ref: Ref): Target {
  return {
    collection,
    name: objectName(ref.name),
    label: formatRef(ref),
    ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
  };
}

/** True where an object is what was written, whatever the API server has added to it by itself. */
export function isSame(form: Form, sent: KubeObject, found: KubeObject): boolean {
  return isDeepStrictEqual(contentOf(form, sent), contentOf(form, found));
}

function contentOf(form: Form, object: KubeObject): unknown {
  const { metadata, spec } = form.read(object);
  const {
    uid: _,
    resourceVersion: __,
    creationTimestamp: ___,
    generation: ____,
    managedFields: _____,
    ...own
  } = metadata;
  const content = { metadata: own, spec: withSchemaDefaults(form.kind.spec, spec) };
  return parseJson(stringifyJson(content));
}
