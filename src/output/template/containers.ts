import { CallFailure } from './compare.ts';
import {
  BYTE,
  elements,
  entries,
  type GoValue,
  indirect,
  indirectInterface,
  isMap,
  isNil,
  isSlice,
  numberOf,
  stringOf,
  typeName,
} from './values.ts';

/** Length of a string in bytes, of a list or map in entries. */
export function lengthOf(value: GoValue | undefined): number {
  const held = value && indirect(value);
  if (held === undefined || (isNil(held) && !isSlice(held) && !isMap(held))) {
    throw new CallFailure('len of nil pointer');
  }
  if (isSlice(held)) return elements(held).length;
  if (isMap(held)) return entries(held).length;
  if (held.type.kind === 'string') return Buffer.byteLength(stringOf(held));
  throw new CallFailure(`len of type ${typeName(held.type)}`);
}

/** The element that the keys lead to, one container after the other; a map's missing key gives a zero value. */
export function indexInto(
  value: GoValue | undefined,
  keys: readonly (GoValue | undefined)[],
): GoValue | undefined {
  let at = indirectInterface(value);
  if (at === undefined) throw new CallFailure('index of untyped nil');
  for (const key of keys) at = indexOnce(indirect(at), indirectInterface(key));
  return at;
}

function indexOnce(container: GoValue, key: GoValue | undefined): GoValue {
  if (isMap(container)) {
    if (key === undefined) throw new CallFailure('value is nil; should be of type string');
    if (key.type.kind !== 'string') {
      throw new CallFailure(`value has type ${typeName(key.type)}; should be string`);
    }
    const name = stringOf(key);
    const found = entries(container).find(([known]) => known === name);
    return found?.[1] ?? { type: (container.type as { readonly of: GoValue['type'] }).of, data: undefined };
  }
  if (isNil(container) && !isSlice(container)) throw new CallFailure('index of nil pointer');
  if (isSlice(container)) {
    const items = elements(container);
    const item = items[position(key, items.length)];
    if (item !== undefined) return item;
    throw new CallFailure('reflect: slice index out of range');
  }
  if (container.type.kind !== 'string') {
    throw new CallFailure(`can't index item of type ${typeName(container.type)}`);
  }
  const bytes = Buffer.from(stringOf(container));
  return { type: BYTE, data: bytes[position(key, bytes.length)] };
}

function position(key: GoValue | undefined, length: number): number {
  if (key === undefined) throw new CallFailure('cannot index slice/array with nil');
  if (key.type.kind !== 'int' && key.type.kind !== 'uint') {
    throw new CallFailure(`cannot index slice/array with type ${typeName(key.type)}`);
  }
  const at = Number(numberOf(key));
  if (at < 0 || at > length) throw new CallFailure(`index out of range: ${at}`);
  return at;
}

/** `slice x 1 2` is `x[1:2]`; strings are cut by bytes. */
export function sliceOf(value: GoValue | undefined, bounds: readonly (GoValue | undefined)[]): GoValue {
  const outer = indirectInterface(value);
  if (outer === undefined) throw new CallFailure('slice of untyped nil');
  const held = indirect(outer);
  if (isNil(held) && !isSlice(held)) throw new CallFailure('slice of nil pointer');
  if (bounds.length > 3) throw new CallFailure(`too many slice indexes: ${bounds.length}`);
  if (held.type.kind === 'string') {
    if (bounds.length === 3) throw new CallFailure('cannot 3-index slice a string');
    return sliceText(held, bounds);
  }
  if (!isSlice(held)) throw new CallFailure(`can't slice item of type ${typeName(held.type)}`);
  const items = (held.data ?? []) as readonly unknown[];
  return { ...held, data: items.slice(...range(bounds, items.length)) };
}

function sliceText(value: GoValue, bounds: readonly (GoValue | undefined)[]): GoValue {
  const bytes = Buffer.from(stringOf(value));
  const data = bytes.toString('utf8', ...range(bounds, bytes.length));
  // A string of the template's own stays one; of a mixed one no part is known to be.
  const { shadow, ...rest } = value;
  return shadow === value.data ? { ...rest, data, shadow: data } : { ...rest, data };
}

function range(bounds: readonly (GoValue | undefined)[], length: number): [from: number, to: number] {
  const [from = 0, to = length, capacity = length] = bounds.map((bound) => position(bound, length));
  if (from > to) throw new CallFailure(`invalid slice index: ${from} > ${to}`);
  if (to > capacity) throw new CallFailure(`invalid slice index: ${to} > ${capacity}`);
  return [from, to];
}
