import { defineKind } from '../kind.ts';
import { policyColumns, policyNarrow, policyWide } from '../parts/policy/columns.ts';
import { policyDefaults, policyReadDefaults } from '../parts/policy/defaults.ts';
import { namespacedPolicy } from '../parts/policy/fields.ts';
import { namespacedPolicyRules } from '../parts/policy/rules.ts';
import { object } from '../schema.ts';
import { foldSelectors } from '../selectorfields.ts';

const spec = object(namespacedPolicy);

export default defineKind({
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  aliases: ['policy', 'np', 'policies', 'pol', 'pols'],
  scope: 'namespaced',
  doc: 'What workloads of one namespace may send and receive.',
  spec,
  columns: { ...policyColumns, NAMESPACE: (policy) => policy.metadata.namespace ?? '' },
  narrow: policyNarrow,
  wide: policyWide,
  defaults: (policy) => policyDefaults(foldSelectors(spec, policy)),
  readDefaults: policyReadDefaults,
  rules: namespacedPolicyRules,
});
