import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { formatRef, type Ref, type Resource } from '../../resources/kind.ts';
import { BETWEEN } from '../../resources/structure.ts';
import { isResourceRefusal } from '../refusals.ts';
import type { Guard } from './guards.ts';
import { exists } from './seen.ts';

/** Policies of Kubernetes are shown under this name in old datastores and are not ours to write. */
const KUBERNETES_POLICY = /^knp\.default\./;

const DEFAULT = 'default';

async function requireTier(store: Datastore, ref: Ref, tier: string): Promise<void> {
  try {
    if (await exists(store, 'Tier', tier)) return;
  } catch (error) {
    // Who may write policies in one namespace only may often not read tiers. This one is in every cluster.
    if (tier === DEFAULT && isResourceRefusal(error)) return;
    throw error;
  }
  const hint = 'Create the tier first, or correct spec.tier.';
  throw new CalicoctlError('not-found', `${formatRef(ref)}: its tier does not exist: Tier(${tier})`, {
    resource: formatRef(ref),
    fault: { rule: BETWEEN.tier.id, path: ['spec', 'tier'], value: tier, message: 'does not exist' },
    hint,
  });
}

function tierOf(resource: Resource): string {
  return (resource.spec['tier'] as string | undefined) || DEFAULT;
}

function refuseKubernetesPolicy(ref: Ref): void {
  if (ref.kind.kind !== 'NetworkPolicy' || !KUBERNETES_POLICY.test(ref.name)) return;
  const message = 'kubernetes network policies must be managed through the kubernetes API';
  throw new CalicoctlError('not-supported', `${formatRef(ref)}: ${message}`, {
    resource: formatRef(ref),
    fault: { rule: BETWEEN.kubernetesPolicy.id, path: ['metadata', 'name'], value: ref.name, message },
  });
}

const policy: Guard = {
  asks: ['Tier'],
  async beforeCreate(store, ref, resource) {
    refuseKubernetesPolicy(ref);
    await requireTier(store, ref, tierOf(resource));
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
