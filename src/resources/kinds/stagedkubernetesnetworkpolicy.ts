import { defineKind } from '../kind.ts';
import { stagedAction } from '../parts/policy/fields.ts';
import { egressRule, formatLabelSelector, ingressRule, labelSelector } from '../parts/policy/kubernetes.ts';
import { deletionIsBare } from '../parts/policy/specrules.ts';
import { ATOMIC_LIST, list, object, text } from '../schema.ts';

export default defineKind({
  kind: 'StagedKubernetesNetworkPolicy',
  plural: 'stagedkubernetesnetworkpolicies',
  aliases: ['stagedkubernetespolicy', 'sknp', 'stagedkubernetespolicies', 'skpol', 'skpols'],
  scope: 'namespaced',
  doc: 'A change to a Kubernetes network policy that is observed before it is enforced.',
  definition: {
    shortNames: ['sknp'],
  },
  spec: object({
    stagedAction,
    podSelector: labelSelector('Pods that the policy is for; all of the namespace when empty.', 'always'),
    ingress: list(ingressRule, 'Rules for what the pods may receive.', { crd: ATOMIC_LIST }),
    egress: list(egressRule, 'Rules for what the pods may send.', { crd: ATOMIC_LIST }),
    policyTypes: list(text('Ingress or Egress.'), 'Directions the policy is about.', {
      minItems: 1,
      maxItems: 2,
      set: true,
    }),
  }),
  columns: {
    NAME: (policy) => policy.metadata.name,
    PODSELECTOR: (policy) => formatLabelSelector(policy.spec.podSelector ?? {}),
    NAMESPACE: (policy) => policy.metadata.namespace ?? '',
  },
  narrow: ['NAME'],
  wide: ['NAME', 'PODSELECTOR'],
  rules: [deletionIsBare('CAL1180', [])],
});
