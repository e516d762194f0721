import { isObject } from '../../core/json.ts';
import type { DefinitionSchema } from '../../datastore/definitions.ts';

/** Schemas of definitions, compared field by field. */

/** The schemas right below one, by what is put behind its path to name them. */
function* below(schema: DefinitionSchema): Iterable<readonly [step: string, child: DefinitionSchema]> {
  for (const [name, child] of Object.entries(schema.properties ?? {})) yield [`.${name}`, child];
  if (schema.items !== undefined) yield ['[]', schema.items];
  if (isObject(schema.additionalProperties)) yield ['{}', schema.additionalProperties];
}

/**
 * What `stored` lets users write and `ours` does not know: paths of fields, and further words of enumerations as
 * `path: "word"`.
 */
export function* unknownIn(stored: DefinitionSchema, ours: DefinitionSchema, path = ''): Iterable<string> {
  for (const word of stored.enum ?? [])
    if (ours.enum !== undefined && !ours.enum.includes(word)) yield `${path}: ${JSON.stringify(word)}`;
  const known = new Map(below(ours));
  for (const [step, child] of below(stored)) {
    const at = `${path}${step}`.replace(/^\./, '');
    const counterpart = known.get(step);
    if (counterpart === undefined) yield at;
    else yield* unknownIn(child, counterpart, at);
  }
}

/**
 * Our schema with the texts of the stored one where both have the field: descriptions and messages are for people, and
 * not worth a change. Where only one of them has a text, that of the stored one (or its absence) stays too.
 */
export function withTextsOf(stored: DefinitionSchema, ours: DefinitionSchema): DefinitionSchema {
  const { description: _, ...rest } = ours;
  const validations = ours['x-kubernetes-validations'];
  return {
    ...(stored.description === undefined ? {} : { description: stored.description }),
    ...rest,
    ...(validations && { 'x-kubernetes-validations': withMessagesOf(stored, validations) }),
    ...(ours.properties && { properties: propertiesWithTexts(stored.properties, ours.properties) }),
    ...(ours.items && { items: stored.items ? withTextsOf(stored.items, ours.items) : ours.items }),
    ...(isObject(ours.additionalProperties) && isObject(stored.additionalProperties)
      ? { additionalProperties: withTextsOf(stored.additionalProperties, ours.additionalProperties) }
      : {}),
  };
}

type Fields = Readonly<Record<string, DefinitionSchema>>;

function propertiesWithTexts(stored: Fields = {}, ours: Fields): Fields {
  return Object.fromEntries(
    Object.entries(ours).map(([name, schema]) => [
      name,
      Object.hasOwn(stored, name) ? withTextsOf(stored[name]!, schema) : schema,
    ]),
  );
}

type Validations = NonNullable<DefinitionSchema['x-kubernetes-validations']>;

/** A rule is known by its expression; what else the stored one says (message, fieldPath) stays. */
function withMessagesOf(stored: DefinitionSchema, ours: Validations): Validations {
  const byRule = new Map(
    stored['x-kubernetes-validations']?.map((validation) => [validation.rule, validation]),
  );
  return ours.map((validation) => {
    const known = byRule.get(validation.rule);
    if (known === undefined) return validation;
    const { message: _, ...rest } = validation;
    return { ...known, ...rest };
  });
}
