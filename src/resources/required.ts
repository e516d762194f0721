import { Check } from 'typebox/schema';
import { check } from './check.ts';
import { decode } from './decode.ts';
import type { Shape } from './jsonschema.ts';
import { API_VERSION, type Kind } from './kind.ts';
import type { Schema } from './schema.ts';

/** Fields of an object that have to be given: where they are not, their zero value is refused, or there is none. */
export function requiredFields(schema: Schema): readonly string[] {
  const { properties = {}, required = [] } = schema as Shape;
  const zero = (decode(schema, {}, [], { unknown: 'keep' }).value ?? {}) as Readonly<Record<string, unknown>>;
  return Object.keys(properties).filter((name) =>
    zero[name] === undefined ? required.includes(name) : !Check(properties[name]!, zero[name]),
  );
}

/** The same of a kind's spec, whose rules may require further fields. */
export function requiredInSpec(kind: Kind): readonly string[] {
  const { properties = {} } = kind.spec as Shape;
  const spec = (decode(kind.spec, {}, [], { unknown: 'keep' }).value ?? {}) as Record<string, unknown>;
  const faults = check(
    kind,
    { apiVersion: API_VERSION, kind: kind.kind, metadata: { name: 'x' }, spec: spec as never },
    'validate',
  );
  const byRule = faults
    .filter(
      ({ path, message }) => path.length === 2 && path[0] === 'spec' && message.startsWith('is required'),
    )
    .map(({ path }) => path[1]);
  const declared = requiredFields(kind.spec);
  return Object.keys(properties).filter((name) => declared.includes(name) || byRule.includes(name));
}
