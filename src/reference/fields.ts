import { CalicoctlError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import { type ChildField, childFields } from '../resources/describe.ts';
import { documentSchema } from '../resources/document.ts';
import { mapValues, type Shape } from '../resources/jsonschema.ts';
import type { Kind } from '../resources/kind.ts';
import { requiredInSpec } from '../resources/required.ts';
import type { Schema } from '../resources/schema.ts';

/** A field of a kind, or, without a name, the whole document. */
export interface Field extends ChildField {
  readonly kind: Kind;
  /** Names of the fields that lead here, this one last; lists and keys of maps left out. */
  readonly names: readonly string[];
}

/** The whole document of a kind. */
export function rootOf(kind: Kind): Field {
  return { kind, name: '', path: '', names: [], schema: documentSchema(kind), required: true };
}

const ALWAYS_REQUIRED: readonly string[] = ['apiVersion', 'kind', 'metadata', 'metadata.name'];

/** The fields below one, in the order in which they are written. */
export function fieldsBelow(field: Field): readonly Field[] {
  const { kind } = field;
  const byRules = field.path === 'spec' ? requiredInSpec(kind) : [];
  return childFields(field.schema, field.path).flatMap((child): readonly Field[] => {
    if (child.path === 'metadata.namespace' && kind.scope === 'cluster') return [];
    const needsSpec = child.path === 'spec' && requiredInSpec(kind).length > 0;
    const required =
      child.required || needsSpec || ALWAYS_REQUIRED.includes(child.path) || byRules.includes(child.name);
    return [{ ...child, required, kind, names: [...field.names, child.name] }];
  });
}

/** Every field below one, parents before children. */
export function* allFieldsBelow(field: Field): Iterable<Field> {
  for (const child of fieldsBelow(field)) {
    yield child;
    yield* allFieldsBelow(child);
  }
}

/**
 * The field that a path names: in any letter case, with or without brackets behind lists, with any key below a map.
 * Throws a `usage` error that names what is near.
 */
export function fieldAt(kind: Kind, path: string): Field {
  let field = rootOf(kind);
  const names = path
    .replaceAll(/\[[^\]]*\]/g, '')
    .split('.')
    .filter((name) => name !== '');
  while (names.length > 0) {
    const values = valuesOf(field.schema);
    if (values !== undefined) {
      names.shift();
      field = { ...field, path: `${field.path}.KEY`, schema: values, required: false };
      // Keys of labels and annotations have dots in them.
      if (fieldsBelow(field).length === 0) return field;
      continue;
    }
    const name = names.shift()!;
    const found = fieldsBelow(field).find((child) => child.name.toLowerCase() === name.toLowerCase());
    if (found === undefined) throw unknownField(field, name);
    field = found;
  }
  return field;
}

/** Of a map, or of a list of maps. */
function valuesOf(schema: Schema): Schema | undefined {
  const { items } = schema as Shape;
  return items === undefined ? mapValues(schema as Shape) : valuesOf(items);
}

function unknownField(parent: Field, name: string): CalicoctlError {
  const { kind, path } = parent;
  const known = fieldsBelow(parent).map((child) => child.name);
  const where = path === '' ? kind.kind : `${kind.kind}.${path}`;
  if (known.length === 0)
    return new CalicoctlError('usage', `${where} has no fields, so it has no "${name}"`);
  const elsewhere = [...allFieldsBelow(rootOf(kind))].filter(
    (field) => field.name.toLowerCase() === name.toLowerCase(),
  );
  const hint =
    elsewhere.length === 0
      ? `Its fields: ${known.join(', ')}.`
      : `There is ${elsewhere
          .slice(0, 5)
          .map((field) => `${kind.kind}.${field.path}`)
          .join(', ')}.`;
  return new CalicoctlError('usage', `${where} has no field "${name}"${didYouMean(name, known)}`, { hint });
}
