import { describe, expect, test } from 'bun:test';
import { exampleOf } from '../../src/reference/example.ts';
import { allFieldsBelow, rootOf } from '../../src/reference/fields.ts';
import { knownManifests } from '../../src/reference/known.ts';
import { check } from '../../src/resources/check.ts';
import { decodeDocument, withSchemaDefaults } from '../../src/resources/document.ts';
import { manifestSchema } from '../../src/resources/jsonschema-document.ts';
import { allRules } from '../../src/validation/rulebook/index.ts';
import { compiled, writtenKinds } from '../resources/jsonschema.ts';

const rules = await allRules();
const kinds = await writtenKinds();

/** What no manifest may have: rules forbid it wherever the field stands. */
const FORBIDDEN = /^spec\.(egress\[\]\.(http|source\.services)|ingress\[\]\.destination\.services)(\.|$)/;

describe('examples', () => {
  // Two kinds stand for all policies, which share their rules' fields.
  const looked = kinds.filter(({ kind }) => !/^Staged(Global)?NetworkPolicy$|^NetworkPolicy$/.test(kind));
  test.each(looked.map((kind) => [kind.kind, kind] as const))(
    'every field of %s has one that is valid',
    (_, kind) => {
      const known = knownManifests(kind, rules);
      const validate = compiled(manifestSchema([kind]));
      const faults: unknown[] = [];
      for (const field of [rootOf(kind), ...allFieldsBelow(rootOf(kind))]) {
        if (kind.kind === 'GlobalNetworkPolicy' && FORBIDDEN.test(field.path)) continue;
        const example = exampleOf(field, known);
        const { resource, problems } = decodeDocument(kind, example);
        const filled = { ...resource, spec: withSchemaDefaults(kind.spec, resource.spec) };
        const found = [...problems, ...check(kind, filled, 'validate')];
        if (example === undefined || found.length > 0 || !validate(example))
          faults.push([field.path, example, found]);
      }
      expect(faults).toEqual([]);
    },
  );

  test('no policy is for all endpoints: whoever copies it would cut them off from whatever it does not allow', () => {
    const policies = kinds.filter(({ kind }) => /^(Global)?NetworkPolicy$/.test(kind));
    const shown = policies.flatMap((kind) => {
      const known = knownManifests(kind, rules);
      return [rootOf(kind), ...allFieldsBelow(rootOf(kind))].map((field) => exampleOf(field, known));
    });
    const selectors = shown.flatMap((example) => {
      const spec = (example as { readonly spec?: { readonly selector?: string } } | undefined)?.spec;
      return example === undefined ? [] : [spec?.selector];
    });
    expect(selectors.length).toBeGreaterThan(100);
    expect(selectors.filter((selector) => selector === undefined || selector === 'all()')).toEqual([]);
  });

  test('a field that no manifest may have has none', async () => {
    const kind = kinds.find((known) => known.kind === 'GlobalNetworkPolicy')!;
    const field = [...allFieldsBelow(rootOf(kind))].find(({ path }) => path === 'spec.egress[].http')!;
    expect(exampleOf(field, knownManifests(kind, rules))).toBeUndefined();
  });
});
