import type { FieldPath } from '../../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import {
  badDirective,
  type MergeList,
  mergeList,
  orderList,
  removeFromList,
  unknownDirective,
} from './strategic-lists.ts';

/** The lists of the metadata that merge. No list in a Calico spec has a merge key, so all others are replaced. */
const MERGE_LISTS: Readonly<Record<string, MergeList>> = {
  finalizers: {},
  ownerReferences: { key: 'uid' },
};

function mergeRule(path: FieldPath): MergeList | undefined {
  const [parent, field = '', ...more] = path;
  if (parent !== 'metadata' || more.length > 0) return undefined;
  return Object.hasOwn(MERGE_LISTS, field) ? MERGE_LISTS[field] : undefined;
}

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM_LIST = '$deleteFromPrimitiveList';
const SET_ELEMENT_ORDER = '$setElementOrder';

/**
 * Applies a Kubernetes strategic merge patch as apimachinery's strategicpatch does for Calico's types: maps merge,
 * `null` deletes, lists but for two are replaced, directives steer. Neither argument is changed.
 */
export function applyStrategicPatch(original: JsonObject, patch: JsonObject): JsonObject {
  return mergeMap(original, patch, []);
}

function mergeMap(original: JsonObject, patch: JsonObject, path: FieldPath): JsonObject {
  const { [DIRECTIVE]: directive, ...content } = patch;
  if (directive === 'delete') return {};
  if (directive === 'replace') return content;
  if (directive !== undefined && directive !== 'merge') {
    throw unknownDirective([...path, DIRECTIVE], directive);
  }
  const { [RETAIN_KEYS]: retained, ...changes } = content;
  const kept = retained === undefined ? original : retainKeys(original, changes, retained, path);
  const merged = new Map(Object.entries(kept));
  for (const key of orderLists(merged, changes, path)) delete changes[key];
  for (const [key, value] of Object.entries(changes)) {
    if (value !== undefined) mergeKey(merged, key, value, path);
  }
  return Object.fromEntries(merged);
}

/** Only the named keys stay; whatever the patch sets must be among them. */
function retainKeys(original: JsonObject, changes: JsonObject, retained: Json, path: FieldPath): JsonObject {
  if (!Array.isArray(retained)) {
    throw badDirective(
      'invalid patch format of retainKeys',
      [...path, RETAIN_KEYS],
      retained,
      'must be a list',
    );
  }
  const names = new Set<Json>(retained);
  const stranger = Object.entries(changes).find(
    ([key, value]) => value !== null && !isListDirective(key) && !names.has(key),
  );
  if (stranger) {
    const [key, value] = stranger;
    throw badDirective(
      'invalid patch format of retainKeys',
      [...path, key],
      value,
      'is set, but not retained',
    );
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => names.has(key)));
}

function isListDirective(key: string): boolean {
  return key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ELEMENT_ORDER);
}

/** Merges and orders the lists that have an order directive; returns the keys of the patch that are thereby done. */
function orderLists(
  merged: Map<string, Json | undefined>,
  changes: JsonObject,
  path: FieldPath,
): readonly string[] {
  const done: string[] = [];
  for (const [key, order] of Object.entries(changes)) {
    if (!key.startsWith(SET_ELEMENT_ORDER)) continue;
    done.push(key);
    const field = fieldOf(key, SET_ELEMENT_ORDER, path);
    const where = [...path, field];
    const list = listOrNothing(merged.get(field), where);
    const patchList = listOrNothing(changes[field], where);
    const wanted = listOrNothing(order, [...path, key]) ?? [];
    const ordered = orderList(list, patchList, wanted, mergeRule(where), where, mergeMap);
    if (ordered) merged.set(field, ordered);
    if (ordered) done.push(field);
  }
  return done;
}

function listOrNothing(value: Json | undefined, path: FieldPath): readonly Json[] | undefined {
  if (value === undefined || Array.isArray(value)) return value;
  throw badDirective('invalid patch format of setElementOrder list', path, value, 'must be a list');
}

function mergeKey(merged: Map<string, Json | undefined>, key: string, value: Json, path: FieldPath): void {
  if (key.startsWith(DELETE_FROM_LIST)) {
    deleteFromList(merged, fieldOf(key, DELETE_FROM_LIST, path), value, path);
    return;
  }
  const current = merged.get(key);
  const result = value === null ? undefined : mergeValues(current, value, [...path, key]);
  if (result === undefined) merged.delete(key);
  else merged.set(key, result);
}

/** The value of a key after the patch; undefined where the key goes. */
function mergeValues(current: Json | undefined, value: Json, path: FieldPath): Json | undefined {
  if (isObject(current) && isObject(value)) return mergeMap(current as JsonObject, value as JsonObject, path);
  if (Array.isArray(current) && Array.isArray(value)) {
    const rule = mergeRule(path);
    return rule ? mergeList(current, value, rule, path, mergeMap) : value;
  }
  return withoutNullsAndDirectives(value);
}

/** `$deleteFromPrimitiveList` takes elements out of any list of plain values, whether it merges or not. */
function deleteFromList(
  merged: Map<string, Json | undefined>,
  field: string,
  value: Json,
  path: FieldPath,
): void {
  const current = merged.get(field);
  if (value === null) merged.delete(field);
  if (!Array.isArray(current) || !Array.isArray(value)) return;
  const where = [...path, field];
  merged.set(field, removeFromList(current, value, mergeRule(where) ?? {}, where, mergeMap));
}

/**
 * A value put where nothing of its type was: its nulls delete nothing, and a map with `$patch` says how to treat a
 * map that is not there, so both go.
 */
function withoutNullsAndDirectives(value: Json): Json | undefined {
  if (Array.isArray(value)) return value.map(withoutNullsAndDirectives).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, DIRECTIVE)) return undefined;
  const kept: [string, Json][] = [];
  for (const [key, item] of Object.entries(value as JsonObject)) {
    const clean = item === null || item === undefined ? undefined : withoutNullsAndDirectives(item);
    if (clean !== undefined) kept.push([key, clean]);
  }
  return Object.fromEntries(kept);
}

function fieldOf(key: string, prefix: string, path: FieldPath): string {
  if (key.startsWith(`${prefix}/`)) return key.slice(prefix.length + 1);
  throw badDirective(
    `invalid patch format of ${prefix.slice(1)} list`,
    [...path, key],
    undefined,
    `must be written ${prefix}/<field>`,
  );
}
