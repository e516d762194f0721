import { CalicoctlError, isError } from '../core/errors.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Kind, Resource } from '../resources/kind.ts';
import { isResourceRefusal } from './refusals.ts';
import { createResource, type Intent, refuseUnsupported, replaceResource } from './write.ts';

/** Somebody may delete an object between our look at it and our write; hardly so often. */
const ATTEMPTS = 7;

/** Kinds of which the last object applied was there before. */
const wasThere = new WeakMap<Datastore, Set<Kind>>();

/**
 * Creates, or replaces what is there. etcd's refusal to create brings along what is there; an API server must be asked.
 * There it saves a request to look first, if the object is there: it likely is, if the one before was.
 */
export async function applyResource(store: Datastore, intent: Intent, attempt = 1): Promise<Resource> {
  const { ref, resource } = intent;
  refuseUnsupported(ref, 'apply');
  const there = wasThere.get(store) ?? new Set();
  wasThere.set(store, there);
  const look = store.capabilities.name === 'kubernetes' && there.has(ref.kind);
  const { resourceVersion: _, ...metadata } = resource.metadata;
  try {
    const created = await createResource(store, { ...intent, resource: { ...resource, metadata } }, { look });
    there.delete(ref.kind);
    return created;
  } catch (error) {
    const exists = isError(error, 'already-exists');
    if (exists) there.add(ref.kind);
    else if (!isError(error, 'not-supported') && !isResourceRefusal(error)) throw error;
    try {
      return await replaceAfter(store, { ...intent, ref: { ...ref, name: nameOf(intent) } }, error);
    } catch (second) {
      if (!exists || !isError(second, 'not-found') || attempt === ATTEMPTS) throw second;
      return applyResource(store, intent, attempt + 1);
    }
  }
}

/** Whoever may not create objects may still be allowed to change those that are there. */
async function replaceAfter(store: Datastore, intent: Intent, error: unknown): Promise<Resource> {
  const first = error instanceof CalicoctlError ? (error.details.existing as () => Resource) : undefined;
  try {
    return await replaceResource(store, intent, first);
  } catch (second) {
    if (isResourceRefusal(error) && (isError(second, 'not-found') || isResourceRefusal(second))) throw error;
    throw second;
  }
}

/** Endpoints without a name get one from their spec. */
function nameOf({ ref, resource }: Intent): string {
  return ref.name === '' && ref.kind.defaults !== undefined
    ? ref.kind.defaults(resource).metadata.name
    : ref.name;
}
