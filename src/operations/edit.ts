import { CalicoctlError, type FieldPath } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { Datastore } from '../datastore/datastore.ts';
import { decodeDocument, decodeStored } from '../resources/document.ts';
import { API_VERSION, formatRef, type Ref, type Resource } from '../resources/kind.ts';
import { problemsError } from '../resources/manifest.ts';
import { asShown } from './read.ts';
import { changeResource, refuseUnsupported } from './write.ts';

/** Changes to a stored object that leave everything else of it as it is; conditional on the version that was read. */

/** Applies `change` to the object as JSON; what comes out must be an object of the same kind and name. */
export async function patchResource(
  store: Datastore,
  ref: Ref,
  change: (document: Json) => Json,
): Promise<Resource> {
  refuseUnsupported(ref, 'patch');
  return changeResource(store, ref, (stored) => {
    const patched = change(asShown(ref.kind, stored) as unknown as Json) as unknown as Resource;
    return { ref, resource: decodePatched(ref, patched, stored) };
  });
}

function decodePatched(ref: Ref, patched: Resource, stored: Resource): Resource {
  if (patched.kind !== ref.kind.kind || patched.apiVersion !== API_VERSION) {
    throw new CalicoctlError(
      'input',
      `a patch cannot turn ${formatRef(ref)} into a ${patched.kind} of ${patched.apiVersion}`,
    );
  }
  // Fields unknown to us are refused, unless they were stored before: those are a newer Calico's and stay.
  const problems = decodeDocument(ref.kind, patched).problems.filter(
    ({ at, path }) => at !== 'key' || !hasPath(stored, path),
  );
  if (problems.length > 0) throw problemsError('input', `${formatRef(ref)} as patched`, problems);
  const { resource } = decodeStored(ref.kind, patched);
  refuseOtherIdentity(ref, resource, stored);
  return resource;
}

function refuseOtherIdentity(ref: Ref, resource: Resource, stored: Resource): void {
  const { name, namespace, uid, resourceVersion } = resource.metadata;
  // Policies from old versions are stored under a longer name than the one they show.
  if (name !== stored.metadata.name || (namespace ?? '') !== (ref.namespace ?? '')) {
    throw new CalicoctlError(
      'not-found',
      `a patch cannot rename ${formatRef(ref)} to ${formatRef({ kind: ref.kind, name, ...(namespace ? { namespace } : {}) })}`,
    );
  }
  if (uid !== stored.metadata.uid)
    throw problemsError('validation', formatRef(ref), [
      { path: ['metadata', 'uid'], value: uid, message: 'cannot be changed' },
    ]);
  if (resourceVersion !== stored.metadata.resourceVersion) {
    throw new CalicoctlError(
      'conflict',
      `update conflict: ${formatRef(ref)} is at version ${stored.metadata.resourceVersion}, not ${resourceVersion}`,
    );
  }
}

function hasPath(value: unknown, path: FieldPath): boolean {
  return (
    path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], value) !==
    undefined
  );
}

export interface LabelChange {
  readonly key: string;
  /** Absent: remove the label. */
  readonly value?: string;
}

/** What a change did to a label. */
export type LabelOutcome = 'set' | 'updated' | 'removed';

/** Changes labels of a stored object; with `overwrite` unset, a label of another value stops everything. */
export async function labelResource(
  store: Datastore,
  ref: Ref,
  changes: readonly LabelChange[],
  overwrite: boolean,
): Promise<readonly LabelOutcome[]> {
  refuseUnsupported(ref, 'label');
  let outcomes: readonly LabelOutcome[] = [];
  await changeResource(store, ref, (stored) => {
    const labels = { ...stored.metadata.labels };
    outcomes = changes.map((change) => changeLabel(ref, labels, change, overwrite));
    return { ref, resource: { ...stored, metadata: { ...stored.metadata, labels } } };
  });
  return outcomes;
}

function changeLabel(
  ref: Ref,
  labels: Record<string, string>,
  { key, value }: LabelChange,
  overwrite: boolean,
): LabelOutcome {
  const old = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (value === undefined) {
    if (old === undefined)
      throw new CalicoctlError(
        'input',
        `cannot remove label of ${formatRef(ref)}, key ${key} does not exist`,
      );
    delete labels[key];
    return 'removed';
  }
  if (old !== undefined && old !== value && !overwrite) {
    throw new CalicoctlError(
      'input',
      `failed to update label of ${formatRef(ref)}, key ${key} is already present with the value "${old}"`,
      {
        hint: "Use '--overwrite' to set a new value.",
      },
    );
  }
  labels[key] = value;
  return old === undefined ? 'set' : 'updated';
}
