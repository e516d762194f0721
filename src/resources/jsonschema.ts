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

/**
 * What a schema of schema.ts can say, to look at it as data. What lies below it is a schema again, for those who ask for
 * its annotation.
 */
export interface Shape {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly (string | number)[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly properties?: Readonly<Record<string, Shape & Type.TSchema>>;
  readonly required?: readonly string[];
  readonly items?: Shape & Type.TSchema;
  readonly patternProperties?: Readonly<Record<string, Shape & Type.TSchema>>;
  readonly additionalProperties?: Shape & Type.TSchema;
}

/** What the values of a map are; undefined for what is no map. */
export function mapValues({ patternProperties }: Shape): (Shape & Type.TSchema) | undefined {
  return patternProperties && Object.values(patternProperties)[0];
}
