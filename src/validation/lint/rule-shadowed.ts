import type { Fault } from '../../resources/kind.ts';
import type { RuleValue } from '../../resources/parts/policy/rule.ts';
import { TIERED_KINDS } from '../../resources/parts/tiers.ts';
import { Candidate } from '../matching/covers.ts';
import { policyOf } from '../matching/policies.ts';
import type { LintRule } from '../rule.ts';

/** What ends the way of a packet through the rules of a policy; Log does not. */
const FINAL: readonly string[] = ['Allow', 'Deny', 'Pass'];

/** So many closer looks, weighed, are had at the rules of one direction; what is left is compared with the widest only. */
const MOST_WORK = 300_000;

interface Earlier {
  readonly index: number;
  readonly candidate: Candidate;
}

function shadowed(rules: readonly RuleValue[] | undefined, direction: string): readonly Fault[] {
  if (rules === undefined || rules.length < 2) return NONE;
  const faults: Fault[] = [];
  const earlier: Earlier[] = [];
  let work = 0;
  const covers = (other: Candidate, candidate: Candidate) => {
    if (!other.mayCover(candidate)) return false;
    work += other.weight + candidate.weight;
    return other.covers(candidate);
  };
  for (const [index, rule] of rules.entries()) {
    const candidate = new Candidate(rule);
    let cover: Earlier | undefined;
    for (const other of earlier) {
      if (work > MOST_WORK && !other.candidate.isOpen) continue;
      if (covers(other.candidate, candidate)) {
        cover = other;
        break;
      }
    }
    if (cover !== undefined) {
      const { action } = cover.candidate.rule;
      const message = `is never reached: spec.${direction}[${cover.index}] (${action}) matches all that it matches`;
      faults.push({ path: ['spec', direction, index], message });
    } else if (FINAL.includes(rule.action ?? '')) earlier.push({ index, candidate });
  }
  return faults;
}

const NONE: readonly Fault[] = [];

const rule: LintRule = {
  id: 'CAL2002',
  doc: 'No rule of a policy stands behind one that matches all its packets.',
  why: 'The first rule that matches decides, so a narrower rule behind a wider one never does. Mostly the two are in the wrong order.',
  wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: web}
spec:
  selector: app == "web"
  ingress:
  - action: Allow
    protocol: TCP
  - action: Deny
    protocol: TCP
    source:
      nets: [10.9.0.0/16]
`,
  right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: web}
spec:
  selector: app == "web"
  ingress:
  - action: Deny
    protocol: TCP
    source:
      nets: [10.9.0.0/16]
  - action: Allow
    protocol: TCP
`,
  kinds: [...TIERED_KINDS, 'Profile'],
  *check(resource) {
    const { spec } = policyOf(resource);
    yield* shadowed(spec.ingress, 'ingress');
    yield* shadowed(spec.egress, 'egress');
  },
};

export default rule;
