import type { Shape } from './jsonschema.ts';
import type { Schema } from './schema.ts';

/** The fields, by name, below which a field of some quality can be found. */
type Fields = readonly (readonly [name: string, field: Schema])[];

/**
 * Remembers for every schema which of its fields have a quality or something below that has it, so that whoever
 * looks for the few such fields of an object need not visit all others. Maps are not looked into.
 */
export function fieldsWith(quality: (schema: Schema) => boolean): (schema: Schema) => Fields {
  const known = new WeakMap<object, Fields>();
  const fieldsOf = (schema: Schema): Fields => {
    let fields = known.get(schema);
    if (fields === undefined) {
      const { properties = {} } = schema as Shape;
      fields = Object.entries(properties as Record<string, Schema>).filter(([, field]) => has(field));
      known.set(schema, fields);
    }
    return fields;
  };
  const has = (schema: Schema): boolean => {
    const { items } = schema as Shape;
    return quality(schema) || (items !== undefined && has(items as Schema)) || fieldsOf(schema).length > 0;
  };
  return fieldsOf;
}
