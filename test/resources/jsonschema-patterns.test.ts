import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { FORMATS } from '../../src/resources/formats.ts';
import { readForm } from '../../src/resources/forms.ts';
import { fieldSchema } from '../../src/resources/jsonschema-fields.ts';
import { formatPattern, NAMES } from '../../src/resources/jsonschema-patterns.ts';
import { labelValueFault, qualifiedNameFault } from '../../src/resources/names.ts';
import * as declare from '../../src/resources/schema.ts';
import { compiled, faultsOf } from './jsonschema.ts';

/** What a regular expression can say of these is all that there is to say. */
const EXACT = ['cidr', 'cidrOrIp', 'ip', 'reachableBy', 'mac', 'keyValueList', 'name', 'portName'];

const text = (value: fc.Arbitrary<unknown>) => value.map(String);
const v4 = fc.oneof(
  fc.ipV4(),
  fc.constantFrom('1.2.3.256', '01.2.3.4', '1.2.3', '255.255.255.255', '0.0.0.0'),
);
const group = fc.constantFrom('0', '1', 'ffff', '0db8', 'g', '00000', '');
const v6 = fc.oneof(
  fc.ipV6(),
  fc.array(group, { minLength: 1, maxLength: 9 }).map((groups) => groups.join(':')),
  fc.tuple(fc.array(group, { maxLength: 7 }), v4).map(([groups, last]) => [...groups, last].join(':')),
  fc.constantFrom(
    '::',
    '::1',
    '1::',
    '::ffff:1.2.3.4',
    '0:0::ffff:102:304',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7:8::',
  ),
);
const prefix = text(fc.oneof(fc.integer({ min: 0, max: 140 }), fc.constantFrom('', '024', '-1', '00128')));
const port = text(
  fc.oneof(fc.integer({ min: -1, max: 70000 }), fc.constantFrom('', '080', '0', '00', 'http', 'h--p')),
);
const pairs = fc.tuple(fc.constantFrom(5, 6, 8, 20), fc.constantFrom(':', '-', '.', ''));
const samples: fc.Arbitrary<string> = fc.oneof(
  v4,
  v6,
  fc.tuple(fc.oneof(v4, v6), prefix).map(([address, length]) => `${address}/${length}`),
  fc.tuple(v4, port).map(([address, number]) => `${address}:${number}`),
  fc.tuple(v6, port).map(([address, number]) => `[${address}]:${number}`),
  pairs.map(([count, sign]) => Array(count).fill('0A').join(sign)),
  fc.constantFrom('0a:0b-0c:0d:0e:0f', '0a0b.0c0d.0e0f', '0a0b.0c0d.0e0f.1011', ''),
  fc.constantFrom('A=1', 'A=1,B', ' A=,', ',', 'A==1', '=1', 'A=\\nB'),
  fc.constantFrom(
    'a',
    'a-b',
    '-a',
    'a.b',
    'a..b',
    'A',
    '1',
    'a'.repeat(16),
    '*',
    'eth*',
    'tap+',
    'x/y',
    'http2',
  ),
  fc.string({ maxLength: 6 }),
);

describe('patterns', () => {
  test.each(Object.keys(FORMATS))('of %s match every text that the format accepts', (name) => {
    const pattern = formatPattern(name);
    if (pattern === undefined)
      return expect(['regexp', 'selector', 'port', 'protocol', 'community']).toContain(name);
    const expression = new RegExp(pattern, 'u');
    fc.assert(
      fc.property(samples, (sample) => {
        const [accepted, matches] = [FORMATS[name]!.test(sample), expression.test(sample)];
        expect([sample, matches]).toEqual([sample, accepted || (matches && !EXACT.includes(name))]);
      }),
      { numRuns: 600 },
    );
  });

  test('of names say what the rules of names say, but for the length of a prefix', () => {
    const keys = fc.oneof(
      samples,
      fc.tuple(samples, samples).map((parts) => parts.join('/')),
    );
    fc.assert(
      fc.property(keys, (key) => {
        expect(new RegExp(NAMES.qualified, 'u').test(key)).toBe(qualifiedNameFault(key) === undefined);
        expect(new RegExp(NAMES.qualifiedInAnyCase, 'u').test(key)).toBe(
          qualifiedNameFault(key.toLowerCase()) === undefined,
        );
        expect(key.length <= 63 && new RegExp(NAMES.labelValue, 'u').test(key)).toBe(
          labelValueFault(key) === undefined,
        );
      }),
      { numRuns: 600 },
    );
  });
});

/** A field of each form, and whether the stored form is good too. */
const FORMS = {
  port: [
    declare.port('A port.'),
    (value: unknown) => (typeof value === 'number' ? value > 0 : FORMATS['port']!.test(String(value))),
  ],
  protocol: [
    declare.protocol('A protocol.'),
    (value: unknown) => (typeof value === 'number' ? value > 0 : FORMATS['protocol']!.test(String(value))),
  ],
  asn: [declare.asn('A number.'), () => true],
  duration: [declare.duration('A time.'), () => true],
  time: [declare.time('A moment.'), () => true],
  intOrString: [declare.intOrString('Either.'), () => true],
  uint8: [declare.integer('A byte.', { form: 'uint8' }), () => true],
  uint32: [declare.integer('A number.', { form: 'uint32' }), () => true],
  uint64: [declare.uint64('A number.'), () => true],
  float: [declare.float('A number.'), () => true],
  dscp: [declare.dscp('A mark.'), () => true],
} as const;

const values: fc.Arbitrary<unknown> = fc.oneof(
  port,
  fc.integer({ min: -2, max: 300 }),
  fc.constantFrom<unknown>(4294967295, 4294967296, 65535, 65536, 1.5, true, [], {}, 2 ** 40, -(2 ** 40)),
  fc.tuple(port, fc.constantFrom(':', '.'), port).map((parts) => parts.join('')),
  fc.constantFrom('TCP', 'tcp', 'ICMPv6', '255', '256', '4294967295', '4294967296', '1.1', '65536.1', 'EF'),
  fc.constantFrom(
    '90s',
    '1m30s',
    '1.5h',
    '.5s',
    '1.s',
    '+1s',
    '-1s',
    '0',
    '1',
    's',
    '1x',
    '1µs',
    '1s2',
    '1ms1us1ns',
  ),
  fc.constantFrom('2026-01-31T12:00:00Z', '2026-01-31t12:00:00.5+01:00', '2026-01-31', '2026-01-31T12:00Z'),
);

describe('value forms', () => {
  test.each(Object.keys(FORMS) as (keyof typeof FORMS)[])(
    '%s: what is read is accepted, the rest refused',
    (form) => {
      const [schema, isGood] = FORMS[form];
      const validate = compiled(fieldSchema(schema as declare.Schema));
      fc.assert(
        fc.property(values, (value) => {
          const { form: name } = declare.annotationOf(schema as declare.Schema);
          const read = readForm(name!, value);
          const good = 'value' in read && isGood(read.value);
          // That the ends of a range are the right way round is beyond regular expressions.
          if (form === 'port' && /^\d+:\d+$/.test(String(value)) && !good) return;
          expect([value, faultsOf(validate, value).length === 0]).toEqual([value, good]);
        }),
        { numRuns: 400 },
      );
    },
  );
});
