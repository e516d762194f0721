import { didYouMean } from '../../core/suggest.ts';
import { IGNORABLE } from '../ids.ts';
import type { LintRule } from '../rule.ts';
import { IGNORE_ANNOTATION, idsIn, ignorableBy } from '../suppression.ts';

const rule: LintRule = {
  id: 'CAL2011',
  doc: 'The annotation that hides warnings names rules that warn.',
  why: 'An id that is not one of a warning hides nothing: it is misspelled, or that of an error, and errors cannot be hidden.',
  wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: web
  annotations:
    lint.calicoctl.projectcalico.org/ignore: CAL1110
spec:
  ingress:
  - action: Allow
`,
  right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: web
  annotations:
    lint.calicoctl.projectcalico.org/ignore: CAL2002
spec:
  ingress:
  - action: Allow
`,
  *check({ metadata: { annotations } }) {
    const text = annotations?.[IGNORE_ANNOTATION];
    if (text === undefined) return;
    for (const id of idsIn(text)) {
      if (ignorableBy(id).length > 0) continue;
      const message = `names ${id}, which is not the id of a warning${didYouMean(id, IGNORABLE)}`;
      yield { path: ['metadata', 'annotations', IGNORE_ANNOTATION], value: text, message };
    }
  },
};

export default rule;
