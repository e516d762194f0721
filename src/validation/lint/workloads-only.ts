import { policyOf } from '../matching/policies.ts';
import { matchesHosts, selectorIn } from '../matching/selectors.ts';
import type { LintRule } from '../rule.ts';

const rule: LintRule = {
  id: 'CAL2006',
  doc: 'A policy for host endpoints alone does not ask for a namespace or a service account.',
  why: 'Policies with doNotTrack or preDNAT are applied to host endpoints only, which have no namespace and no service account: such a policy applies to nothing.',
  wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: untracked}
spec:
  doNotTrack: true
  applyOnForward: true
  namespaceSelector: team == "core"
  ingress:
  - action: Allow
`,
  right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: untracked}
spec:
  doNotTrack: true
  applyOnForward: true
  selector: team == "core"
  ingress:
  - action: Allow
`,
  kinds: ['GlobalNetworkPolicy', 'StagedGlobalNetworkPolicy'],
  *check(resource) {
    const { spec } = policyOf(resource);
    if (!spec.doNotTrack && !spec.preDNAT) return;
    const flag = spec.doNotTrack ? 'doNotTrack' : 'preDNAT';
    for (const field of ['namespaceSelector', 'serviceAccountSelector'] as const) {
      const selector = selectorIn(spec[field]);
      if (selector === undefined || matchesHosts(selector)) continue;
      const message = `leaves the policy without effect: with ${flag} it is for host endpoints, which have no ${field === 'namespaceSelector' ? 'namespace' : 'service account'}`;
      yield { path: ['spec', field], value: spec[field], message };
    }
  },
};

export default rule;
