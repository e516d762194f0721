import fc from 'fast-check';
import type { Shape } from '../../src/resources/jsonschema.ts';
import { annotationOf, type Form, type Schema } from '../../src/resources/schema.ts';

const whole = (min: number, max: number) => fc.integer({ min, max });

const FORMS: Readonly<Record<Form, fc.Arbitrary<unknown>>> = {
  any: fc.jsonValue(),
  asn: fc.constantFrom<unknown>(0, 64512, '64512', '1.1', 4294967295),
  dscp: fc.constantFrom<unknown>(0, 63, 'EF', '10'),
  duration: fc.constantFrom('0', '90s', '1.5h', '-2ms', '1m30s'),
  float: fc.double({ noNaN: true, noDefaultInfinity: true }),
  int32: whole(-2147483648, 2147483647),
  intOrString: fc.oneof(fc.string(), whole(-1, 70000)),
  port: fc.constantFrom<unknown>(0, 80, '80', '80:80', '1:2', 'http', '-5'),
  protocol: fc.constantFrom<unknown>(0, 6, '6', 'TCP', 'tcp', '300'),
  time: fc.constantFrom('2026-01-31T12:00:00Z', '2026-01-31T12:00:00.5+01:00'),
  uint8: whole(0, 255),
  uint16: whole(0, 65535),
  uint32: whole(0, 4294967295),
  uint64: fc.constantFrom<unknown>(0, 1, 2n ** 53n + 1n, 2n ** 64n - 1n),
};

/** Values that decode without a problem: empty ones, nulls, other letter case and loose text included. */
export function decodable(schema: Schema): fc.Arbitrary<unknown> {
  return arbitrary(schema as unknown as Shape);
}

function arbitrary(shape: Shape): fc.Arbitrary<unknown> {
  return fc.option(present(shape), { nil: null, freq: 8 });
}

function present(shape: Shape): fc.Arbitrary<unknown> {
  const { form } = annotationOf(shape as unknown as Schema);
  if (form !== undefined) return FORMS[form];
  if (shape.properties !== undefined) return fields(shape.properties);
  if (shape.items !== undefined) return fc.array(arbitrary(shape.items), { maxLength: 3 });
  if (shape.enum !== undefined) return fc.constantFrom(...shape.enum, shape.type === 'string' ? '' : 0);
  if (shape.type === 'string') return fc.oneof(fc.string({ maxLength: 8 }), fc.integer(), fc.boolean());
  if (shape.type === 'boolean') return fc.boolean();
  if (shape.type === 'integer') return fc.maxSafeInteger();
  const values = shape.additionalProperties ?? Object.values(shape.patternProperties ?? {})[0];
  return values === undefined
    ? fc.jsonValue()
    : fc.dictionary(fc.string(), arbitrary(values), { maxKeys: 3 });
}

function fields(properties: Readonly<Record<string, Shape>>): fc.Arbitrary<unknown> {
  const record = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, arbitrary(field)])),
    { requiredKeys: [] },
  );
  return fc.tuple(record, fc.boolean()).map(([value, shout]) => (shout ? upperCased(value) : value));
}

function upperCased(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name.toUpperCase(), field]));
}
