import { isError } from '../core/errors.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Kind, Resource } from '../resources/kind.ts';
import { kindOf } from '../resources/registry.ts';

/** AS number that nodes without one use: the default BGP configuration's, 64512 unless it says so, `unknown` if unreadable. */
export async function defaultAsNumber(store: Datastore): Promise<string> {
  try {
    const configuration = await store.get({ kind: await kindOf('BGPConfiguration'), name: 'default' });
    return String(configuration.spec['asNumber'] ?? 64512);
  } catch (error) {
    return isError(error, 'not-found') ? '64512' : 'unknown';
  }
}

/** The resource with the defaults its kind shows for what older versions stored without them. */
export function asShown(kind: Kind, resource: Resource): Resource {
  return kind.readDefaults === undefined ? resource : kind.readDefaults(resource);
}

/** What `--export` leaves out: identity and place, so that the object can be created elsewhere. */
export function exported(resource: Resource): Resource {
  const {
    namespace: _namespace,
    uid: _uid,
    resourceVersion: _resourceVersion,
    creationTimestamp: _creationTimestamp,
    deletionTimestamp: _deletionTimestamp,
    deletionGracePeriodSeconds: _deletionGracePeriodSeconds,
    ...metadata
  } = resource.metadata;
  return { ...resource, metadata: metadata as Resource['metadata'] };
}
