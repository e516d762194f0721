import type { JsonObject } from '../core/json.ts';
import type { Validation } from './cel.ts';
import type { DefinitionGroup } from './definition.ts';
import type { Shape } from './jsonschema.ts';
import { type Annotation, annotationOf, type Form, type Schema } from './schema.ts';

/** The schema of a field as Calico's custom resource definitions have it: OpenAPI v3 with CEL. */

const INT_OR_STRING = {
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  'x-kubernetes-int-or-string': true,
};

/** How the value forms appear there; the rest of their limits is checked by clients. */
const FORMS: Readonly<Partial<Record<Form, JsonObject>>> = {
  port: { ...INT_OR_STRING, pattern: '^.*' },
  protocol: { ...INT_OR_STRING, pattern: '^.*' },
  dscp: { ...INT_OR_STRING, pattern: '^.*' },
  intOrString: INT_OR_STRING,
  asn: { type: 'integer', format: 'int32' },
  uint64: { type: 'integer', format: 'int64' },
  time: { type: 'string', format: 'date-time' },
  any: {},
};

const INT32_FORMS: readonly (Form | undefined)[] = ['int32', 'uint32'];

/** Formats that Kubernetes knows; the others are this program's. */
const FORMATS: readonly unknown[] = ['cidr', 'date-time'];

const LIMITS = [
  'minimum',
  'maximum',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
] as const;

export interface SchemaOptions {
  readonly group: DefinitionGroup;
  /** The sentence of a rule by its id; without them the schema has no CEL. */
  readonly sentences?: ReadonlyMap<string, string>;
}

/** The OpenAPI schema; fields in alphabetical order, as in the definitions that Calico ships. */
export function crdSchema(
  schema: Schema,
  options: SchemaOptions = { group: 'projectcalico.org' },
): JsonObject {
  const shape = schema as Shape;
  const annotation = annotationOf(schema);
  const whole = {
    description: annotation.doc === '' ? undefined : annotation.doc,
    ...own(shape, annotation),
    default: shape.default,
    items: shape.items && crdSchema(shape.items, options),
    properties: shape.properties && propertiesOf(shape.properties, options),
    required: shape.required?.length ? [...shape.required].sort() : undefined,
    additionalProperties:
      shape.patternProperties && crdSchema(Object.values(shape.patternProperties)[0]!, options),
    'x-kubernetes-list-type': annotation.set ? 'set' : undefined,
    'x-kubernetes-validations': annotation.cel && crdValidations(annotation.cel, options.sentences),
    ...annotation.crd,
    ...(options.group === 'crd.projectcalico.org' ? annotation.crdV1 : {}),
  };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as JsonObject;
}

/** What the type of the value says. */
function own(shape: Shape, { form, goPattern }: Annotation): Record<string, unknown> {
  const replaced = form && FORMS[form];
  if (replaced) return { ...replaced };
  const limits = Object.fromEntries(LIMITS.map((limit) => [limit, shape[limit]]));
  const format = FORMATS.includes(shape.format) ? shape.format : undefined;
  return {
    type: shape.type,
    enum: shape.enum,
    pattern: goPattern ?? shape.pattern,
    ...limits,
    format: INT32_FORMS.includes(form) ? 'int32' : format,
  };
}

function propertiesOf(properties: Readonly<Record<string, Schema>>, options: SchemaOptions): JsonObject {
  const names = Object.keys(properties).sort();
  return Object.fromEntries(names.map((name) => [name, crdSchema(properties[name]!, options)]));
}

/** The list as definitions have it; sentences of our own rules stand for their ids. */
export function crdValidations(
  validations: readonly Validation[],
  sentences: ReadonlyMap<string, string> | undefined,
): readonly JsonObject[] | undefined {
  if (sentences === undefined) return undefined;
  return validations.map(({ says, rule, reason }) => {
    const sentence = /^CAL\d{4}$/.test(says) ? sentences.get(says) : says;
    if (sentence === undefined) throw new Error(`${says}, which a definition names, is no rule of the kind`);
    const message = sentence.replace(/\.$/, '');
    return reason === undefined ? { message, rule } : { message, reason, rule };
  });
}
