import { isObject, type Json, type JsonObject } from '../../core/json.ts';

/**
 * Applies an RFC 7386 merge patch: objects merge, `null` removes a key, anything else (lists too) replaces.
 * Neither argument is changed; the result shares their untouched parts.
 */
export function applyMergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(target) ? (target as JsonObject) : {}));
  for (const [key, value] of Object.entries(patch as JsonObject)) {
    if (value === undefined) continue;
    if (value === null) merged.delete(key);
    else merged.set(key, applyMergePatch(merged.get(key) ?? null, value));
  }
  return Object.fromEntries(merged);
}
