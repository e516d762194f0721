import type { Datastore } from '../../datastore/datastore.ts';
import { formatRef, type Ref, type Resource } from '../../resources/kind.ts';
import { type Manifest, problemsError } from '../../resources/manifest.ts';
import { BETWEEN } from '../../resources/structure.ts';
import type { Guard } from './guards.ts';
import { exists } from './seen.ts';

async function requireFilters(
  store: Datastore,
  ref: Ref,
  resource: Resource,
  place: Manifest['place'],
): Promise<void> {
  const filters = (resource.spec['filters'] as readonly string[] | undefined) ?? [];
  const found = await Promise.all(filters.map((name) => exists(store, 'BGPFilter', name)));
  const message = 'is not an existing BGPFilter: create it first';
  const faults = filters.flatMap((value, index) =>
    found[index] ? [] : [{ rule: BETWEEN.filters.id, path: ['spec', 'filters', index], value, message }],
  );
  if (faults.length > 0) throw problemsError('validation', formatRef(ref), faults, place);
}

const bgppeer: Guard = {
  asks: ['BGPFilter'],
  beforeCreate: requireFilters,
  beforeUpdate: (store, ref, resource, _stored, place) => requireFilters(store, ref, resource, place),
};

export default bgppeer;
