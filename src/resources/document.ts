import type { Problem } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import { fieldsWith } from './below.ts';
import { decode } from './decode.ts';
import type { Shape } from './jsonschema.ts';
import type { Kind, Resource } from './kind.ts';
import { metadataSchema } from './metadata.ts';
import { annotationOf, object, type Schema, text } from './schema.ts';

const documents = new WeakMap<Kind, Schema>();

/** The schema of a whole document of a kind, fields in the order in which they are stored. */
export function documentSchema(kind: Kind): Schema {
  let schema = documents.get(kind);
  if (schema === undefined) {
    schema = object({
      kind: text('The kind.', { presence: 'always' }),
      apiVersion: text('Group and version.', { presence: 'always' }),
      metadata: metadataSchema,
      spec: alwaysWritten(kind.spec),
      ...(kind.status === undefined ? {} : { status: kind.status }),
    }) as Schema;
    documents.set(kind, schema);
  }
  return schema;
}

/** `spec` is written even when it is empty, whatever its declaration says of itself. */
function alwaysWritten(spec: Schema): Schema {
  if (annotationOf(spec).presence === 'always') return spec;
  const { properties } = spec as { properties?: Record<string, Schema> };
  return object(properties ?? {}, annotationOf(spec).doc, { presence: 'always' }) as Schema;
}

/** A document as users write it: unknown fields are problems. */
export function decodeDocument(
  kind: Kind,
  value: unknown,
): { resource: Resource; problems: readonly Problem[] } {
  return decodeAs(kind, value, 'refuse');
}

/** A document as it is stored: unknown fields are kept, behind the known ones. */
export function decodeStored(
  kind: Kind,
  value: unknown,
): { resource: Resource; problems: readonly Problem[] } {
  return decodeAs(kind, value, 'keep');
}

/** Specs in normal form, with the schema that they are in the form of. Resources do not change, so they stay in it. */
const normalSpecs = new WeakMap<object, Schema>();

function decodeAs(kind: Kind, value: unknown, unknown: 'refuse' | 'keep') {
  const decoded = decode(documentSchema(kind), value, [], { unknown });
  const resource = complete(decoded.value);
  if (decoded.problems.length === 0) normalSpecs.set(resource.spec, kind.spec);
  return { resource, problems: decoded.problems };
}

/** The resource with its fields in stored order and empty ones left out; what is written must have passed through here. */
export function canonical(kind: Kind, resource: Resource): Resource {
  const { spec } = resource;
  if (normalSpecs.get(spec) !== kind.spec) return decodeStored(kind, resource).resource;
  // By far the largest part needs no second reading: an object is brought into normal form several times on its way.
  const rest = decode(documentSchema(kind), { ...resource, spec: undefined }, [], { unknown: 'keep' });
  return { ...complete(rest.value), spec };
}

function complete(value: unknown): Resource {
  const resource = value as Partial<Resource>;
  resource.metadata ??= { name: '' };
  resource.metadata.name ??= '';
  resource.spec ??= {};
  return resource as Resource;
}

/** Fills in the `default`s of a schema for absent fields, below objects and list items that are there. */
export function withSchemaDefaults<T>(schema: Schema, value: T): T {
  return fill(schema as Shape, value) as T;
}

const defaultedFields = fieldsWith((schema) => (schema as Shape).default !== undefined);

function fill(shape: Shape, value: unknown): unknown {
  if (Array.isArray(value) && shape.items !== undefined) {
    const items = shape.items;
    const filled = value.map((item) => fill(items, item));
    return filled.every((item, index) => item === value[index]) ? value : filled;
  }
  if (!isObject(value)) return value;
  let result = value;
  for (const [name, schema] of defaultedFields(shape as Schema)) {
    const field = schema as Shape;
    const old = value[name] ?? structuredCloneOf(field.default);
    const next = old === undefined ? undefined : fill(field, old);
    if (next !== value[name]) result = { ...result, [name]: next };
  }
  return result;
}

function structuredCloneOf(value: unknown): unknown {
  return typeof value === 'object' ? structuredClone(value) : value;
}

/**
 * `next` with the fields of `stored` that this program does not know, wherever both have the object they stand in:
 * users cannot name such fields in a manifest, so their absence there says nothing.
 */
export function keepUnknownFields(kind: Kind, stored: Resource, next: Resource): Resource {
  return carry(documentSchema(kind) as Shape, stored, next) as Resource;
}

function carry(shape: Shape, stored: unknown, next: unknown): unknown {
  if (!isObject(stored) || !isObject(next) || shape.properties === undefined) return next;
  let result = next;
  for (const key of Object.keys(stored)) {
    const field = shape.properties[key];
    const value = field === undefined ? (next[key] ?? stored[key]) : carry(field, stored[key], next[key]);
    if (value !== next[key]) result = { ...result, [key]: value };
  }
  return result;
}
