import { formatFloat, NIL } from '../columns.ts';
import { defineKind, type Resource, type Rule } from '../kind.ts';
import { tierName } from '../names.ts';
import { conditions } from '../parts/conditions.ts';
import { tierValidations } from '../parts/tiercel.ts';
import { BUILT_IN_TIERS } from '../parts/tiers.ts';
import { float, object, oneOf } from '../schema.ts';

/** A tier that does not say is as the tier `default`. */
const { order: DEFAULT_ORDER, defaultAction: DEFAULT_ACTION } = BUILT_IN_TIERS['default']!;

interface TierSpec {
  order?: number;
  defaultAction?: 'Pass' | 'Deny';
}

function withDefaults<Spec extends TierSpec>(tier: Resource<Spec>): Resource<Spec> {
  const { order = DEFAULT_ORDER, defaultAction = DEFAULT_ACTION } = tier.spec;
  return { ...tier, spec: { ...tier.spec, order, defaultAction } };
}

const builtInTiers: Rule<TierSpec> = {
  id: 'CAL1320',
  doc: 'The tiers default, kube-admin and kube-baseline keep their order and their default action.',
  *check({ metadata, spec }) {
    const fixed = Object.hasOwn(BUILT_IN_TIERS, metadata.name) ? BUILT_IN_TIERS[metadata.name] : undefined;
    if (fixed === undefined) return;
    const tier = `in the built-in tier '${metadata.name}'`;
    if (spec.defaultAction !== fixed.defaultAction)
      yield {
        path: ['spec', 'defaultAction'],
        value: spec.defaultAction,
        message: `must be '${fixed.defaultAction}' ${tier}`,
      };
    if (spec.order !== fixed.order)
      yield { path: ['spec', 'order'], value: spec.order, message: `must be ${fixed.order} ${tier}` };
  },
};

export default defineKind({
  kind: 'Tier',
  plural: 'tiers',
  scope: 'cluster',
  doc: 'A group of policies that is looked at as a whole, before or after other groups.',
  definition: {
    complete: true,
    columns: [
      ['Order', 'integer', '.spec.order'],
      ['DefaultAction', 'string', '.spec.defaultAction'],
      ['Status', 'string', ".status.conditions[?(@.type=='Ready')].reason"],
    ],
    cel: tierValidations,
  },
  spec: object({
    order: float('Place among the tiers: lower goes first.', { presence: 'pointer', assumed: '1000000' }),
    defaultAction: oneOf(
      ['Pass', 'Deny'],
      'What becomes of a packet that no policy of the tier decides on.',
      {
        default: 'Deny',
        presence: 'pointer',
        // The definition says it twice: the actions of rules, and those of them that tiers have.
        crd: {
          enum: undefined,
          allOf: [{ enum: ['Allow', 'Deny', 'Log', 'Pass'] }, { enum: ['Pass', 'Deny'] }],
        },
      },
    ),
  }),
  status: object(
    { conditions: conditions('What Calico observed about the tier.') },
    'What Calico observed.',
    {
      presence: 'always',
    },
  ),
  columns: {
    NAME: (tier) => tier.metadata.name,
    ORDER: (tier) => (tier.spec.order === undefined ? NIL : formatFloat(tier.spec.order)),
  },
  narrow: ['NAME', 'ORDER'],
  sort: (a, b) => (a.spec.order ?? DEFAULT_ORDER) - (b.spec.order ?? DEFAULT_ORDER),
  defaults: withDefaults,
  readDefaults: withDefaults,
  rules: [tierName, builtInTiers],
});
