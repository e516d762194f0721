import type { JsonObject } from '../core/json.ts';
import { CALICO_VERSION } from '../core/version.ts';
import { fieldSchema, given, type Writing } from './jsonschema-fields.ts';
import { NAMES } from './jsonschema-patterns.ts';
import { API_VERSION, type Kind } from './kind.ts';
import { metadataSchema } from './metadata.ts';
import { requiredInSpec } from './required.ts';
import type { Schema } from './schema.ts';

/** Manifests of kinds as JSON Schema 2020-12, for editors and other tools that check as one types. */

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** What is shown of a kind and of a field by way of example. */
export interface Examples {
  readonly manifest: (kind: Kind) => unknown;
  readonly samples: Writing['samples'];
}

const NONE: Examples = { manifest: () => undefined, samples: () => [] };

/** The schema of manifests of these kinds: one by itself, several chosen between by the `kind` that a document names. */
export function manifestSchema(kinds: readonly Kind[], examples = NONE): JsonObject {
  const [only] = kinds;
  const { refer, definitions } = sharing(kinds);
  const writing: Writing & Examples = { refer, ...examples };
  if (only !== undefined && kinds.length === 1) {
    const { required, ...schema } = kindSchema(only, writing);
    const all = ['apiVersion', 'kind', ...(required as readonly string[])];
    const head = { $schema: DIALECT, $id: idOf(only.kind.toLowerCase()), title: only.kind };
    return { ...head, ...schema, required: all, ...definitions() };
  }
  const schemas = kinds.map(
    (kind) => [kind.kind, { title: kind.kind, ...kindSchema(kind, writing) }] as const,
  );
  const { $defs } = definitions();
  return {
    $schema: DIALECT,
    $id: idOf('manifests'),
    title: 'Calico resources',
    description: 'A manifest as calicoctl takes it: one resource, or several in a list.',
    ...anyDocument(),
    $defs: {
      document: document(kinds),
      ...Object.fromEntries(schemas),
      ...($defs as JsonObject | undefined),
    },
  };
}

function idOf(name: string): string {
  return `urn:calicoctl:${CALICO_VERSION}:${name}`;
}

/** A document is a resource, or an array of documents. */
function anyDocument(): JsonObject {
  return conditional({ type: 'array' }, arrayOf('#'), { $ref: '#/$defs/document' });
}

function arrayOf($ref: string): JsonObject {
  return { type: 'array', items: { $ref } };
}

function conditional(test: JsonObject, met: JsonObject, otherwise?: JsonObject): JsonObject {
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  return given({ if: test, then: met, else: otherwise });
}

/** Chooses by `kind`, so that a fault is told of that kind and not of every other too. */
function document(kinds: readonly Kind[]): JsonObject {
  const names = kinds.map(({ kind }) => kind);
  const lists = names.map((name) => `${name}List`);
  const choose = (kind: string, met: JsonObject) =>
    conditional({ type: 'object', required: ['kind'], properties: { kind: { const: kind } } }, met);
  return {
    type: 'object',
    required: ['apiVersion', 'kind'],
    properties: {
      apiVersion: { description: 'API group and version.', type: 'string', enum: [API_VERSION, 'v1'] },
      kind: { description: 'What the document is.', type: 'string', enum: [...names, ...lists, 'List'] },
    },
    allOf: [
      ...names.map((name) => choose(name, { $ref: `#/$defs/${name}` })),
      ...names.map((name, index) => choose(lists[index]!, listOf(name))),
      choose('List', {
        type: 'object',
        properties: { apiVersion: { const: 'v1' }, items: arrayOf('#') },
      }),
    ],
  };
}

/** Items of a typed list need not name kind and apiVersion. */
function listOf(kind: string): JsonObject {
  return {
    type: 'object',
    properties: { apiVersion: { const: API_VERSION }, items: arrayOf(`#/$defs/${kind}`) },
  };
}

/** One resource; `apiVersion` and `kind` are right where they are given. */
function kindSchema(kind: Kind, writing: Writing & Examples): JsonObject {
  const required = requiredInSpec(kind);
  const rules = [...kind.rules, ...kind.updateRules].map(({ id, doc }) => [id, doc]);
  const example = writing.manifest(kind);
  return given({
    description: kind.doc,
    examples: example === undefined ? undefined : [example],
    type: 'object',
    required: ['metadata', ...(required.length > 0 ? ['spec'] : [])],
    properties: given({
      apiVersion: { description: 'API group and version.', const: API_VERSION },
      kind: { description: 'The kind.', const: kind.kind },
      metadata: metadataOf(kind, writing),
      spec: {
        description: `What is wanted of the ${kind.kind}.`,
        ...fieldSchema(kind.spec, writing),
        ...(required.length > 0 && { required }),
      },
      status: kind.status && fieldSchema(kind.status, writing),
    }),
    additionalProperties: false,
    'x-calicoctl-rules': rules.length === 0 ? undefined : Object.fromEntries(rules),
  });
}

function metadataOf(kind: Kind, writing: Writing): JsonObject {
  const schema = fieldSchema(metadataSchema as unknown as Schema, writing);
  const { namespace, ...rest } = schema['properties'] as Record<string, JsonObject>;
  const properties = {
    ...rest,
    name: given({
      ...rest['name'],
      maxLength: 253,
      pattern: NAMES.subdomain,
      patternErrorMessage:
        'The value is not a name: use lower-case letters, digits, "-" and ".", every part between dots beginning and ending with a letter or digit.',
      examples: kind.singleton === undefined ? undefined : [kind.singleton],
    }),
    ...(kind.scope === 'namespaced' && { namespace: namespace! }),
    labels: {
      ...rest['labels'],
      propertyNames: { type: 'string', pattern: NAMES.qualified },
      additionalProperties: { type: 'string', maxLength: 63, pattern: NAMES.labelValue },
    },
    annotations: {
      ...rest['annotations'],
      propertyNames: { type: 'string', pattern: NAMES.qualifiedInAnyCase },
    },
  };
  return { ...schema, required: ['name'], properties };
}

/** Structures that stand at several places of the schema are written once, under `$defs`. */
function sharing(kinds: readonly Kind[]): { refer: Writing['refer']; definitions: () => JsonObject } {
  const uses = new Map<Schema, { count: number; readonly name: string }>();
  for (const { kind, spec, status } of kinds) {
    countUses(spec, [kind, 'spec'], uses);
    if (status !== undefined) countUses(status, [kind, 'status'], uses);
  }
  const made = new Map<string, JsonObject>();
  const refer: Writing['refer'] = (schema, make) => {
    const use = uses.get(schema);
    if (use === undefined || use.count === 1) return make();
    if (!made.has(use.name)) {
      made.set(use.name, {});
      made.set(use.name, make());
    }
    return { $ref: `#/$defs/${use.name}` };
  };
  return { refer, definitions: () => (made.size === 0 ? {} : { $defs: Object.fromEntries(made) }) };
}

function countUses(
  schema: Schema,
  path: readonly string[],
  uses: Map<Schema, { count: number; readonly name: string }>,
): void {
  const { properties, items } = schema as {
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly items?: Schema;
  };
  if (items !== undefined) countUses(items, path, uses);
  if (properties === undefined) return;
  const use = uses.get(schema);
  if (use !== undefined) {
    use.count++;
    return;
  }
  uses.set(schema, { count: 1, name: path.join('.') });
  for (const [name, field] of Object.entries(properties)) countUses(field, [...path, name], uses);
}
