import { textIn } from '../../../core/json.ts';
import { counted } from '../../../core/words.ts';
import { type Cause, cause, listed, subjects } from '../cause.ts';
import type { Facts } from '../facts.ts';
import { seenValue } from '../seen.ts';

/** Whether the kinds are defined in Kubernetes as Calico's release defines them. */
export function* judgeDefinitions(facts: Facts): Generator<Cause> {
  const definitions = seenValue(facts.definitions);
  if (definitions === undefined) return;
  const { missing, other, group } = definitions;
  const recorded = textIn(seenValue(facts.information)?.spec['calicoVersion']).split('-')[0];
  // Another release has other kinds and fields, and its own definitions for them.
  const isOurs = recorded === '' || recorded === facts.clientVersion;
  const command = 'calicoctl datastore init --dry-run';
  if (missing.length > 0 && isOurs)
    yield cause('definition-missing', {
      subjects: subjects('CustomResourceDefinition', missing),
      message: `${counted(missing.length, 'kind')} of Calico ${missing.length === 1 ? 'is' : 'are'} not defined in the cluster: ${listed(missing.map((name) => name.split('.')[0]!))}`,
      evidence: { group },
      advice: 'Install the definitions: `calicoctl datastore init` shows what it adds, and asks.',
      command,
    });
  if (other.length > 0 && isOurs)
    yield cause('definition-other', {
      subjects: subjects(
        'CustomResourceDefinition',
        other.map(({ name }) => name),
      ),
      message: `${counted(other.length, 'kind')} of Calico ${other.length === 1 ? 'is' : 'are'} defined otherwise than ${facts.clientVersion} does: ${listed(other.map(({ name, newer }) => `${name.split('.')[0]}${newer ? ' (with fields unknown here)' : ''}`))}`,
      evidence: { group, newer: other.filter(({ newer }) => newer).map(({ name }) => name) },
      advice: 'See the differences; fields that the cluster does not know are dropped silently.',
      command,
    });
}
