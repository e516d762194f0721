import { defineKind } from '../kind.ts';
import { globalValidations } from '../parts/policy/cel.ts';
import { policyColumns, policyNarrow, policyWide } from '../parts/policy/columns.ts';
import { policyReadDefaults, stagedPolicyDefaults } from '../parts/policy/defaults.ts';
import { globalPolicy, stagedAction } from '../parts/policy/fields.ts';
import { stagedGlobalPolicyRules } from '../parts/policy/rules.ts';
import { object } from '../schema.ts';
import { foldSelectors } from '../selectorfields.ts';

const spec = object({ stagedAction, ...globalPolicy }, '', { cel: globalValidations });

export default defineKind({
  kind: 'StagedGlobalNetworkPolicy',
  plural: 'stagedglobalnetworkpolicies',
  aliases: ['sgnp', 'sgnps'],
  scope: 'cluster',
  doc: 'A change to a global policy that is observed before it is enforced.',
  definition: {
    shortNames: ['sgnp'],
    selectable: ['.spec.tier'],
    columns: [
      ['Tier', 'string', '.spec.tier'],
      ['Order', 'number', '.spec.order'],
    ],
  },
  spec,
  columns: policyColumns,
  narrow: policyNarrow,
  wide: policyWide,
  defaults: (policy) => stagedPolicyDefaults(foldSelectors(spec, policy)),
  readDefaults: policyReadDefaults,
  rules: stagedGlobalPolicyRules,
});
