/** Values as Go's reflection sees them: JSON data together with the Go type that the reference holds it in. */

export interface BasicType {
  readonly kind: 'string' | 'bool' | 'int' | 'uint' | 'float';
  /** Go's name for it, e.g. `string`, `float64`, `v3.Action`. */
  readonly name: string;
  /** The String method of a named number. */
  readonly text?: (data: unknown) => string;
}

export interface StructField {
  readonly type: GoType;
  /** The field's data out of the struct's. */
  readonly get: (data: unknown) => unknown;
}

export interface Method {
  readonly parameters: readonly ('string' | 'int')[];
  readonly call: (data: unknown, args: readonly GoValue[]) => GoValue;
}

export interface StructType {
  readonly kind: 'struct';
  readonly name: string;
  /** Own fields in order, embedded ones included. */
  readonly fields: ReadonlyMap<string, StructField>;
  /** Fields of embedded structs, reachable without naming those. */
  readonly promoted?: ReadonlyMap<string, StructField>;
  readonly methods?: ReadonlyMap<string, Method>;
  /** Go's String method. `shadow` asks for the text with every part that is data replaced; see Text. */
  readonly text?: (data: unknown, shadow: boolean) => string;
}

export interface InterfaceType {
  readonly kind: 'interface';
  readonly name: string;
  /** What the interface holds; undefined for nil. */
  readonly open: (data: unknown) => GoValue | undefined;
}

export type GoType =
  | BasicType
  | StructType
  | InterfaceType
  | { readonly kind: 'pointer'; readonly to: GoType }
  | { readonly kind: 'slice'; readonly of: GoType }
  | { readonly kind: 'map'; readonly of: GoType };

/** Data and type; absent data is the type's zero value. An undefined GoValue is what Go calls an invalid value. */
export interface GoValue {
  readonly type: GoType;
  readonly data: unknown;
  /**
   * For strings: the same text with what came from resources replaced by BASELINE. Absent for strings that came from
   * resources as a whole. The YAML injection guard compares the two renderings.
   */
  readonly shadow?: string;
}

/** What stands for every piece of data in the second rendering. */
export const BASELINE = 'baseline';

export const STRING: BasicType = { kind: 'string', name: 'string' };
export const BOOL: BasicType = { kind: 'bool', name: 'bool' };
export const INT: BasicType = { kind: 'int', name: 'int' };
export const INT64: BasicType = { kind: 'int', name: 'int64' };
export const FLOAT: BasicType = { kind: 'float', name: 'float64' };
export const BYTE: BasicType = { kind: 'uint', name: 'uint8' };

/** A string of the template's own. */
export function literal(text: string, shadow = text): GoValue {
  return { type: STRING, data: text, shadow };
}

export function int(value: number | bigint): GoValue {
  return { type: INT, data: value };
}

export function bool(value: boolean): GoValue {
  return { type: BOOL, data: value };
}

export function typeName(type: GoType): string {
  switch (type.kind) {
    case 'pointer':
      return `*${typeName(type.to)}`;
    case 'slice':
      return `[]${typeName(type.of)}`;
    case 'map':
      return `map[string]${typeName(type.of)}`;
    default:
      return type.name;
  }
}

/** True for a nil pointer, interface, slice or map. */
export function isNil({ type, data }: GoValue): boolean {
  if (type.kind === 'interface') return type.open(data) === undefined;
  return (type.kind === 'pointer' || type.kind === 'slice' || type.kind === 'map') && data == null;
}

/** Follows pointers and interfaces to what they hold, or to the nil among them. */
export function indirect(value: GoValue): GoValue {
  let at = value;
  while (!isNil(at)) {
    if (at.type.kind === 'pointer') at = { ...at, type: at.type.to };
    else if (at.type.kind === 'interface') at = at.type.open(at.data)!;
    else break;
  }
  return at;
}

/** What an interface holds; other values as they are. */
export function indirectInterface(value: GoValue | undefined): GoValue | undefined {
  return value?.type.kind === 'interface' ? value.type.open(value.data) : value;
}

export function stringOf({ data }: GoValue): string {
  return typeof data === 'string' ? data : data == null ? '' : String(data);
}

export function numberOf({ data }: GoValue): number | bigint {
  return typeof data === 'number' || typeof data === 'bigint' ? data : Number(data ?? 0);
}

/** Elements of a slice. */
export function elements(value: GoValue & { readonly type: { readonly kind: 'slice' } }): GoValue[] {
  const { of } = value.type as { readonly of: GoType };
  return ((value.data ?? []) as readonly unknown[]).map((data) => ({ type: of, data }));
}

/** Entries of a map, sorted by key. */
export function entries(value: GoValue & { readonly type: { readonly kind: 'map' } }): [string, GoValue][] {
  const { of } = value.type as { readonly of: GoType };
  const map = (value.data ?? {}) as Readonly<Record<string, unknown>>;
  const keys = Object.keys(map).filter((key) => map[key] !== undefined);
  return keys.sort(compareBytes).map((key) => [key, { type: of, data: map[key] }]);
}

/** Go orders strings by their bytes. */
export function compareBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function isSlice(value: GoValue): value is GoValue & { readonly type: { readonly kind: 'slice' } } {
  return value.type.kind === 'slice';
}

export function isMap(value: GoValue): value is GoValue & { readonly type: { readonly kind: 'map' } } {
  return value.type.kind === 'map';
}

/** Whether `if` takes it for true: nothing empty, zero or nil. A pointer counts by itself, not by what it points to. */
export function isTrue(value: GoValue | undefined): boolean {
  const held = indirectInterface(value);
  if (held === undefined) return false;
  switch (held.type.kind) {
    case 'string':
      return stringOf(held) !== '';
    case 'bool':
      return held.data === true;
    case 'int':
    case 'uint':
    case 'float':
      return Number(numberOf(held)) !== 0;
    case 'slice':
      return ((held.data ?? []) as readonly unknown[]).length > 0;
    case 'map':
      return isMap(held) && entries(held).length > 0;
    case 'pointer':
      return !isNil(held);
    default:
      return true;
  }
}
