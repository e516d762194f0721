import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { isObject } from '../../src/core/json.ts';
import { decodeDocument, withSchemaDefaults } from '../../src/resources/document.ts';
import type { Kind, Resource } from '../../src/resources/kind.ts';

const FOLDER = join(import.meta.dirname, '..', 'fixtures');

/** Kinds, in lower case, that have a fixture: a valid manifest that uses every field. */
export const fixtures = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace('.yaml', ''))
  .sort();

/** A fixture as it is written. */
export function readFixture(kind: string): Record<string, unknown> {
  return load(readFileSync(join(FOLDER, `${kind}.yaml`), 'utf8')) as Record<string, unknown>;
}

/** The resource that a manifest describes; throws where it cannot be decoded. */
export function resourceOf(kind: Kind, manifest: unknown): Resource {
  const { resource, problems } = decodeDocument(kind, manifest);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return { ...resource, spec: withSchemaDefaults(kind.spec, resource.spec) };
}

/** `base` with the fields of `changes` in place of its own, objects field by field; `undefined` takes one away. */
export function changed(base: unknown, changes: unknown): unknown {
  if (!isObject(base) || !isObject(changes)) return changes;
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete result[name];
    else result[name] = changed(base[name], value);
  }
  return result;
}
