import { defineKind } from '../kind.ts';
import { namespacedValidations } from '../parts/policy/cel.ts';
import { policyColumns, policyNarrow, policyWide } from '../parts/policy/columns.ts';
import { policyDefaults, policyReadDefaults } from '../parts/policy/defaults.ts';
import { namespacedPolicy } from '../parts/policy/fields.ts';
import { namespacedPolicyRules } from '../parts/policy/rules.ts';
import { object } from '../schema.ts';
import { foldSelectors } from '../selectorfields.ts';

const spec = object(namespacedPolicy, '', { cel: namespacedValidations });

export default defineKind({
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  aliases: ['policy', 'np', 'policies', 'pol', 'pols'],
  scope: 'namespaced',
  doc: 'What workloads of one namespace may send and receive.',
  definition: {
    shortNames: ['cnp', 'caliconetworkpolicy'],
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
  defaults: (policy) => policyDefaults(foldSelectors(spec, policy)),
  readDefaults: policyReadDefaults,
  rules: namespacedPolicyRules,
});
