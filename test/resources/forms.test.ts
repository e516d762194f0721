import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { readForm } from '../../src/resources/forms.ts';
import type { Form } from '../../src/resources/schema.ts';

/** What is written for what is given; undefined where it is refused. */
const READINGS: readonly [Form, unknown, unknown][] = [
  ['port', 80, 80],
  ['port', 0, 0],
  ['port', 65535, 65535],
  ['port', 65536, undefined],
  ['port', -1, undefined],
  ['port', 80.5, undefined],
  ['port', '80', 80],
  ['port', '80:80', 80],
  ['port', '8000:8080', '8000:8080'],
  ['port', '8080:8000', undefined],
  ['port', '80-90', '80-90'],
  ['port', 'http', 'http'],
  ['port', '', undefined],
  ['port', 'a b', undefined],
  ['port', true, undefined],
  ['protocol', 6, 6],
  ['protocol', '6', 6],
  ['protocol', 'TCP', 'TCP'],
  ['protocol', 'tcp', 'tcp'],
  ['protocol', '300', '300'],
  ['protocol', 256, undefined],
  ['protocol', -1, undefined],
  ['protocol', false, undefined],
  ['dscp', 46, 46],
  ['dscp', '46', 46],
  ['dscp', 'EF', 'EF'],
  ['dscp', 256, undefined],
  ['asn', 64512, 64512],
  ['asn', '64512', 64512],
  ['asn', '1.10', 65546],
  ['asn', '65535.65535', 4294967295],
  ['asn', 4294967295, 4294967295],
  ['asn', 4294967296, undefined],
  ['asn', 99999999999999999999n, undefined],
  ['asn', -1, undefined],
  ['asn', 1.1, undefined],
  ['asn', '65536.1', undefined],
  ['asn', 'AS64512', undefined],
  ['asn', '', undefined],
  ['duration', '90s', '1m30s'],
  ['duration', '24h', '24h0m0s'],
  ['duration', '1500ms', '1.5s'],
  ['duration', '-1s', '-1s'],
  ['duration', '0', '0s'],
  ['duration', '', undefined],
  ['duration', 'soon', undefined],
  ['duration', '5', undefined],
  ['duration', 5, undefined],
  ['uint64', 18446744073709551615n, 18446744073709551615n],
  ['uint64', 18446744073709551616n, undefined],
  ['uint64', -1, undefined],
  ['int32', -2147483648, -2147483648],
  ['int32', 2147483648, undefined],
  ['int32', '1', undefined],
  ['uint32', 4294967295, 4294967295],
  ['uint32', -1, undefined],
  ['uint16', 65536, undefined],
  ['uint8', 255, 255],
  ['uint8', 256, undefined],
  ['float', 1.5, 1.5],
  ['float', 2n, 2],
  ['float', '1', undefined],
  ['time', '2026-01-31T12:00:00Z', '2026-01-31T12:00:00Z'],
  ['time', '2026-01-31T12:00:00.25+01:00', '2026-01-31T12:00:00.25+01:00'],
  ['time', 'yesterday', undefined],
  ['time', 0, undefined],
  ['intOrString', 80, 80],
  ['intOrString', 'http', 'http'],
  ['intOrString', true, undefined],
  ['any', null, null],
];

test.each(READINGS)('%s of %p is %p', (form, given, written) => {
  const result = readForm(form, given);
  if (written === undefined)
    expect(result).toEqual({
      rule: expect.stringMatching(/^CAL00/),
      message: expect.stringMatching(/^is (not|neither) /),
    });
  else expect(result).toEqual({ value: written });
});

/** Values that each form takes. */
const VALUES: readonly [Form, fc.Arbitrary<unknown>][] = [
  ['port', fc.oneof(fc.integer({ min: 0, max: 65535 }), fc.stringMatching(/^[a-z]{1,15}$/))],
  ['port', fc.tuple(fc.nat(65535), fc.nat(65535)).map(([a, b]) => `${Math.min(a, b)}:${Math.max(a, b)}`)],
  ['protocol', fc.oneof(fc.nat(255), fc.nat(300).map(String), fc.string())],
  ['dscp', fc.oneof(fc.nat(255), fc.nat(300).map(String), fc.string())],
  [
    'asn',
    fc.oneof(
      fc.nat(4294967295),
      fc.tuple(fc.nat(65535), fc.nat(65535)).map((parts) => parts.join('.')),
    ),
  ],
  ['duration', fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map((nanoseconds) => `${nanoseconds}ns`)],
];

describe.each(VALUES)('%s', (form, values) => {
  test('reading what was written changes nothing', () => {
    fc.assert(
      fc.property(values, (given) => {
        const once = readForm(form, given);
        if (!('value' in once)) throw new Error(`refused: ${String(given)}`);
        expect(readForm(form, once.value)).toEqual(once);
      }),
    );
  });
});
