import { annotationOf, type Schema } from '../../../src/resources/schema.ts';

/**
 * Schemas as lines, one a property: its path, then what is demanded of it. So a custom resource definition and our
 * declaration of the same kind can be compared, and the difference read.
 */

type Node = Readonly<Record<string, unknown>>;

const KEYWORDS = [
  'enum',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minItems',
  'maxItems',
  'default',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
] as const;

/** The lines of an OpenAPI schema from a custom resource definition. */
export function linesOfDefinition(node: Node, path: string, required = false): string[] {
  return walk(node, path, required, demandsOfDefinition);
}

/** The lines of a schema of ours. */
export function linesOfSchema(schema: Schema, path: string, required = false): string[] {
  return walk(schema as unknown as Node, path, required, demandsOfSchema);
}

function walk(node: Node, path: string, required: boolean, demandsOf: (node: Node) => Node): string[] {
  const demands = { ...demandsOf(node), ...(required ? { required } : {}) };
  const lines = [`${path} ${JSON.stringify(demands)}`];
  const properties = (node['properties'] ?? {}) as Record<string, Node>;
  const needed = (node['required'] ?? []) as readonly string[];
  for (const name of Object.keys(properties).sort())
    lines.push(...walk(properties[name]!, `${path}.${name}`, needed.includes(name), demandsOf));
  if (node['items'] !== undefined) lines.push(...walk(node['items'] as Node, `${path}[]`, false, demandsOf));
  const values = valuesOf(node);
  if (values !== undefined) lines.push(...walk(values, `${path}{}`, false, demandsOf));
  return lines;
}

function valuesOf(node: Node): Node | undefined {
  const patterned = Object.values((node['patternProperties'] ?? {}) as Record<string, Node>)[0];
  return typeof node['additionalProperties'] === 'object'
    ? (node['additionalProperties'] as Node)
    : patterned;
}

function pick(node: Node): Node {
  return Object.fromEntries(
    KEYWORDS.filter((keyword) => node[keyword] !== undefined).map((keyword) => [keyword, node[keyword]]),
  );
}

function demandsOfDefinition(node: Node): Node {
  if (node['x-kubernetes-int-or-string'] === true) return { type: 'int-or-string' };
  const alternatives = (node['allOf'] ?? []) as readonly Node[];
  const allowed = alternatives
    .map((part) => part['enum'] as readonly string[])
    .reduce<readonly string[] | undefined>(
      (all, words) => (all === undefined ? words : words.filter((word) => all.includes(word))),
      undefined,
    );
  return { type: node['type'], ...pick(allowed === undefined ? node : { ...node, enum: allowed }) };
}

const TYPE_OF_FORM: Readonly<Record<string, string>> = {
  port: 'int-or-string',
  protocol: 'int-or-string',
  dscp: 'int-or-string',
  intOrString: 'int-or-string',
  float: 'number',
  time: 'string',
  duration: 'string',
};

function demandsOfSchema(node: Node): Node {
  const { form, set, crd, goPattern } = annotationOf(node as unknown as Schema);
  const type = form === undefined ? node['type'] : (TYPE_OF_FORM[form] ?? node['type']);
  if (type === 'int-or-string') return { type };
  // Our formats are tests of the client's; the definitions say them in words of their own, if at all.
  const { format: _, ...own } = node;
  return {
    type,
    ...pick({
      ...own,
      ...(goPattern === undefined ? {} : { pattern: goPattern }),
      ...(set ? { 'x-kubernetes-list-type': 'set' } : {}),
      ...crd,
    }),
  };
}
