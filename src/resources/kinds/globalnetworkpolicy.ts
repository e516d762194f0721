import { defineKind } from '../kind.ts';
import { globalValidations } from '../parts/policy/cel.ts';
import { policyColumns, policyNarrow, policyWide } from '../parts/policy/columns.ts';
import { policyDefaults, policyReadDefaults } from '../parts/policy/defaults.ts';
import { globalPolicy } from '../parts/policy/fields.ts';
import { globalPolicyRules } from '../parts/policy/rules.ts';
import { object } from '../schema.ts';
import { foldSelectors } from '../selectorfields.ts';

const spec = object(globalPolicy, '', { cel: globalValidations });

export default defineKind({
  kind: 'GlobalNetworkPolicy',
  plural: 'globalnetworkpolicies',
  aliases: ['gnp', 'gnps'],
  scope: 'cluster',
  doc: 'What endpoints of the whole cluster may send and receive.',
  definition: {
    shortNames: ['gnp', 'cgnp'],
    selectable: ['.spec.tier'],
    columns: [
      ['Tier', 'string', '.spec.tier'],
      ['Order', 'number', '.spec.order'],
      ['Age', 'date', '.metadata.creationTimestamp'],
    ],
  },
  spec,
  columns: policyColumns,
  narrow: policyNarrow,
  wide: policyWide,
  defaults: (policy) => policyDefaults(foldSelectors(spec, policy)),
  readDefaults: policyReadDefaults,
  rules: globalPolicyRules,
});
