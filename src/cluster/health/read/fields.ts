import { isObject, textIn } from '../../../core/json.ts';
import type { KubeObject } from '../../../datastore/cluster.ts';

/** Fields of objects that nobody vouches for: whatever stands there, reading goes on. */

export function objectIn(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  let inner = value;
  for (const key of path) inner = isObject(inner) ? inner[key] : undefined;
  return isObject(inner) ? inner : {};
}

export function objectsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textsIn(value: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, textIn(text)]));
}

export function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** The condition of that type; empty where there is none. */
export function conditionOf(object: KubeObject, type: string): Readonly<Record<string, unknown>> {
  const conditions = objectsIn(objectIn(object, 'status')['conditions']);
  return conditions.find((condition) => condition['type'] === type) ?? {};
}
