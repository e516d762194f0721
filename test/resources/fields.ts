import { crdSchema } from '../../src/resources/crd.ts';
import type { Schema } from '../../src/resources/schema.ts';

interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node;
}

/** A field of a schema: where it is (`[]` below a list, `{}` below a map), and its type. */
export interface Field {
  readonly path: string;
  readonly type: string;
}

/** Every field of a schema, the schema itself first. */
export function fieldsOf(schema: Schema, path: string): Iterable<Field> {
  return walk(crdSchema(schema) as Node, path);
}

function* walk(node: Node, path: string): Iterable<Field> {
  yield { path, type: 'x-kubernetes-int-or-string' in node ? 'int-or-string' : (node.type ?? 'any') };
  for (const [name, child] of Object.entries(node.properties ?? {})) yield* walk(child, `${path}.${name}`);
  if (node.items !== undefined) yield* walk(node.items, `${path}[]`);
  if (node.additionalProperties !== undefined) yield* walk(node.additionalProperties, `${path}{}`);
}
