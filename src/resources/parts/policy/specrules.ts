import type { Fault, Rule } from '../../kind.ts';
import { forSpec, repeated } from './visit.ts';

/** What holds for the fields of a policy beside its rules. */

function* repeatedAt(field: string, values: readonly string[] | undefined): Iterable<Fault> {
  for (const [index, value] of repeated(values ?? []))
    yield { path: ['spec', field, index], value, message: 'is named twice' };
}

export const typesOnce = forSpec<{ types?: readonly string[] }>(
  'CAL1150',
  'Directions of a policy are named once.',
  (spec) => repeatedAt('types', spec.types),
);

export const hintsOnce = forSpec<{ performanceHints?: readonly string[] }>(
  'CAL1151',
  'Performance hints are named once.',
  (spec) => repeatedAt('performanceHints', spec.performanceHints),
);

const SELECTORS = ['selector', 'serviceAccountSelector', 'namespaceSelector'] as const;

export const noGlobal = forSpec<{ readonly [Field in (typeof SELECTORS)[number]]?: string }>(
  'CAL1152',
  'Selectors of a policy do not use global().',
  function* (spec) {
    for (const field of SELECTORS)
      if (spec[field]?.includes('global('))
        yield {
          path: ['spec', field],
          value: spec[field],
          message: 'uses global(), which is for namespaceSelector of rules only',
        };
  },
);

interface HostPolicy {
  readonly doNotTrack?: boolean;
  readonly preDNAT?: boolean;
  readonly applyOnForward?: boolean;
  readonly egress?: readonly unknown[];
  readonly types?: readonly string[];
}

export const hostPolicyRules: readonly Rule<HostPolicy>[] = [
  forSpec(
    'CAL1160',
    'A policy is applied before tracking or before address rewriting, not both.',
    function* (spec) {
      if (spec.doNotTrack && spec.preDNAT)
        yield {
          path: ['spec', 'preDNAT'],
          value: true,
          message: 'cannot be true together with doNotTrack: preDNAT and doNotTrack exclude each other',
        };
    },
  ),
  forSpec('CAL1161', 'Policies before tracking or address rewriting apply on forward.', function* (spec) {
    if ((spec.doNotTrack || spec.preDNAT) && !spec.applyOnForward)
      yield {
        path: ['spec', 'applyOnForward'],
        value: spec.applyOnForward,
        message: `must be true where ${spec.preDNAT ? 'preDNAT' : 'doNotTrack'} is true`,
      };
  }),
  forSpec('CAL1162', 'Policies before address rewriting have no egress rules.', function* (spec) {
    if (spec.preDNAT && spec.egress?.length)
      yield {
        path: ['spec', 'egress'],
        message: 'is not allowed where preDNAT is true: such a policy has ingress rules only',
      };
  }),
  forSpec('CAL1163', 'Policies before address rewriting have no egress direction.', function* (spec) {
    const index = spec.types?.indexOf('Egress') ?? -1;
    if (spec.preDNAT && index >= 0)
      yield {
        path: ['spec', 'types', index],
        value: 'Egress',
        message: 'is not allowed where preDNAT is true',
      };
  }),
];

/** For staged kinds: one that stands for a deletion says nothing but which policy it means. */
export function deletionIsBare(
  id: string,
  kept: readonly string[],
): Rule<{ readonly stagedAction?: string }> {
  return forSpec(
    id,
    'A staged policy with stagedAction Delete has nothing else in its spec but its tier.',
    function* (spec) {
      if (spec.stagedAction !== 'Delete') return;
      for (const [field, value] of Object.entries(spec))
        if (field !== 'stagedAction' && !kept.includes(field) && !isEmptyObject(value))
          yield {
            path: ['spec', field],
            value,
            message: 'is not allowed where stagedAction is Delete: a deletion has no other fields',
          };
    },
  );
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
