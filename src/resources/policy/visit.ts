import type { FieldPath } from '../../core/errors.ts';
import type { Fault, Resource, Rule } from '../kind.ts';
import type { EntityValue, RuleValue } from './rule.ts';

/** Whatever has rules: a policy of any kind, or a profile. */
export interface WithRules {
  readonly ingress?: readonly RuleValue[];
  readonly egress?: readonly RuleValue[];
}

export type Direction = 'ingress' | 'egress';

/** A rule and where it stands. */
export interface RuleAt {
  readonly rule: RuleValue;
  readonly direction: Direction;
  readonly path: FieldPath;
}

/** One end of a rule and where it stands. */
export interface EntityAt {
  readonly entity: EntityValue;
  readonly side: 'source' | 'destination';
  readonly path: FieldPath;
}

/** Every rule, ingress first. */
export function* rulesOf({ spec }: Resource<WithRules>): Iterable<RuleAt> {
  for (const direction of ['ingress', 'egress'] as const)
    for (const [index, rule] of (spec[direction] ?? []).entries())
      yield { rule, direction, path: ['spec', direction, index] };
}

/** The ends of a rule that it says something about. */
export function* endsOf({ rule, path }: RuleAt): Iterable<EntityAt> {
  for (const side of ['source', 'destination'] as const) {
    const entity = rule[side];
    if (entity !== undefined) yield { entity, side, path: [...path, side] };
  }
}

/** A rule of kinds that holds for every policy rule by itself. */
export function forEachRule(
  id: string,
  doc: string,
  check: (at: RuleAt) => Iterable<Fault>,
): Rule<WithRules> {
  return {
    id,
    doc,
    *check(resource) {
      for (const at of rulesOf(resource)) yield* check(at);
    },
  };
}

/** A rule of kinds that holds for either end of every policy rule by itself. */
export function forEachEnd(
  id: string,
  doc: string,
  check: (end: EntityAt, at: RuleAt) => Iterable<Fault>,
): Rule<WithRules> {
  return forEachRule(id, doc, function* (at) {
    for (const end of endsOf(at)) yield* check(end, at);
  });
}

/** A rule of kinds about the spec as a whole; `faultOf` says what is wrong, if anything. */
export function forSpec<Spec>(id: string, doc: string, faultOf: (spec: Spec) => Iterable<Fault>): Rule<Spec> {
  return { id, doc, check: ({ spec }) => faultOf(spec) };
}

/** The positions of values that stood in the list before. */
export function* repeated<T>(values: readonly T[]): Iterable<[index: number, value: T]> {
  const seen = new Set<T>();
  for (const [index, value] of values.entries()) {
    if (seen.has(value)) yield [index, value];
    seen.add(value);
  }
}
