import {
  compareBytes,
  type GoType,
  type GoValue,
  indirectInterface,
  isNil,
  numberOf,
  stringOf,
  typeName,
} from './values.ts';

/** What a function says instead of returning a value; becomes `error calling NAME: …`. */
export class CallFailure extends Error {}

const BASIC: ReadonlySet<GoType['kind']> = new Set(['string', 'bool', 'int', 'uint', 'float'] as const);

/** Values of one class compare; `int` and `uint` form one, but floats are apart from them. */
function classOf(value: GoValue): string | undefined {
  const { kind } = value.type;
  if (!BASIC.has(kind)) return undefined;
  return kind === 'uint' ? 'int' : kind;
}

function incompatible(a: GoValue, b: GoValue): CallFailure {
  return new CallFailure(`incompatible types for comparison: ${typeName(a.type)} and ${typeName(b.type)}`);
}

/** True where the first value equals any of the others. */
export function equalsAny(first: GoValue | undefined, others: readonly (GoValue | undefined)[]): boolean {
  if (others.length === 0) throw new CallFailure('missing argument for comparison');
  const a = indirectInterface(first);
  return others.some((other) => equal(a, indirectInterface(other)));
}

function equal(a: GoValue | undefined, b: GoValue | undefined): boolean {
  if (a === undefined || b === undefined) {
    const rest = a ?? b;
    return rest === undefined || (classOf(rest) === undefined && isNil(rest));
  }
  const classA = classOf(a);
  const classB = classOf(b);
  if (classA !== classB) throw incompatible(a, b);
  if (classA === 'string') return stringOf(a) === stringOf(b);
  if (classA === 'bool') return (a.data === true) === (b.data === true);
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint equals the number of the same value only loosely
  if (classA !== undefined) return numberOf(a) == numberOf(b);
  if (isNil(a) || isNil(b)) return isNil(a) === isNil(b);
  if (a.type.kind !== 'pointer' && a.type.kind !== 'struct') {
    throw new CallFailure(`non-comparable type ${typeName(b.type)}`);
  }
  return a.data === b.data;
}

/** True where the first value is less than the second. */
export function isLess(first: GoValue | undefined, second: GoValue | undefined): boolean {
  const a = indirectInterface(first);
  const b = indirectInterface(second);
  const invalid = new CallFailure('invalid type for comparison');
  if (a === undefined || b === undefined) throw invalid;
  const classA = classOf(a);
  const classB = classOf(b);
  if (classA === undefined || classB === undefined) throw invalid;
  if (classA !== classB) throw incompatible(a, b);
  if (classA === 'bool') throw invalid;
  return classA === 'string' ? compareBytes(stringOf(a), stringOf(b)) < 0 : numberOf(a) < numberOf(b);
}
