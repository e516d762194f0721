import type { Datastore } from '../../datastore/datastore.ts';
import { formatRef, type Ref, type Resource } from '../../resources/kind.ts';
import { type Manifest, problemsError } from '../../resources/manifest.ts';
import { kindOf } from '../../resources/registry.ts';
import { unlessNotFound } from '../initialise.ts';
import type { Guard } from './guards.ts';

async function requireFilters(
  store: Datastore,
  ref: Ref,
  resource: Resource,
  place: Manifest['place'],
): Promise<void> {
  const filters = (resource.spec['filters'] as readonly string[] | undefined) ?? [];
  const kind = await kindOf('BGPFilter');
  const found = await Promise.all(filters.map((name) => unlessNotFound(store.get({ kind, name }))));
  const faults = filters.flatMap((name, index) =>
    found[index] === undefined
      ? [
          {
            path: ['spec', 'filters', index],
            value: name,
            message: 'is not an existing BGPFilter: create it first',
          },
        ]
      : [],
  );
  if (faults.length > 0) throw problemsError('validation', formatRef(ref), faults, place);
}

const bgppeer: Guard = {
  beforeCreate: requireFilters,
  beforeUpdate: (store, ref, resource, _stored, place) => requireFilters(store, ref, resource, place),
};

export default bgppeer;
