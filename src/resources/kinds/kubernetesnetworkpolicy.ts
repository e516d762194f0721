import { defineKind } from '../kind.ts';
import { policyColumns, policyNarrow, policyWide } from '../parts/policy/columns.ts';
import { namespacedPolicy } from '../parts/policy/fields.ts';
import { object } from '../schema.ts';

export default defineKind({
  kind: 'KubernetesNetworkPolicy',
  plural: 'kubernetesnetworkpolicies',
  aliases: ['knp', 'knps'],
  scope: 'namespaced',
  doc: 'A NetworkPolicy of Kubernetes as Calico enforces it; kubectl is what writes it.',
  madeOf: 'NetworkPolicy of networking.k8s.io/v1',
  verbs: ['get'],
  spec: object(namespacedPolicy),
  columns: { ...policyColumns, NAMESPACE: (policy) => policy.metadata.namespace ?? '' },
  narrow: policyNarrow,
  wide: policyWide,
});
