import { counted } from '../core/words.ts';
import { decode } from './decode.ts';
import { FORMATS } from './formats.ts';
import { mapValues, type Shape } from './jsonschema.ts';
import { patternFault } from './patterns.ts';
import { requiredFields } from './required.ts';
import { annotationOf, type Schema } from './schema.ts';

/** One field of a kind as documentation shows it. */
export interface FieldDescription {
  /** `spec.ingress[].action` */
  readonly path: string;
  readonly type: string;
  readonly doc: string;
  readonly required: boolean;
  /** Limits in words, e.g. `0 to 128`; empty where there are none. */
  readonly limits: string;
  /** What texts have to look like, with an example. */
  readonly form?: string;
  /** In what numbers and durations count. */
  readonly unit?: string;
  /** Written when the field is absent. */
  readonly default?: unknown;
  /** Assumed by components when the field is absent; not written. */
  readonly assumed?: string;
  /** What to use instead, of a field that should not be used any more. */
  readonly deprecated?: string;
}

/** Every field below a schema, parents before children, in declared order. */
export function describeFields(schema: Schema, path: string): readonly FieldDescription[] {
  return childFields(schema, path).flatMap(({ path: at, schema: field, required }) => [
    describeField(field, at, required),
    ...describeFields(field, at),
  ]);
}

/** A field and where it stands: `[]` follows a list, `KEY` stands for the keys of a map. */
export interface ChildField {
  readonly name: string;
  readonly path: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/** The fields of an object, of a list's items, of a map's values. */
export function childFields(schema: Schema, path: string): readonly ChildField[] {
  const { items, properties } = schema as Shape;
  if (items !== undefined) return childFields(items as Schema, `${path}[]`);
  const values = mapValues(schema as Shape);
  if (values !== undefined) return childFields(values, `${path}.KEY`);
  if (properties === undefined) return [];
  const required = requiredFields(schema);
  return Object.entries(properties).map(([name, field]) => ({
    ...{ name, schema: field },
    path: path === '' ? name : `${path}.${name}`,
    required: required.includes(name),
  }));
}

export function describeField(schema: Schema, path: string, required: boolean): FieldDescription {
  const shape = schema as Shape;
  const { doc, assumed } = annotationOf(schema);
  const optional = {
    form: formInWords(shape.items ?? shape),
    unit: unitOf(schema, path),
    default: writtenDefault(schema),
    assumed,
    deprecated: deprecationOf(schema),
  };
  const known = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { path, type: typeOf(shape), doc, required, limits: limitsOf(shape), ...known };
}

/**
 * What is written of a field that is not given. A field that is always written is written empty: what the API server would
 * fill in for it, it never has to.
 */
export function writtenDefault(schema: Schema): unknown {
  const { default: declared } = schema as Shape;
  if (declared === undefined || annotationOf(schema).presence !== 'always') return declared;
  return decode(schema, undefined, [], { unknown: 'keep' }).value;
}

/** What is to be said of a field that should not be used any more; undefined of all others. */
export function deprecationOf(schema: Schema): string | undefined {
  const { doc } = annotationOf(schema);
  return doc.startsWith('Obsolete') ? doc : undefined;
}

function typeOf(shape: Shape): string {
  const { form } = annotationOf(shape as Schema);
  if (shape.items !== undefined) return `list of ${typeOf(shape.items)}`;
  if (shape.properties !== undefined) return 'object';
  if (shape.patternProperties !== undefined) return 'map';
  if (form === 'float') return 'number';
  if (form === 'intOrString') return 'integer or text';
  if (form !== undefined && !/int/.test(form)) return form;
  if (shape.type === 'string') return shape.format ?? 'text';
  return shape.type ?? (form === 'uint64' ? 'integer' : (form ?? 'any'));
}

const WIDTHS: Readonly<Record<string, readonly [number, number]>> = {
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 4294967295],
};

function limitsOf(shape: Shape): string {
  const words = shape.enum ?? shape.items?.enum;
  const [least, greatest] = WIDTHS[annotationOf(shape as Schema).form ?? ''] ?? [];
  const { minimum = least, maximum = greatest, maxLength, minItems, maxItems } = shape;
  const { minProperties, maxProperties } = shape;
  return [
    words === undefined ? '' : words.join(', '),
    minimum === undefined && maximum === undefined ? '' : `${minimum ?? '…'} to ${maximum ?? '…'}`,
    maxLength === undefined ? '' : `at most ${maxLength} characters`,
    minItems === undefined ? '' : `at least ${counted(minItems, 'item')}`,
    maxItems === undefined ? '' : `at most ${counted(maxItems, 'item')}`,
    minProperties === undefined ? '' : `at least ${counted(minProperties, 'field')}`,
    maxProperties === undefined ? '' : `at most ${counted(maxProperties, 'field')}`,
  ]
    .filter((text) => text !== '')
    .join('; ');
}

/** What the messages of faults say is missing, as what is wanted. */
const WANTED: readonly (readonly [message: RegExp, wanted: string])[] = [
  [/^is not supported: use (.+)$/, '$1'],
  [/^is not an? \w+: use (.+)$/, '$1'],
  [/^is neither (.+?) nor (.+)$/, '$1 or $2'],
  [/^is not (.+?), nor (.+)$/, '$1, or $2'],
  [/^is not ((?:a|an|the|one) .+)$/, '$1'],
  [/^.+: use (.+)$/, '$1'],
];

function formInWords({ pattern, format }: Shape): string | undefined {
  if (pattern === undefined && format === undefined) return undefined;
  const message = pattern === undefined ? FORMATS[format!]?.message : patternFault(pattern).message;
  for (const [found, wanted] of WANTED)
    if (message !== undefined && found.test(message)) return message.replace(found, wanted);
  return pattern === undefined ? undefined : `text that matches ${pattern}`;
}

/** Units as declarations say them: in a name, at the beginning of the sentence, or behind "in". */
function unitOf(schema: Schema, path: string): string | undefined {
  const { form, doc } = annotationOf(schema);
  // Where there is a pattern, what is told of the form names those units that it takes.
  if (form === 'duration')
    return (schema as Shape).pattern === undefined
      ? 'given behind the number: h, m, s, ms, us or ns, such as 1m30s'
      : undefined;
  if (!['integer', 'number'].includes((schema as Shape).type ?? '')) return undefined;
  const said =
    /\bin (bits|bytes|seconds|milliseconds|minutes|megabytes|percent|hops|packets|connections)\b/i.exec(
      doc,
    )?.[1] ??
    /^(bits|bytes|packets|connections|lines)(?= (above|at|from|that|towards)\b| a second)( a second)?/i.exec(
      doc,
    )?.[0];
  if (said !== undefined) return said.toLowerCase();
  if (/Seconds$/.test(path)) return 'seconds';
  if (/Mi?B$/.test(path)) return 'megabytes';
  return /MTU(V6)?$/.test(path) ? 'bytes' : undefined;
}
