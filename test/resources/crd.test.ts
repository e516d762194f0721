import { expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crdSchema } from '../../src/resources/crd.ts';
import { kindOf } from '../../src/resources/registry.ts';

/** What Calico's definitions say of each field, by path (`[]` below a list, `{}` below a map), without descriptions. */
const folder = join(import.meta.dirname, '../fixtures/schemas');

type Node = Record<string, unknown>;

function flatten(node: Node, path: string, into: Record<string, Node>): void {
  const { properties, items, additionalProperties, description: _, ...constraints } = node;
  into[path] = constraints;
  for (const [name, child] of Object.entries(properties ?? {})) flatten(child, `${path}.${name}`, into);
  if (items !== undefined) flatten(items as Node, `${path}[]`, into);
  if (additionalProperties !== undefined) flatten(additionalProperties as Node, `${path}{}`, into);
}

for (const file of readdirSync(folder)) {
  const name = file.replace('.json', '');
  test(`${name} has the fields and limits of its definition`, async () => {
    const kind = await kindOf(name);
    const ours: Record<string, Node> = {};
    flatten(crdSchema(kind.spec), 'spec', ours);
    if (kind.status !== undefined) flatten(crdSchema(kind.status), 'status', ours);
    expect(ours).toEqual(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  });
}
