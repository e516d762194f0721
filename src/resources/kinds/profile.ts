import { defineKind, type Rule } from '../kind.ts';
import { labelFaults } from '../names.ts';
import { packetRules } from '../parts/policy/packetrules.ts';
import { profileRule } from '../parts/policy/rule.ts';
import { list, map, object, text } from '../schema.ts';
import { foldSelectors } from '../selectorfields.ts';

const validLabels: Rule<{ readonly labelsToApply?: Readonly<Record<string, string>> }> = {
  id: 'CAL1300',
  doc: 'Labels to apply are valid labels.',
  check: ({ spec }) => labelFaults(spec.labelsToApply ?? {}, ['spec', 'labelsToApply']),
};

const spec = object({
  ingress: list(profileRule, 'Rules for packets towards endpoints, looked at after all policies.'),
  egress: list(profileRule, 'Rules for packets from endpoints, looked at after all policies.'),
  labelsToApply: map(text('Value.'), 'Labels that endpoints with this profile have on top of their own.'),
});

export default defineKind({
  kind: 'Profile',
  plural: 'profiles',
  aliases: ['pro', 'pros'],
  scope: 'cluster',
  doc: 'Labels and rules for endpoints that name it, such as all of a namespace or of a service account.',
  spec,
  columns: {
    NAME: (profile) => profile.metadata.name,
    LABELS: ({ spec: { labelsToApply = {} } }) =>
      Object.keys(labelsToApply)
        .sort()
        .map((key) => `${key}=${labelsToApply[key]}`)
        .join(','),
  },
  narrow: ['NAME'],
  wide: ['NAME', 'LABELS'],
  defaults: (profile) => foldSelectors(spec, profile),
  rules: [validLabels, ...packetRules],
});
