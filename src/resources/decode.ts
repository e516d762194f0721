import type { FieldPath, Problem } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import { didYouMean } from '../core/suggest.ts';
import { type Meant, numberMeant } from './fixes.ts';
import { readForm } from './forms.ts';
import { mapValues, type Shape } from './jsonschema.ts';
import { type Annotation, annotationOf, type Schema } from './schema.ts';
import { KEYWORDS, READING } from './structure.ts';

/**
 * Reads a JSON value into the normal form of its schema, as Go's decoder and encoder together would: fields in
 * declared order, empty ones left out, names matched in any letter case, numbers given for text taken as text.
 */

export interface DecodeMode {
  /** `refuse` for what users write; `keep` for what is stored: a newer Calico's fields survive. */
  readonly unknown: 'refuse' | 'keep';
}

export interface Decoded {
  /** Undefined where the value is empty and the field is not one that is always written. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
}

/** Decodes `value`; `path` is where it stands in its document. */
export function decode(schema: Schema, value: unknown, path: FieldPath, mode: DecodeMode): Decoded {
  const problems: Problem[] = [];
  const start = path.reduce<Trail>((before, key) => ({ before, key }), undefined);
  return { value: read(schema as Shape, value, start, { mode, problems }), problems };
}

/** A path as a chain: steps are taken for every field, the path is told only where there is a problem. */
type Trail = { readonly before: Trail; readonly key: string | number } | undefined;

function pathOf(trail: Trail): FieldPath {
  const path: (string | number)[] = [];
  for (let at = trail; at !== undefined; at = at.before) path.push(at.key);
  return path.reverse();
}

interface Reading {
  readonly mode: DecodeMode;
  readonly problems: Problem[];
}

function read(shape: Shape, value: unknown, trail: Trail, reading: Reading): unknown {
  const annotation = annotationOf(shape as Schema);
  if (value === null || value === undefined) return emptyOf(shape, annotation);
  const result = readValue(shape, annotation, value, trail, reading);
  if (result === undefined) return emptyOf(shape, annotation);
  // Go's `any` is empty only when it is nil: a 0 in it is a value.
  if (annotation.form === 'any') return result;
  return annotation.presence === 'omitempty' && isEmpty(result) ? undefined : result;
}

function readValue(
  shape: Shape,
  annotation: Annotation,
  value: unknown,
  trail: Trail,
  reading: Reading,
): unknown {
  if (annotation.form !== undefined) {
    const form = readForm(annotation.form, value);
    if ('message' in form) {
      const meant = numberMeant(value);
      const isRight =
        meant.fix !== undefined &&
        'value' in meant.fix &&
        'value' in readForm(annotation.form, meant.fix.value);
      return refuse(value, trail, form.message, reading, { rule: form.rule, ...(isRight && meant) });
    }
    return form.value;
  }
  if (shape.properties !== undefined) return readObject(shape.properties, value, trail, reading);
  if (shape.items !== undefined) return readList(shape.items, value, trail, reading);
  if (shape.type === 'string') return readText(value, trail, reading);
  if (shape.type === 'boolean') {
    return typeof value === 'boolean'
      ? value
      : refuse(value, trail, 'is not a boolean: true or false is needed', reading);
  }
  if (shape.type === 'integer') {
    const whole = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
    if (!whole) return refuse(value, trail, 'is not a whole number', reading, numberMeant(value));
    if (value >= -(2n ** 63n) && value < 2n ** 63n) return value;
    return refuse(value, trail, 'is beyond the numbers of 64 bits', reading, { rule: KEYWORDS.range.id });
  }
  const values = shape.additionalProperties ?? mapValues(shape);
  return values === undefined ? value : readMap(values, value, trail, reading);
}

function refuse(
  value: unknown,
  trail: Trail,
  message: string,
  reading: Reading,
  { rule = READING.type.id, fix }: Meant & { readonly rule?: string } = {},
): undefined {
  reading.problems.push({ rule, path: pathOf(trail), value, message, ...(fix && { fix }) });
  return undefined;
}

function readText(value: unknown, trail: Trail, reading: Reading): unknown {
  if (typeof value === 'string') return value;
  if (typeof value === 'object') return refuse(value, trail, 'is not text', reading);
  return String(value);
}

function readList(items: Shape, value: unknown, trail: Trail, reading: Reading): unknown {
  if (!Array.isArray(value)) return refuse(value, trail, 'is not a list', reading);
  return value.map((item, index) => {
    const result = read(items, item, { before: trail, key: index }, reading);
    return result === undefined ? zeroOf(items) : result;
  });
}

function readMap(values: Shape, value: unknown, trail: Trail, reading: Reading): unknown {
  if (!isObject(value)) return refuse(value, trail, 'is not a mapping', reading);
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort(compareBytes)) {
    const item = read(values, value[key], { before: trail, key }, reading);
    setOwn(result, key, item === undefined ? zeroOf(values) : item);
  }
  return result;
}

