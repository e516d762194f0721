import { defineKind } from '../kind.ts';
import { namespacedValidations } from '../parts/policy/cel.ts';
import { policyColumns, policyNarrow, policyWide } from '../parts/policy/columns.ts';
import { policyReadDefaults, stagedPolicyDefaults } from '../parts/policy/defaults.ts';
import { namespacedPolicy, stagedAction } from '../parts/policy/fields.ts';
import { stagedNamespacedPolicyRules } from '../parts/policy/rules.ts';
import { object } from '../schema.ts';
import { foldSelectors } from '../selectorfields.ts';

const spec = object({ stagedAction, ...namespacedPolicy }, '', { cel: namespacedValidations });

export default defineKind({
  kind: 'StagedNetworkPolicy',
  plural: 'stagednetworkpolicies',
  aliases: ['stagedpolicy', 'snp', 'stagedpolicies', 'spol', 'spols'],
  scope: 'namespaced',
  doc: 'A change to a policy of one namespace that is observed before it is enforced.',
  definition: {
    shortNames: ['scnp', 'snp'],
    selectable: ['.spec.tier'],
    columns: [
      ['Tier', 'string', '.spec.tier'],
      ['Order', 'number', '.spec.order'],
    ],
  },
  spec,
  columns: { ...policyColumns, NAMESPACE: (policy) => policy.metadata.namespace ?? '' },
  narrow: policyNarrow,
  wide: policyWide,
  defaults: (policy) => stagedPolicyDefaults(foldSelectors(spec, policy)),
  readDefaults: policyReadDefaults,
  rules: stagedNamespacedPolicyRules,
});
