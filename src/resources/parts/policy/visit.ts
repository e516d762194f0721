import type { FieldPath } from '../../../core/errors.ts';
import type { Fault, Resource, Rule } from '../../kind.ts';
import type { EntityValue, RuleValue } from './rule.ts';

/** Whatever has rules: a policy of any kind, or a profile. */
export interface WithRules {
  readonly ingress?: readonly RuleValue[];
  readonly egress?: readonly RuleValue[];
}

export const DIRECTIONS = ['ingress', 'egress'] as const;
export const SIDES = ['source', 'destination'] as const;

export type Direction = (typeof DIRECTIONS)[number];

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

/** A dozen checks of one object ask for the same rules and their ends, one after the other: the last ones are kept. */
let last: { readonly spec: WithRules; readonly rules: readonly RuleAt[] } | undefined;
const ends = new WeakMap<RuleAt, readonly EntityAt[]>();

/** Every rule, ingress first. */
export function rulesOf({ spec }: Resource<WithRules>): readonly RuleAt[] {
  if (last?.spec !== spec) {
    const rules = DIRECTIONS.flatMap((direction) =>
      (spec[direction] ?? []).map(
        (rule, index): RuleAt => ({ rule, direction, path: ['spec', direction, index] }),
      ),
    );
    last = { spec, rules };
  }
  return last.rules;
}

/** The ends of a rule that it says something about. */
export function endsOf(at: RuleAt): readonly EntityAt[] {
  let found = ends.get(at);
  if (found === undefined) {
    found = SIDES.flatMap((side) => {
      const entity = at.rule[side];
      return entity === undefined ? [] : [{ entity, side, path: [...at.path, side] }];
    });
    ends.set(at, found);
  }
  return found;
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
