import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { customResourceDefinitions } from '../../src/resources/crd-definition.ts';
import { DEFINITION_GROUPS, type DefinitionGroup } from '../../src/resources/definition.ts';

/**
 * What Calico's definitions say of each kind and of each field, by path (`[]` below a list, `{}` below a map), without
 * descriptions and messages. Of the fields in crd.projectcalico.org those are listed that differ.
 */
const folder = join(import.meta.dirname, '../fixtures/schemas');

type Node = Record<string, unknown>;

interface Fixture {
  readonly definition: Node & { readonly crdName: string };
  readonly fields: Readonly<Record<string, Node>>;
}

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: Node & { readonly versions: readonly Node[] };
}

const fixtures = readdirSync(folder).map(
  (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, Fixture>,
);

function flatten(node: Node, path: string, into: Record<string, Node>): Record<string, Node> {
  const { properties, items, additionalProperties, description: _, ...constraints } = node;
  const validations = constraints['x-kubernetes-validations'] as readonly Node[] | undefined;
  if (validations !== undefined)
    constraints['x-kubernetes-validations'] = validations.map(({ message: _, ...rest }) => rest);
  into[path || 'object'] = constraints;
  const prefix = path === '' ? '' : `${path}.`;
  for (const [name, child] of Object.entries(properties ?? {})) flatten(child, `${prefix}${name}`, into);
  if (items !== undefined) flatten(items as Node, `${path}[]`, into);
  if (additionalProperties !== undefined) flatten(additionalProperties as Node, `${path}{}`, into);
  return into;
}

function schemaOf({ spec }: Definition): Node {
  return (spec.versions[0]!['schema'] as Node)['openAPIV3Schema'] as Node;
}

/** What the fixtures have of a definition beside its fields. */
function outline({ metadata, spec }: Definition): Node {
  const version = spec.versions[0]!;
  const selectable = (version['selectableFields'] ?? []) as readonly Node[];
  return {
    crdName: metadata.name,
    names: spec['names'],
    printerColumns: version['additionalPrinterColumns'] ?? [],
    scope: spec['scope'],
    selectableFields: selectable.map(({ jsonPath }) => jsonPath),
    subresources: Object.keys((version['subresources'] ?? {}) as object),
  };
}

for (const [group, version] of Object.entries(DEFINITION_GROUPS)) {
  const definitions = (await customResourceDefinitions(group as DefinitionGroup)) as unknown as Definition[];
  const gv = `${group}/${version}`;

  describe(`definitions of ${gv}`, () => {
    test('are those of Calico', () => {
      const names = fixtures.map((fixture) => fixture[gv]!.definition.crdName);
      expect(definitions.map(({ metadata }) => metadata.name)).toEqual(names.sort());
    });

    for (const fixture of fixtures) {
      const { definition: wanted, fields } = fixture[gv]!;
      test(`${wanted.crdName} is as Calico defines it`, () => {
        const ours = definitions.find(({ metadata }) => metadata.name === wanted.crdName)!;
        expect(outline(ours)).toEqual(wanted);
        const all = { ...fixture['projectcalico.org/v3']!.fields, ...fields };
        expect(flatten(schemaOf(ours), '', {})).toEqual(all);
      });
    }

    test('have one version, served and stored', () => {
      for (const { spec } of definitions) {
        expect(spec.versions.map(({ name, served, storage }) => ({ name, served, storage }))).toEqual([
          { name: version, served: true, storage: true },
        ]);
      }
    });

    test('say of every field and of every check what it is for', () => {
      const silent = definitions.flatMap(({ metadata, spec }) =>
        (spec.versions as Node[]).flatMap((node) => silentIn(node['schema'] as Node, metadata.name)),
      );
      expect(silent).toEqual([]);
    });
  });
}

/** Properties without a description, and CEL rules without a message. */
function silentIn(node: unknown, path: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { properties, 'x-kubernetes-validations': validations = [] } = node as Record<string, unknown>;
  const found: string[] = [];
  for (const [name, child] of Object.entries((properties ?? {}) as Record<string, Node>))
    if (!child['description'] && !/\.(metadata|spec|status)$/.test(`.${name}`)) found.push(`${path}.${name}`);
  for (const { rule, message } of validations as { rule: string; message?: string }[])
    if (!message) found.push(`${path}: ${rule}`);
  return [
    ...found,
    ...Object.entries(node).flatMap(([key, child]) =>
      key === 'default' ? [] : silentIn(child, `${path}.${key}`),
    ),
  ];
}
