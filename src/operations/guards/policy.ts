import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { formatRef, type Ref, type Resource } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';
import { unlessNotFound } from '../initialise.ts';
import type { Guard } from './guards.ts';

/** Tiers seen by this process; a policy's tier is looked up once per datastore. */
const known = new WeakMap<Datastore, Map<string, Promise<void>>>();

/** Policies of Kubernetes are shown under this name in old datastores and are not ours to write. */
const KUBERNETES_POLICY = /^knp\.default\./;

async function requireTier(store: Datastore, ref: Ref, tier: string): Promise<void> {
  const kind = await kindOf('Tier');
  if ((await unlessNotFound(store.get({ kind, name: tier }))) !== undefined) return;
  throw new CalicoctlError('not-found', `${formatRef(ref)}: its tier does not exist: Tier(${tier})`, {
    resource: formatRef(ref),
    hint: 'Create the tier first, or correct spec.tier.',
  });
}

function tierOf(resource: Resource): string {
  return (resource.spec['tier'] as string | undefined) || 'default';
}

function refuseKubernetesPolicy(ref: Ref): void {
  if (ref.kind.kind !== 'NetworkPolicy' || !KUBERNETES_POLICY.test(ref.name)) return;
  throw new CalicoctlError(
    'not-supported',
    `${formatRef(ref)}: kubernetes network policies must be managed through the kubernetes API`,
  );
}

const policy: Guard = {
  async beforeCreate(store, ref, resource) {
    refuseKubernetesPolicy(ref);
    const tiers = known.get(store) ?? new Map<string, Promise<void>>();
    known.set(store, tiers);
    const tier = tierOf(resource);
    let lookup = tiers.get(tier);
    if (lookup === undefined) {
      lookup = requireTier(store, ref, tier);
      tiers.set(tier, lookup);
      lookup.catch(() => tiers.delete(tier));
    }
    await lookup;
  },
  async beforeUpdate(_store, ref) {
    refuseKubernetesPolicy(ref);
  },
  async delete(store, ref, version) {
    refuseKubernetesPolicy(ref);
    return store.delete(ref, version);
  },
};

export default policy;
