import { BUILT_IN_TIERS, TIERED_KINDS } from '../../resources/parts/tiers.ts';
import { policyOf } from '../matching/policies.ts';
import type { LintRule } from '../rule.ts';

/** Whether it is one of the built-in tiers that pass on what nothing decides. */
function passes(tier: string): boolean {
  return Object.hasOwn(BUILT_IN_TIERS, tier) && BUILT_IN_TIERS[tier]?.defaultAction === 'Pass';
}

const isLog = ({ action }: { readonly action?: string }) => action === 'Log';

const rule: LintRule = {
  id: 'CAL2004',
  doc: 'A policy has a rule that decides something.',
  why: 'Rules with action Log decide nothing, so whatever the policy selects comes to the end of its tier, where it is denied unless the tier passes it. To log only, pass the packets on with a last rule.',
  wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: watch-web}
spec:
  selector: app == "web"
  ingress:
  - action: Log
`,
  right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: watch-web}
spec:
  selector: app == "web"
  ingress:
  - action: Log
  - action: Pass
`,
  kinds: TIERED_KINDS,
  *check(resource) {
    const { ingress = [], egress = [], tier = 'default' } = policyOf(resource).spec;
    if (passes(tier)) return;
    if (ingress.length + egress.length === 0) return;
    if (!ingress.every(isLog) || !egress.every(isLog)) return;
    const path = ['spec', ingress.length > 0 ? 'ingress' : 'egress'];
    const message =
      'only logs: what no other policy decides on is denied at the end of a tier that denies; add a rule that decides';
    yield { path, at: 'key', message };
  },
};

export default rule;