function readObject(
  fields: Readonly<Record<string, Shape>>,
  value: unknown,
  trail: Trail,
  reading: Reading,
): unknown {
  if (!isObject(value)) return refuse(value, trail, 'is not a mapping', reading);
  const exact = Object.keys(value).every((key) => Object.hasOwn(fields, key));
  const given = exact ? undefined : matchNames(fields, value, trail, reading);
  const result: Record<string, unknown> = {};
  for (const name in fields) {
    const field = fields[name]!;
    const key = given === undefined ? name : given.known.get(name);
    const item =
      key === undefined || !Object.hasOwn(value, key)
        ? emptyOf(field, annotationOf(field as Schema))
        : read(field, value[key], { before: trail, key }, reading);
    if (item !== undefined) result[name] = item;
  }
  for (const key of given?.unknown ?? []) setOwn(result, key, value[key]);
  return result;
}

/** Which given key stands for which field. Letter case is ignored as Go does; two spellings of one field are refused. */
function matchNames(
  fields: Readonly<Record<string, Shape>>,
  value: Record<string, unknown>,
  trail: Trail,
  reading: Reading,
) {
  const known = new Map<string, string>();
  const unknown: string[] = [];
  for (const key of Object.keys(value)) {
    const name = Object.hasOwn(fields, key) ? key : namesIgnoringCase(fields).get(key.toLowerCase());
    if (name === undefined) {
      unknown.push(key);
      if (reading.mode.unknown === 'refuse') {
        const message = `is not a known field here${didYouMean(key, Object.keys(fields))}`;
        reading.problems.push(keyProblem(READING.unknownField.id, trail, key, message));
      }
    } else if (known.has(name)) {
      const message = `is given twice, as "${known.get(name)}" and as "${key}"`;
      reading.problems.push(keyProblem(READING.twice.id, trail, key, message));
    } else {
      known.set(name, key);
    }
  }
  return { known, unknown };
}

function keyProblem(rule: string, trail: Trail, key: string, message: string): Problem {
  return { rule, path: [...pathOf(trail), key], message, at: 'key' };
}

const lowerCaseNames = new WeakMap<object, Map<string, string>>();

function namesIgnoringCase(fields: Readonly<Record<string, Shape>>): Map<string, string> {
  let names = lowerCaseNames.get(fields);
  if (names === undefined) {
    names = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name]));
    lowerCaseNames.set(fields, names);
  }
  return names;
}

function isEmpty(value: unknown): boolean {
  if (value === '' || value === 0 || value === 0n || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value !== 'object' || value === null) return false;
  for (const _key in value) return false;
  return true;
}

function emptyOf(shape: Shape, annotation: Annotation): unknown {
  return annotation.presence === 'always' ? zeroOf(shape) : undefined;
}

/** Go's zero value of a field, as it is written. */
function zeroOf(shape: Shape): unknown {
  const { form } = annotationOf(shape as Schema);
  if (form === 'time' || form === 'any') return null;
  if (form === 'duration') return '0s';
  if (form !== undefined) return 0;
  if (shape.properties !== undefined)
    return read(shape, {}, undefined, { mode: { unknown: 'keep' }, problems: [] }) ?? {};
  if (shape.items !== undefined) return null;
  if (shape.type === 'string') return '';
  if (shape.type === 'boolean') return false;
  if (shape.type === 'integer') return 0;
  return null;
}

/** Go sorts map keys by their bytes. */
function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sets a key of the user's choice; `__proto__` too is just a key. */
function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}
