import { defineKind } from '../kind.ts';
import { policyColumns, policyNarrow, policyWide } from '../parts/policy/columns.ts';
import { policyReadDefaults, stagedPolicyDefaults } from '../parts/policy/defaults.ts';
import { globalPolicy, stagedAction } from '../parts/policy/fields.ts';
import { stagedGlobalPolicyRules } from '../parts/policy/rules.ts';
import { object } from '../schema.ts';
import { foldSelectors } from '../selectorfields.ts';

const spec = object({ stagedAction, ...globalPolicy });

export default defineKind({
  kind: 'StagedGlobalNetworkPolicy',
  plural: 'stagedglobalnetworkpolicies',
  aliases: ['sgnp', 'sgnps'],
  scope: 'cluster',
  doc: 'A change to a global policy that is observed before it is enforced.',
  spec,
  columns: policyColumns,
  narrow: policyNarrow,
  wide: policyWide,
  defaults: (policy) => stagedPolicyDefaults(foldSelectors(spec, policy)),
  readDefaults: policyReadDefaults,
  rules: stagedGlobalPolicyRules,
});
