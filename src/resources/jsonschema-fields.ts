import type { JsonObject } from '../core/json.ts';
import { deprecationOf, writtenDefault } from './describe.ts';
import { FORMATS } from './formats.ts';
import { mapValues, type Shape } from './jsonschema.ts';
import { FORM_TEXTS, formatPattern } from './jsonschema-patterns.ts';
import { DSCP_NAMES } from './net/dscp.ts';
import { PROTOCOL_NAMES } from './net/protocol.ts';
import { patternFault } from './patterns.ts';
import { requiredFields } from './required.ts';
import { annotationOf, type Form, type Schema } from './schema.ts';

/**
 * The schema of a field as editors read it: what a user may write, where the schemas of kinds say what is stored. It
 * refuses nothing that `validate` accepts, but for other letter cases of names, null for what is not given, and
 * numbers and booleans given for text.
 */

export interface Writing {
  /** A structure that stands at several places may be written once and referred to; `make` writes it. */
  readonly refer: (schema: Schema, make: () => JsonObject) => JsonObject;
  /** Values that the field may have, where its declaration alone does not say enough. */
  readonly samples: (schema: Schema) => readonly unknown[];
}

const PLAIN: Writing = { refer: (_, make) => make(), samples: () => [] };

export function fieldSchema(schema: Schema, writing: Writing = PLAIN): JsonObject {
  const { doc, assumed } = annotationOf(schema);
  const deprecation = deprecationOf(schema);
  const beside = {
    description: [doc, assumed === undefined ? '' : `Taken for ${assumed} when absent.`]
      .filter((text) => text !== '')
      .join('\n'),
    default: writtenDefault(schema),
    deprecated: deprecation === undefined ? undefined : true,
    deprecationMessage: deprecation,
  };
  const value = writing.refer(schema, () => valueSchema(schema, writing));
  const samples = writing.samples(schema);
  return given({
    ...beside,
    description: beside.description || undefined,
    ...(samples.length > 0 && { examples: samples }),
    ...value,
  });
}

/** What the value may be, without what is said about the field. */
function valueSchema(schema: Schema, writing: Writing): JsonObject {
  const shape = schema as Shape;
  const { form } = annotationOf(schema);
  if (form !== undefined) return FORM_SCHEMAS[form](shape);
  if (shape.properties !== undefined) return objectSchema(schema, writing);
  const { maxItems, minimum, maximum, enum: words } = shape;
  if (shape.items !== undefined)
    return given({
      type: 'array',
      minItems: leastItems(schema),
      maxItems,
      items: fieldSchema(shape.items, writing),
    });
  const values = mapValues(shape);
  if (values !== undefined) return { type: 'object', additionalProperties: fieldSchema(values, writing) };
  if (shape.type === 'string') return textSchema(shape);
  return given({ type: shape.type, enum: words, minimum, maximum });
}

/** An empty list is left out, unless the field is always written: then it is none too few. */
function leastItems(schema: Schema): number | undefined {
  const { minItems = 0 } = schema as Shape;
  return minItems > 1 || annotationOf(schema).presence !== 'omitempty' ? minItems || undefined : undefined;
}

function objectSchema(schema: Schema, writing: Writing): JsonObject {
  const { properties = {}, minProperties, maxProperties } = schema as Shape;
  const required = requiredFields(schema);
  const fields = Object.entries(properties).map(([name, field]) => [name, fieldSchema(field, writing)]);
  return given({
    type: 'object',
    required: required.length === 0 ? undefined : required,
    minProperties,
    maxProperties,
    properties: Object.fromEntries(fields) as JsonObject,
    additionalProperties: false,
  });
}

function textSchema({ enum: words, pattern, format, maxLength }: Shape): JsonObject {
  if (words !== undefined) return { type: 'string', enum: words };
  if (pattern !== undefined) {
    const { message } = patternFault(pattern);
    const said = message.includes(pattern) ? undefined : sentence(message);
    return given({ type: 'string', maxLength, pattern, patternErrorMessage: said });
  }
  const known = format === undefined ? undefined : formatPattern(format);
  return given({
    type: 'string',
    maxLength,
    pattern: known,
    patternErrorMessage: known && sentence(FORMATS[format!]!.message),
    'x-calicoctl-format': format,
  });
}

/** Shown by editors in place of the expression. */
function sentence(message: string): string {
  return `The value ${message}.`;
}

type FormSchema = (limits: Shape) => JsonObject;

function ranged(least: number, greatest?: number): FormSchema {
  return ({ minimum = least, maximum = greatest, enum: words }) =>
    given({
      type: 'integer',
      enum: words,
      minimum: Math.max(least, minimum),
      maximum: maximum === undefined ? undefined : Math.min(greatest ?? maximum, maximum),
    });
}

/** A number, or a text of a form. */
function either(number: JsonObject, pattern: string, message: string): JsonObject {
  return { anyOf: [number, { type: 'string', pattern, patternErrorMessage: sentence(message) }] };
}

const INT32 = ranged(-2147483648, 2147483647);

const FORM_SCHEMAS: Readonly<Record<Form, FormSchema>> = {
  any: () => ({}),
  float: ({ minimum, maximum }) => given({ type: 'number', minimum, maximum }),
  int32: INT32,
  uint32: ranged(0, 4294967295),
  uint16: ranged(0, 65535),
  uint8: ranged(0, 255),
  // A greatest value beyond 2^53 would be another one once it is read.
  uint64: ranged(0),
  intOrString: (limits) => ({ anyOf: [INT32(limits), { type: 'string' }] }),
  port: (limits) => either(ranged(1, 65535)(limits), FORM_TEXTS.port, FORMATS['port']!.message),
  protocol: (limits) => ({
    anyOf: [
      { type: 'string', enum: PROTOCOL_NAMES },
      ranged(1, 255)(limits),
      { type: 'string', pattern: FORM_TEXTS.protocolNumber },
    ],
  }),
  asn: (limits) =>
    either(
      ranged(0, 4294967295)(limits),
      FORM_TEXTS.asn,
      'is not an AS number: use a number up to 4294967295, or "high.low" in quotes',
    ),
  // Not every field refuses what is no DSCP value.
  dscp: () => ({
    anyOf: [{ type: 'integer', minimum: 0, maximum: 255 }, { type: 'string' }],
    examples: Object.keys(DSCP_NAMES),
  }),
  duration: () => ({
    type: 'string',
    pattern: FORM_TEXTS.duration,
    patternErrorMessage: sentence('is not a duration such as "90s", "1m30s" or "500ms"'),
  }),
  time: () => ({
    anyOf: [{ type: 'string', pattern: FORM_TEXTS.time }, { type: 'null' }],
  }),
};

/** The object without the fields that are undefined. */
export function given(fields: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;
}
