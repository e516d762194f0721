import { defineKind } from '../kind.ts';
import { policyColumns, policyNarrow, policyWide } from '../parts/policy/columns.ts';
import { policyDefaults, policyReadDefaults } from '../parts/policy/defaults.ts';
import { globalPolicy } from '../parts/policy/fields.ts';
import { globalPolicyRules } from '../parts/policy/rules.ts';
import { object } from '../schema.ts';
import { foldSelectors } from '../selectorfields.ts';

const spec = object(globalPolicy);

export default defineKind({
  kind: 'GlobalNetworkPolicy',
  plural: 'globalnetworkpolicies',
  aliases: ['gnp', 'gnps'],
  scope: 'cluster',
  doc: 'What endpoints of the whole cluster may send and receive.',
  spec,
  columns: policyColumns,
  narrow: policyNarrow,
  wide: policyWide,
  defaults: (policy) => policyDefaults(foldSelectors(spec, policy)),
  readDefaults: policyReadDefaults,
  rules: globalPolicyRules,
});
