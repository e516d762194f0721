import { expect, test } from 'bun:test';
import { formatPath } from '../../src/core/errors.ts';
import { check } from '../../src/resources/check.ts';
import { describeFields, type FieldDescription } from '../../src/resources/describe.ts';
import { decodeDocument } from '../../src/resources/document.ts';
import type { Kind } from '../../src/resources/kind.ts';
import { allKinds } from '../../src/resources/registry.ts';

/** What `explain` and the reference pages tell of fields. */

const kinds = await Promise.all(allKinds().map(async ({ load }) => (await load()).default));
const fields = kinds.flatMap((kind) =>
  [
    ...describeFields(kind.spec, 'spec'),
    ...(kind.status === undefined ? [] : describeFields(kind.status, 'status')),
  ].map((field) => ({ kind, field, name: `${kind.kind} ${field.path}` })),
);

test('every field is described in sentences', () => {
  expect(fields.filter(({ field }) => !/^\S.*\.$/.test(field.doc)).map(({ name }) => name)).toEqual([]);
});

/** Fields whose number counts something, by name, and the word that has to say what. */
const UNITS: readonly (readonly [field: RegExp, unit: RegExp])[] = [
  [/MTU(V6)?$/, /bytes/],
  [/MB$/, /MiB/],
  [/Seconds$/, /[Ss]econds/],
  [/MapSize(?!ConntrackScaling)\w+$/, /entries/],
  [/Bandwidth$|Peakrate$/, /Bits a second/],
  [/[a-z]gressBurst$/, /Bits/],
  [/Minburst$/, /Bytes/],
  [/PacketRate$/, /Packets a second/],
  [/PacketBurst$/, /Packets/],
  [/RoutePriority$/, /Metric/],
  [/^spec\.blockSize$|prefixLength\.(min|max)$/, /bits/],
  [/goGCThreshold$/, /percent/],
  [/ttlSecurity$/, /hops/],
];

test('numbers say what they count', () => {
  const counts = UNITS.map(([name]) => fields.filter(({ field }) => name.test(field.path)).length);
  expect(counts.filter((count) => count === 0)).toEqual([]);
  const silent = fields.filter(({ field }) =>
    UNITS.some(([name, unit]) => name.test(field.path) && !unit.test(field.doc)),
  );
  expect(silent.map(({ name }) => name)).toEqual([]);
});

test('durations say from when to when', () => {
  const durations = fields.filter(({ field }) => field.type === 'duration');
  expect(durations.length).toBeGreaterThan(40);
  const vague = durations.filter(({ field }) => !/\b(how long|how often|time)\b/i.test(field.doc));
  expect(vague.map(({ name }) => name)).toEqual([]);
});

/** What agents assume that is no value of the field: its absence, or what they find out for themselves. */
const NO_VALUES = ['empty', 'unset', '0 (auto-detect)', 'kernel ipfrag_time'];

function given({ type, assumed = '' }: FieldDescription): unknown {
  if (/^(true|false)$/.test(assumed)) return assumed === 'true';
  const number = Number(assumed);
  return /^(integer|number|asn|dscp)$/.test(type) && !Number.isNaN(number) ? number : assumed;
}

/** Faults of the field alone in an otherwise empty object. */
function faultsOf(kind: Kind, { path }: FieldDescription, value: unknown) {
  const nested = path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<
    string,
    unknown
  >;
  const metadata = { name: 'default' };
  const document = { apiVersion: 'projectcalico.org/v3', kind: kind.kind, metadata, ...nested };
  const { resource, problems } = decodeDocument(kind, document);
  return [...problems, ...check(kind, resource)].filter((fault) => formatPath(fault.path) === path);
}

test('what agents assume is a value that the field takes', () => {
  const assuming = fields.filter(({ field: { assumed, path, type } }) => {
    const single = !path.includes('[]') && !type.startsWith('list');
    return single && assumed !== undefined && !NO_VALUES.includes(assumed) && path.startsWith('spec');
  });
  expect(assuming.length).toBeGreaterThan(120);
  const refused = assuming.flatMap(({ kind, field, name }) =>
    faultsOf(kind, field, given(field)).map(({ message }) => `${name}: ${field.assumed} ${message}`),
  );
  expect(refused).toEqual([]);
});
