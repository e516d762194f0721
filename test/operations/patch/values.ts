import fc from 'fast-check';
import type { Json } from '../../../src/core/json.ts';

const key = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'a/b', 'm~n', '__proto__', 'constructor', ''),
  fc.string(),
);

const scalar: fc.Arbitrary<Json> = fc.oneof(
  fc.integer(),
  fc.string(),
  fc.boolean(),
  fc.bigInt({ min: 2n ** 60n, max: 2n ** 64n }),
);

interface Shapes {
  readonly nulls: boolean;
  readonly lists: boolean;
}

function objectOf(value: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc
    .uniqueArray(fc.tuple(key, value), { maxLength: 4, selector: ([name]) => name })
    .map(Object.fromEntries);
}

/** Any JSON value, with or without nulls and lists. */
export function jsonValues(shapes: Shapes): fc.Arbitrary<Json> {
  const leaf = shapes.nulls ? fc.oneof(scalar, fc.constant(null)) : scalar;
  return fc.letrec<{ value: Json; object: Json; list: Json }>((tie) => ({
    object: objectOf(tie('value')),
    list: fc.array(tie('value'), { maxLength: 3 }),
    value: fc.oneof({ maxDepth: 3 }, leaf, tie('object'), ...(shapes.lists ? [tie('list')] : [])),
  })).value;
}

/** Any JSON object of such values. */
export function jsonObjects(shapes: Shapes): fc.Arbitrary<Json> {
  return objectOf(jsonValues(shapes));
}
