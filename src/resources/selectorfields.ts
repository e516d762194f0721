import { isObject } from '../core/json.ts';
import { fieldsWith } from './below.ts';
import type { Shape } from './jsonschema.ts';
import type { Resource } from './kind.ts';
import type { Schema } from './schema.ts';
import { foldSelector } from './selector/index.ts';

const selectorFields = fieldsWith((schema) => (schema as Shape).format === 'selector');

/**
 * The resource with each of its selectors in one line. YAML writes long selectors over several lines, but in Calico's
 * language a line break is no white space, so that every other reader of the datastore would stumble over it.
 */
export function foldSelectors<Spec>(spec: Schema, resource: Resource<Spec>): Resource<Spec> {
  // Looking for the selectors of a kind takes longer than seeing that nothing here goes over a line.
  if (!hasBreak(resource.spec)) return resource;
  const folded = fold(spec as Shape, resource.spec) as Spec;
  return folded === resource.spec ? resource : { ...resource, spec: folded };
}

function hasBreak(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\n') || value.includes('\r');
  if (typeof value !== 'object' || value === null) return false;
  for (const key in value) if (hasBreak((value as Record<string, unknown>)[key])) return true;
  return false;
}

function fold(shape: Shape, value: unknown): unknown {
  if (typeof value === 'string') return shape.format === 'selector' ? foldSelector(value) : value;
  if (Array.isArray(value)) return shape.items === undefined ? value : foldItems(shape.items, value);
  return isObject(value) ? foldFields(shape, value) : value;
}

function foldItems(items: Shape, value: readonly unknown[]): readonly unknown[] {
  const folded = value.map((item) => fold(items, item));
  return folded.every((item, index) => item === value[index]) ? value : folded;
}

function foldFields(
  shape: Shape,
  value: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  let result = value;
  for (const [name, field] of selectorFields(shape as Schema)) {
    const folded = fold(field as Shape, value[name]);
    if (folded !== value[name]) result = { ...result, [name]: folded };
  }
  return result;
}
