import { describe, expect, test } from 'bun:test';
import { isObject } from '../../src/core/json.ts';
import { schemaExamples } from '../../src/reference/schema-examples.ts';
import { check } from '../../src/resources/check.ts';
import { decodeDocument, withSchemaDefaults } from '../../src/resources/document.ts';
import { manifestSchema } from '../../src/resources/jsonschema-document.ts';
import { API_VERSION, type Kind } from '../../src/resources/kind.ts';
import { readFixture } from './fixture.ts';
import { compiled, faultsOf, writtenKinds } from './jsonschema.ts';

const kinds = await writtenKinds();
const examples = await schemaExamples();
const whole = manifestSchema(kinds, examples);
const all = compiled(whole);

function accepts(kind: Kind, manifest: unknown): boolean {
  const { resource, problems } = decodeDocument(kind, manifest);
  const filled = { ...resource, spec: withSchemaDefaults(kind.spec, resource.spec) };
  return problems.length === 0 && check(kind, filled, 'validate').length === 0;
}

/** So many of each kind are enough. */
const MUTANTS = 120;

/** The value with one change each: another thing in the place of every part, a field too few or too many in every object. */
function* mutations(value: unknown): Iterable<unknown> {
  yield typeof value === 'string' ? { 'no such': 'thing' } : 'no/such thing!';
  yield typeof value === 'string' ? 'no/such thing!' : [-77];
  if (Array.isArray(value)) {
    const [first, ...rest] = value as unknown[];
    for (const changed of mutations(first)) yield [changed, ...rest];
  } else if (isObject(value)) {
    yield { ...value, noSuchField: 'x' };
    for (const [name, field] of Object.entries(value)) {
      const { [name]: _, ...rest } = value;
      yield rest;
      for (const changed of mutations(field)) yield { ...value, [name]: changed };
    }
  }
}

/** What became of the mutants that validate refuses. */
const verdicts = { refused: 0, missed: 0 };

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('schema of %s', (name, kind) => {
  const fixture = readFixture(name.toLowerCase());
  const validate = compiled(manifestSchema([kind]));

  test('accepts the fixture: by itself, among all kinds, in lists', () => {
    expect(faultsOf(validate, fixture)).toEqual([]);
    const { kind: _, apiVersion: __, ...bare } = fixture;
    const documents = [
      fixture,
      [fixture, fixture],
      { apiVersion: 'v1', kind: 'List', metadata: {}, items: [fixture] },
      { apiVersion: API_VERSION, kind: `${name}List`, items: [fixture, bare] },
    ];
    expect(documents.flatMap((document) => faultsOf(all, document))).toEqual([]);
  });

  test('refuses nothing that validate accepts, but other types for text', () => {
    const wrongly: unknown[] = [];
    const mutants = [...mutations({ metadata: fixture['metadata'], spec: fixture['spec'] })];
    const step = Math.ceil(mutants.length / MUTANTS);
    for (const mutant of mutants.filter((_, index) => index % step === 0)) {
      if (!isObject(mutant)) continue;
      const manifest = { ...fixture, ...mutant };
      const [ours, faults] = [accepts(kind, manifest), faultsOf(validate, manifest)];
      if (ours) wrongly.push(...faults.filter((fault) => !/must be string|anyOf/.test(fault)));
      else verdicts[faults.length > 0 ? 'refused' : 'missed']++;
    }
    expect(wrongly).toEqual([]);
  });
});

test('refuses most of what validate refuses of the same manifests', () => {
  expect(verdicts.refused).toBeGreaterThan(500);
  expect(verdicts.refused).toBeGreaterThan(8 * verdicts.missed);
});

/** Every part of a schema that has examples. */
function* exemplified(part: unknown): Iterable<Record<string, unknown>> {
  if (!isObject(part)) {
    if (Array.isArray(part)) for (const item of part as unknown[]) yield* exemplified(item);
    return;
  }
  if (Array.isArray(part['examples'])) yield part;
  for (const [keyword, below] of Object.entries(part)) if (keyword !== 'examples') yield* exemplified(below);
}

test('what is given as an example is accepted, of kinds and of fields', () => {
  const seen = new Set<string>();
  const refused: unknown[] = [];
  for (const { examples: values, description: _, ...part } of exemplified(whole)) {
    const key = JSON.stringify([part, values]);
    if (seen.has(key)) continue;
    seen.add(key);
    // A kind is judged by its name, since its parts stand elsewhere in the whole.
    const validate = part['title'] === undefined ? compiled(part) : all;
    for (const value of values as unknown[])
      refused.push(...faultsOf(validate, value).map((fault) => [value, fault]));
  }
  expect(refused).toEqual([]);
  expect(seen.size).toBeGreaterThan(60);
});
