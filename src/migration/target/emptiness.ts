import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { inParallel } from '../../operations/parallel.ts';
import type { Resource } from '../../resources/kind.ts';
import { BUILT_IN_TIERS } from '../../resources/parts/tiers.ts';
import { kindOf } from '../../resources/registry.ts';
import { ADDRESS_KINDS, kindsFor } from '../kinds.ts';
import { reasonToStay } from '../mapping.ts';

/** Whether a datastore holds something of Calico, which an import must neither mix with nor write over. */

const AT_ONCE = 8;

/** What there is, in the order in which it is looked for: kinds of resources, and `IPAM` for addresses. */
export async function occupants(store: Datastore): Promise<readonly string[]> {
  const { name } = store.capabilities;
  // Nodes of Kubernetes are there before Calico is; elsewhere Calico makes them.
  const kinds = kindsFor(name).filter((kind) => kind !== 'Node' || name !== 'kubernetes');
  const sought = [...kinds, 'ClusterInformation', ...ADDRESS_KINDS];
  const found = new Set<string>();
  const { failures } = await inParallel(sought, AT_ONCE, async (kind) => {
    if (await holds(store, kind)) found.add(kind);
  });
  if (failures[0] !== undefined) throw failures[0];
  const resources = [...kinds, 'ClusterInformation'].filter((kind) => found.has(kind));
  return ADDRESS_KINDS.some((kind) => found.has(kind)) ? [...resources, 'IPAM'] : resources;
}

async function holds(store: Datastore, name: string): Promise<boolean> {
  const kind = await kindOf(name);
  try {
    for await (const { items, corrupt } of store.list({ kind })) {
      if (corrupt.length > 0 || items.some(counts)) return true;
    }
  } catch (error) {
    // A kind that the datastore has not been told of.
    if (!isError(error, 'not-supported')) throw error;
  }
  return false;
}

/** What every cluster has, and what comes from Kubernetes, does not count. */
function counts(resource: Resource): boolean {
  if (resource.kind === 'Tier') return !Object.hasOwn(BUILT_IN_TIERS, resource.metadata.name);
  return reasonToStay(resource) === undefined;
}

/** The refusal to import into a datastore that holds something. */
export function notEmpty(store: Datastore, found: string): CalicoctlError {
  const what = found === 'IPAM' ? 'existing IPAM resources' : `existing Calico ${found} resource`;
  const how =
    store.capabilities.name === 'kubernetes'
      ? 'Clear out all Calico resources by deleting all Calico CRDs'
      : 'Clear out all Calico resources, or import into an empty datastore';
  return new CalicoctlError('conflict', `datastore already has Calico resources: found ${what}. ${how}`);
}
