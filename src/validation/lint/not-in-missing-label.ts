import { TIERED_KINDS } from '../../resources/parts/tiers.ts';
import type { Selector } from '../../resources/selector/index.ts';
import { policyOf, SELECTING, selectorsOf } from '../matching/policies.ts';
import { NAMESPACE_LABEL, remembering, selectorIn } from '../matching/selectors.ts';
import type { LintRule } from '../rule.ts';

/** Labels that Kubernetes puts on every node, by their names. */
const OF_NODES: readonly string[] = ['hostname', 'os', 'arch'].map((name) => `kubernetes.io/${name}`);

const hasNotIn = remembering((text) => /not[ \t\r\n]*in/.test(text));

/** Labels of `not in` conditions that hold just as well where the label is missing. */
function* unguarded(selector: Selector, sure: readonly string[]): Iterable<string> {
  if (selector.type === 'set' && selector.operator === 'not in') {
    if (selector.values.length > 0 && !sure.includes(selector.label)) yield selector.label;
  } else if (selector.type === 'and') {
    const here = [...sure, ...selector.operands.flatMap(labelsNeeded)];
    for (const operand of selector.operands) yield* unguarded(operand, here);
  } else if (selector.type === 'or') {
    // Who writes `!has(a) || a not in {…}` knows of the missing label.
    const here = [...sure, ...selector.operands.flatMap(labelsMissing)];
    for (const operand of selector.operands) yield* unguarded(operand, here);
  }
}

/** Labels without which the selector does not match. */
function labelsNeeded(selector: Selector): readonly string[] {
  switch (selector.type) {
    case 'has':
      return [selector.label];
    case 'compare':
      return selector.operator === '!=' ? [] : [selector.label];
    case 'set':
      return selector.operator === 'in' ? [selector.label] : [];
    case 'and':
      return selector.operands.flatMap(labelsNeeded);
    default:
      return [];
  }
}

function labelsMissing(selector: Selector): readonly string[] {
  return selector.type === 'not' && selector.operand.type === 'has' ? [selector.operand.label] : [];
}

const rule: LintRule = {
  id: 'CAL2003',
  doc: 'Where `not in` is used, the label is known to be there.',
  why: '`not in` also holds of whatever has not got the label at all, host endpoints among them. Where that is meant, say so with `!has(label) || …`.',
  wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: deny-stages}
spec:
  selector: stage not in {"production"}
  ingress:
  - action: Deny
`,
  right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: deny-stages}
spec:
  selector: has(stage) && stage not in {"production"}
  ingress:
  - action: Deny
`,
  kinds: SELECTING,
  *check(resource) {
    for (const { text, path, of } of selectorsOf(resource, hasNotIn)) {
      const selector = selectorIn(text);
      if (selector === undefined) continue;
      const sure = alwaysThere(policyOf(resource).kind, path.at(-1), of);
      const [label] = unguarded(selector, sure);
      if (label === undefined) continue;
      const message = `also matches what has no label ${label}: put has(${label}) && before it, or !has(${label}) || where that is meant`;
      yield { path, value: text, message };
    }
  },
};

function alwaysThere(kind: string, field: unknown, of: 'endpoints' | 'others'): readonly string[] {
  if (field === 'nodeSelector' || field === 'peerSelector') return OF_NODES;
  if (kind === 'IPPool') return ['projectcalico.org/name', 'kubernetes.io/metadata.name'];
  if (field === 'serviceAccountSelector') return ['projectcalico.org/name'];
  const isNamespaced = TIERED_KINDS.includes(kind) && !kind.includes('Global');
  return isNamespaced && of === 'endpoints' ? [NAMESPACE_LABEL] : [];
}

export default rule;
