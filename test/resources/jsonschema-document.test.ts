import { describe, expect, test } from 'bun:test';
import { isObject } from '../../src/core/json.ts';
import { check } from '../../src/resources/check.ts';
import { decodeDocument, withSchemaDefaults } from '../../src/resources/document.ts';
import { manifestSchema } from '../../src/resources/jsonschema-document.ts';
import { API_VERSION, type Kind } from '../../src/resources/kind.ts';
import { readFixture } from './fixture.ts';
import { compiled, faultsOf, writtenKinds } from './jsonschema.ts';

const kinds = await writtenKinds();
const all = compiled(manifestSchema(kinds));

function accepts(kind: Kind, manifest: unknown): boolean {
  const { resource, problems } = decodeDocument(kind, manifest);
  const filled = { ...resource, spec: withSchemaDefaults(kind.spec, resource.spec) };
  return problems.length === 0 && check(kind, filled, 'validate').length === 0;
}

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

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('schema of %s', (name, kind) => {
  const fixture = readFixture(name.toLowerCase());

  test('accepts the fixture: by itself, among all kinds, in lists', () => {
    expect(faultsOf(compiled(manifestSchema([kind])), fixture)).toEqual([]);
    const { kind: _, apiVersion: __, ...bare } = fixture;
    const documents = [
      fixture,
      [fixture, fixture],
      { apiVersion: 'v1', kind: 'List', metadata: {}, items: [fixture] },
      { apiVersion: API_VERSION, kind: `${name}List`, items: [fixture, bare] },
    ];
    expect(documents.flatMap((document) => faultsOf(all, document))).toEqual([]);
  });

  test('refuses most of what validate refuses, and nothing that it accepts but other types for text', () => {
    const validate = compiled(manifestSchema([kind]));
    const wrongly: unknown[] = [];
    const verdicts = { refused: 0, missed: 0 };
    for (const mutant of mutations({ metadata: fixture['metadata'], spec: fixture['spec'] })) {
      if (!isObject(mutant)) continue;
      const manifest = { ...fixture, ...mutant };
      const [ours, faults] = [accepts(kind, manifest), faultsOf(validate, manifest)];
      if (ours) wrongly.push(...faults.filter((fault) => !/must be string|anyOf/.test(fault)));
      else verdicts[faults.length > 0 ? 'refused' : 'missed']++;
    }
    expect(wrongly).toEqual([]);
    expect(verdicts.refused).toBeGreaterThan(10);
    expect(verdicts.refused).toBeGreaterThan(4 * verdicts.missed);
  });
});
