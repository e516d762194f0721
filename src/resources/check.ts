import * as Format from 'typebox/format';
import { Compile, Errors } from 'typebox/schema';
import type { FieldPath, Problem } from '../core/errors.ts';
import { FORMATS } from './formats.ts';
import type { Fault, Kind, Resource } from './kind.ts';
import { metadataFaults } from './names.ts';
import type { Schema } from './schema.ts';
import { explainSchemaError, type SchemaError } from './schemafault.ts';
import { foldSelectors } from './selectorfields.ts';
import { KEYWORDS, METADATA } from './structure.ts';

/** Checks the structure of decoded resources: ranges, words, lengths, formats (the schema), then the kind's rules. */

for (const [name, { test }] of Object.entries(FORMATS)) Format.Set(name, test);

/** Compiling a schema takes longer than interpreting it until about so many resources have been checked. */
const COMPILE_AFTER = 30;

interface Checker {
  uses: number;
  check?: (value: unknown) => boolean;
}

const checkers = new WeakMap<Schema, Checker>();

function passes(schema: Schema, value: unknown): boolean {
  let checker = checkers.get(schema);
  if (checker === undefined) {
    checker = { uses: 0 };
    checkers.set(schema, checker);
  }
  if (++checker.uses < COMPILE_AFTER) return false;
  if (checker.check === undefined) {
    const compiled = Compile(schema);
    checker.check = (candidate) => compiled.Check(candidate);
  }
  return checker.check(value);
}

/**
 * Everything wrong with a resource that can be known without a datastore. `validate` leaves out the rules that only
 * guard writes.
 */
export function check(
  kind: Kind,
  resource: Resource,
  purpose: 'write' | 'validate' = 'write',
): readonly Problem[] {
  const problems: Problem[] = [
    ...metadataFaults(kind, resource.metadata),
    ...checkSchema(kind.spec, resource.spec, ['spec']),
    ...(kind.status !== undefined && resource.status !== undefined
      ? checkSchema(kind.status, resource.status, ['status'])
      : []),
  ];
  for (const rule of kind.rules)
    if (purpose === 'write' || !rule.onWrite)
      for (const fault of rule.check(resource)) problems.push({ ...fault, rule: rule.id });
  return problems;
}

/**
 * What is wrong with single values of a resource beside what `known` tells: that part of it could not be read. What
 * may follow from that is left out: that a field is missing, and all that takes several fields.
 */
export function checkReadable(kind: Kind, resource: Resource, known: readonly Fault[]): readonly Problem[] {
  const { metadata, spec } = foldSelectors(kind.spec, resource);
  const all = [...metadataFaults(kind, metadata), ...checkSchema(kind.spec, spec, ['spec'])];
  const isNew = ({ path }: Fault) =>
    !known.some((other) => isWithin(path, other.path) || isWithin(other.path, path));
  return all.filter(
    (fault) => fault.rule !== KEYWORDS.required.id && fault.rule !== METADATA.nameRequired.id && isNew(fault),
  );
}

function isWithin(path: FieldPath, base: FieldPath): boolean {
  return base.every((key, index) => path[index] === key);
}

/** What an update may not change, and changes. */
export function checkUpdate(kind: Kind, resource: Resource, stored: Resource): readonly Problem[] {
  const problems: Problem[] = [];
  for (const rule of kind.updateRules)
    for (const fault of rule.check(resource, stored)) problems.push({ ...fault, rule: rule.id });
  return problems;
}

function checkSchema(schema: Schema, value: unknown, base: FieldPath): Problem[] {
  if (passes(schema, value)) return [];
  const [ok, errors] = Errors(schema, value);
  if (ok) return [];
  const of = { schema, root: value, base };
  return errors.flatMap((error) => explainSchemaError(error as unknown as SchemaError, of));
}
