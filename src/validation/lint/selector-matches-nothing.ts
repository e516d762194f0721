import type { Resource } from '../../resources/kind.ts';
import { TIERED_KINDS } from '../../resources/parts/tiers.ts';
import { matchesNothing } from '../../resources/selector/satisfiable.ts';
import { SELECTING, selectorsOf } from '../matching/policies.ts';
import { both, NAMESPACE_LABEL, remembering, selectorIn, withinNamespace } from '../matching/selectors.ts';
import type { LintRule } from '../rule.ts';

/** Without one of these a selector cannot contradict itself, and need not be read. */
const MAY_CONTRADICT = /&&|!|\{[ \t]*\}/;

/** Who writes this wants nothing: a pool that is only asked for by name, a policy that is switched off. */
const ON_PURPOSE = /![ \t\r\n(!]*(?:all|global)[ \t]*\(/;

/** Of a text by itself. */
const isNothing = remembering((text) => {
  const selector = MAY_CONTRADICT.test(text) && !ON_PURPOSE.test(text) ? selectorIn(text) : undefined;
  return selector !== undefined && matchesNothing(selector);
});

const isOfInterest = remembering((text) => isNothing(text) || text.includes(NAMESPACE_LABEL));

function namespaceOf({ kind, metadata }: Resource): string | undefined {
  return TIERED_KINDS.includes(kind) ? metadata.namespace : undefined;
}

const rule: LintRule = {
  id: 'CAL2001',
  doc: 'A selector can match something.',
  why: 'Its conditions exclude each other, so no labels fulfil them: the policy, rule or pool is there, but for nothing. A policy of a namespace selects endpoints of that namespace only.',
  wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: web}
spec:
  selector: app == "web" && app == "api"
  ingress:
  - action: Allow
`,
  right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: web}
spec:
  selector: app in {"web", "api"}
  ingress:
  - action: Allow
`,
  kinds: SELECTING,
  *check(resource) {
    const namespace = namespaceOf(resource);
    for (const { text, path, of } of selectorsOf(resource, isOfInterest)) {
      if (isNothing(text)) {
        yield { path, value: text, message: 'can match nothing: its conditions exclude each other' };
        continue;
      }
      if (of === 'others' || !namespace) continue;
      const confined = both(selectorIn(text), withinNamespace(namespace));
      if (confined === undefined || !matchesNothing(confined)) continue;
      const advice = path.length > 2 ? ': use namespaceSelector for another one' : '';
      const message = `can match nothing: it looks in the policy's own namespace, "${namespace}", only${advice}`;
      yield { path, value: text, message };
    }
  },
};

export default rule;
