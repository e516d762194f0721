import { isObject, type Json, type JsonObject } from '../../core/json.ts';

/** True where two JSON values are the same value: numbers by amount, lists in order, objects whatever their order. */
export function jsonEqual(left: Json, right: Json): boolean {
  if (Array.isArray(left) || Array.isArray(right)) return listsEqual(left, right);
  if (isObject(left) || isObject(right)) return objectsEqual(left, right);
  if (typeof left === 'bigint' || typeof right === 'bigint') return amountsEqual(left, right);
  return left === right;
}

function listsEqual(left: Json, right: Json): boolean {
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
  return left.every((item, index) => jsonEqual(item, right[index]));
}

function objectsEqual(left: Json, right: Json): boolean {
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(right, key) &&
      jsonEqual((left as JsonObject)[key] ?? null, (right as JsonObject)[key] ?? null),
  );
}

/** A BigInt equals a number such as 1e20, which JSON text may write either way. */
function amountsEqual(left: Json, right: Json): boolean {
  const exact = (value: Json) =>
    typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;
  return exact(left) === exact(right);
}
