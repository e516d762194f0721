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
  /** Written when the field is absent. */
  readonly default?: unknown;
  /** Assumed by components when the field is absent; not written. */
  readonly assumed?: string;
}

interface Shape {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly default?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Every field below a schema, parents before children, in declared order. */
export function describeFields(schema: Schema, path: string): readonly FieldDescription[] {
  return below(schema as Shape, path);
}

function below(shape: Shape, path: string): FieldDescription[] {
  if (shape.items !== undefined) return below(shape.items, `${path}[]`);
  const values = shape.patternProperties && Object.values(shape.patternProperties)[0];
  if (values !== undefined) return below(values, `${path}.KEY`);
  return Object.entries(shape.properties ?? {}).flatMap(([name, field]) => {
    const at = `${path}.${name}`;
    return [describe(field, at, shape.required?.includes(name) ?? false), ...below(field, at)];
  });
}

function describe(shape: Shape, path: string, required: boolean): FieldDescription {
  const { doc, assumed } = annotationOf(shape as Schema);
  return {
    path,
    type: typeOf(shape),
    doc,
    required,
    limits: limitsOf(shape),
    ...(shape.default === undefined ? {} : { default: shape.default }),
    ...(assumed === undefined ? {} : { assumed }),
  };
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
  if (form !== undefined && !/int/.test(form)) return form;
  if (shape.type === 'string') return shape.format ?? 'text';
  return shape.type ?? form ?? 'any';
}

function limitsOf(shape: Shape): string {
  const words = shape.enum ?? shape.items?.enum;
  const { minimum, maximum, maxLength, minItems, maxItems } = shape;
  return [
    words === undefined ? '' : words.join(', '),
    minimum === undefined && maximum === undefined ? '' : `${minimum ?? '…'} to ${maximum ?? '…'}`,
    maxLength === undefined ? '' : `at most ${maxLength} characters`,
    minItems === undefined ? '' : `at least ${minItems} items`,
    maxItems === undefined ? '' : `at most ${maxItems} items`,
  ]
    .filter((text) => text !== '')
    .join('; ');
}
