import { DIRECTIONS } from '../../resources/parts/policy/visit.ts';
import { TIERED_KINDS } from '../../resources/parts/tiers.ts';
import { policyOf } from '../matching/policies.ts';
import type { LintRule } from '../rule.ts';

const TYPES = { ingress: 'Ingress', egress: 'Egress' } as const;

const rule: LintRule = {
  id: 'CAL2005',
  doc: 'The directions of a policy are those of its rules.',
  why: 'Rules of a direction that the types of the policy leave out are stored, but never looked at.',
  wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: web}
spec:
  types: [Ingress]
  ingress:
  - action: Allow
  egress:
  - action: Deny
`,
  right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: web}
spec:
  types: [Ingress, Egress]
  ingress:
  - action: Allow
  egress:
  - action: Deny
`,
  kinds: [...TIERED_KINDS, 'StagedKubernetesNetworkPolicy'],
  *check(resource) {
    const { spec, kind } = policyOf(resource);
    const field = kind === 'StagedKubernetesNetworkPolicy' ? 'policyTypes' : 'types';
    const types = (spec as Readonly<Record<string, readonly string[] | undefined>>)[field];
    if (types === undefined || types.length === 0) return;
    for (const direction of DIRECTIONS) {
      const type = TYPES[direction];
      if (!spec[direction]?.length || types.includes(type)) continue;
      const message = `never takes effect: spec.${field} has no ${type}`;
      yield { path: ['spec', direction], at: 'key', message };
    }
  },
};

export default rule;
