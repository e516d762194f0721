import { defineKind } from '../kind.ts';
import { policyColumns, policyNarrow, policyWide } from '../parts/policy/columns.ts';
import { globalPolicy } from '../parts/policy/fields.ts';
import { object } from '../schema.ts';

export default defineKind({
  kind: 'KubernetesClusterNetworkPolicy',
  plural: 'kubernetesclusternetworkpolicies',
  aliases: ['kcnp', 'kcnps'],
  scope: 'cluster',
  doc: 'A ClusterNetworkPolicy of Kubernetes as Calico enforces it; kubectl is what writes it.',
  madeOf: 'ClusterNetworkPolicy of policy.networking.k8s.io/v1alpha2',
  verbs: ['get'],
  spec: object(globalPolicy),
  columns: policyColumns,
  narrow: policyNarrow,
  wide: policyWide,
});
