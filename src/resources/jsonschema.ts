import type * as Type from 'typebox/type';

/** JSON Schema with the static types of TypeBox, whose own constructors take longer to load than most commands run. */

const optional = new WeakSet<object>();

/** Says that the field with this schema may be absent. */
export function markOptional(schema: object): void {
  optional.add(schema);
}

/** A plain schema as the TypeBox type that describes it. */
export function typed<S extends Type.TSchema>(schema: object): S {
  return schema as S;
}

/** The `required` of an object with these fields; nothing where there would be none in it. */
export function requiredOf(fields: Type.TProperties): { readonly required?: readonly string[] } {
  const required = Object.keys(fields).filter((name) => !optional.has(fields[name]!));
  return required.length === 0 ? {} : { required };
}
