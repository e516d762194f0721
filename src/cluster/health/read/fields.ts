import { objectIn, objectsIn, textIn } from '../../../core/json.ts';
import type { KubeObject } from '../../../datastore/cluster.ts';

/** Fields of objects that nobody vouches for: whatever stands there, reading goes on. */

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
