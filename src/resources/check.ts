import * as Format from 'typebox/format';
import { Compile, Errors } from 'typebox/schema';
import type { FieldPath, Problem } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import { FORMATS } from './formats.ts';
import type { Kind, Resource } from './kind.ts';
import { metadataFaults } from './names.ts';
import { patternMessage } from './patterns.ts';
import type { Schema } from './schema.ts';

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
      for (const fault of rule.check(resource)) problems.push({ rule: rule.id, ...fault });
  return problems;
}

/** What an update may not change, and changes. */
export function checkUpdate(kind: Kind, resource: Resource, stored: Resource): readonly Problem[] {
  const problems: Problem[] = [];
  for (const rule of kind.updateRules)
    for (const fault of rule.check(resource, stored)) problems.push({ rule: rule.id, ...fault });
  return problems;
}

function checkSchema(schema: Schema, value: unknown, base: FieldPath): Problem[] {
  if (passes(schema, value)) return [];
  const [ok, errors] = Errors(schema, value);
  if (ok) return [];
  return errors.flatMap((error) => explain(error as unknown as SchemaError, value, base));
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
}

function explain(error: SchemaError, root: unknown, base: FieldPath): Problem[] {
  const below = pointerToPath(error.instancePath, root);
  const path = [...base, ...below];
  if (error.keyword === 'required') {
    const missing = error.params['requiredProperties'] as readonly string[];
    return missing.map((name) => ({ path: [...path, name], message: 'is required' }));
  }
  const value = valueAt(root, below);
  const message = words(error, value);
  // Go writes an absent field that is always written as its zero value: the user did not give it.
  if (value === undefined || value === null) return [{ path, message: 'has to be given' }];
  if (value === '') return [{ path, message: `has to be given: "" ${message}` }];
  return [{ path, value, message }];
}

function words({ keyword, params, message }: SchemaError, value: unknown): string {
  switch (keyword) {
    case 'enum': {
      const allowed = params['allowedValues'] as readonly string[];
      const list = allowed.map((word) => `"${word}"`).join(', ');
      return `is not supported: use one of ${list}${typeof value === 'string' ? didYouMean(value, allowed) : ''}`;
    }
    case 'minimum':
      return `is less than the least value, ${params['limit']}`;
    case 'maximum':
      return `is more than the greatest value, ${params['limit']}`;
    case 'maxLength':
      return `is longer than ${params['limit']} characters`;
    case 'minItems':
      return `has fewer than ${params['limit']} items`;
    case 'maxItems':
      return `has more than ${params['limit']} items`;
    case 'minProperties':
    case 'maxProperties':
      return `has to have ${params['limit']} field${params['limit'] === 1 ? '' : 's'}`;
    case 'format':
      return formatMessage(params['format'] as string, value) ?? message;
    case 'pattern':
      return patternMessage(String(params['pattern']));
    default:
      return message;
  }
}

function formatMessage(name: string, value: unknown): string | undefined {
  const format = FORMATS[name];
  return format?.explain?.(String(value)) ?? format?.message;
}

function pointerToPath(pointer: string, root: unknown): FieldPath {
  let at: unknown = root;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const step = Array.isArray(at) ? Number(key) : key;
      at = (at as Record<string | number, unknown> | undefined)?.[step];
      return step;
    });
}

function valueAt(root: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], root);
}
