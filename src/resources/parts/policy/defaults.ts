import type { Resource } from '../../kind.ts';
import { withLabels } from '../labels.ts';

/** The label by which a policy's tier can be selected; always follows `spec.tier`. */
export const TIER_LABEL = 'projectcalico.org/tier';

const DEFAULT_TIER = 'default';

interface Policy {
  readonly tier?: string;
  readonly ingress?: readonly unknown[];
  readonly egress?: readonly unknown[];
  types?: ('Ingress' | 'Egress')[];
}

interface StagedPolicy extends Policy {
  readonly stagedAction?: string;
}

/** What the client fills in on every write: the directions, where none are given, and the tier label. */
export function policyDefaults<Spec extends Policy>(policy: Resource<Spec>): Resource<Spec> {
  const { spec } = policy;
  const directed = spec.types?.length ? policy : { ...policy, spec: { ...spec, types: typesOf(spec) } };
  return withTierLabel(directed, spec.tier || DEFAULT_TIER);
}

/** The same for staged policies; one that stands for a deletion has no directions, even if some were given. */
export function stagedPolicyDefaults<Spec extends StagedPolicy>(policy: Resource<Spec>): Resource<Spec> {
  if (policy.spec.stagedAction !== 'Delete') return policyDefaults(policy);
  const { types: _types, ...rest } = policy.spec;
  return withTierLabel({ ...policy, spec: rest as Spec }, policy.spec.tier || DEFAULT_TIER);
}

/** Policies stored by other clients may lack the label; they are shown with that of the default tier. */
export function policyReadDefaults<Spec>(policy: Resource<Spec>): Resource<Spec> {
  return policy.metadata.labels?.[TIER_LABEL] === undefined ? withTierLabel(policy, DEFAULT_TIER) : policy;
}

function typesOf({ ingress, egress }: Policy): ('Ingress' | 'Egress')[] {
  if (!egress?.length) return ['Ingress'];
  return ingress?.length ? ['Ingress', 'Egress'] : ['Egress'];
}

function withTierLabel<Spec>(policy: Resource<Spec>, tier: string): Resource<Spec> {
  return withLabels(policy, { [TIER_LABEL]: tier });
}
