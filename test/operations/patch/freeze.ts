import type { Json } from '../../../src/core/json.ts';

/** Freezes a value through and through, so that any change of it throws. */
export function deepFreeze<T extends Json>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) deepFreeze((item ?? null) as Json);
    Object.freeze(value);
  }
  return value;
}
