import type { FieldPath } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import { fieldsWith } from '../../resources/below.ts';
import type { Fault } from '../../resources/kind.ts';
import { repeated } from '../../resources/parts/policy/visit.ts';
import { annotationOf, type Schema } from '../../resources/schema.ts';
import type { LintRule } from '../rule.ts';

const isSet = (schema: Schema) => annotationOf(schema)?.set === true;
const fieldsWithSets = fieldsWith(isSet);

/** Of these lists the rules of the kinds say it. */
const CHECKED: readonly string[] = ['types', 'performanceHints', 'classes'];

/** Whether there is any, which takes less time than to say where. */
function hasRepeated(schema: Schema, value: unknown): boolean {
  if (!isObject(value)) return false;
  for (const [name, field] of fieldsWithSets(schema)) {
    const below = value[name];
    if (below === undefined || CHECKED.includes(name)) continue;
    if (!Array.isArray(below)) {
      if (hasRepeated(field, below)) return true;
      continue;
    }
    if (below.length > 1 && isSet(field) && new Set(below).size < below.length) return true;
    const { items } = field as { readonly items?: Schema };
    if (items !== undefined && typeof below[0] === 'object')
      for (const item of below) if (hasRepeated(items, item)) return true;
  }
  return false;
}

function* faultsIn(schema: Schema, value: unknown, path: FieldPath): Iterable<Fault> {
  if (!isObject(value)) return;
  for (const [name, field] of fieldsWithSets(schema)) {
    const below = value[name];
    if (below === undefined || CHECKED.includes(name)) continue;
    if (Array.isArray(below)) yield* faultsInList(field, below, [...path, name]);
    else yield* faultsIn(field, below, [...path, name]);
  }
}

function* faultsInList(schema: Schema, list: readonly unknown[], path: FieldPath): Iterable<Fault> {
  if (list.length > 1 && isSet(schema))
    for (const [index, value] of repeated(list))
      yield {
        path: [...path, index],
        value,
        message: 'is named twice in a list that has each item once: the API server refuses that',
      };
  const { items } = schema as { readonly items?: Schema };
  if (items === undefined) return;
  for (let index = 0; index < list.length; index++) yield* faultsIn(items, list[index], [...path, index]);
}

const rule: LintRule = {
  id: 'CAL2010',
  doc: 'A list that stands for a set has each item once.',
  why: 'The API server of Kubernetes refuses an object with such a list, although it passes in etcd.',
  wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkSet
metadata: {name: offices}
spec:
  nets: [10.1.0.0/16, 10.2.0.0/16, 10.1.0.0/16]
`,
  right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkSet
metadata: {name: offices}
spec:
  nets: [10.1.0.0/16, 10.2.0.0/16]
`,
  // Kinds without a definition, which API servers know nothing of, have no such lists for them.
  check: ({ spec }, kind) =>
    kind.definition !== undefined && hasRepeated(kind.spec, spec) ? faultsIn(kind.spec, spec, ['spec']) : [],
};

export default rule;
