import { CalicoctlError } from '../../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { jsonEqual } from './equal.ts';
import { formatPointer, isPrefix, type Pointer, parsePointer } from './pointer.ts';

/**
 * Applies an RFC 6902 patch, a list of operations, all or none of them. The document is not changed.
 * An operation that cannot be done is an `input` error that names its index, op, path and the reason.
 */
export function applyJsonPatch(document: Json, operations: readonly Json[]): Json {
  return operations.reduce<Json>(
    (current, operation, index) => applyOperation(current, operation, index),
    document,
  );
}

/** Why an operation cannot be done; caught where its index is known. */
class Refusal extends Error {}

function applyOperation(document: Json, operation: Json, index: number): Json {
  try {
    return perform(document, operation);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { op, path } = isObject(operation) ? operation : {};
    const words = [op, typeof path === 'string' ? `"${path}"` : path];
    const name = words.filter((word) => typeof word === 'string').join(' ');
    throw new CalicoctlError('input', `patch operation [${index}]${name && ` ${name}`}: ${error.message}`, {
      hint: 'No operation of the patch was applied.',
    });
  }
}

function perform(document: Json, operation: Json): Json {
  if (!isObject(operation)) throw new Refusal('an operation is an object with "op" and "path"');
  const fields = operation as JsonObject;
  const op = fields['op'];
  if (typeof op !== 'string') throw new Refusal('"op" is missing or not a string');
  const perform = Object.hasOwn(OPERATIONS, op) ? OPERATIONS[op] : undefined;
  if (!perform) throw new Refusal(`"op" is none of ${Object.keys(OPERATIONS).join(', ')}`);
  return perform(document, pointerIn(fields, 'path'), fields);
}

type Operation = (document: Json, path: Pointer, fields: JsonObject) => Json;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  add: (document, path, fields) => add(document, path, valueIn(fields)),
  remove: (document, path) => remove(document, path),
  replace: (document, path, fields) => replace(document, path, valueIn(fields)),
  move: (document, path, fields) => {
    const from = pointerIn(fields, 'from');
    const value = read(document, from);
    if (isPrefix(from, path)) {
      if (from.length === path.length) return document;
      throw new Refusal(`cannot move "${formatPointer(from)}" into itself`);
    }
    return add(remove(document, from), path, value);
  },
  copy: (document, path, fields) => add(document, path, read(document, pointerIn(fields, 'from'))),
  test: (document, path, fields) => {
    if (jsonEqual(read(document, path), valueIn(fields))) return document;
    throw new Refusal('the value there is not the tested one');
  },
};

function pointerIn(fields: JsonObject, name: 'path' | 'from'): Pointer {
  const text = fields[name];
  if (typeof text !== 'string') throw new Refusal(`"${name}" is missing or not a string`);
  const pointer = parsePointer(text);
  if (pointer) return pointer;
  throw new Refusal(`"${name}" is not a JSON Pointer: it starts with "/", and "~" is written "~0"`);
}

function valueIn(fields: JsonObject): Json {
  const value = Object.hasOwn(fields, 'value') ? fields['value'] : undefined;
  if (value === undefined) throw new Refusal('"value" is missing');
  return value;
}

function read(document: Json, path: Pointer): Json {
  return path.reduce<Json>((value, _token, depth) => child(value, path, depth), document);
}

function child(value: Json, path: Pointer, depth: number): Json {
  const token = path[depth]!;
  if (Array.isArray(value)) return value[existingIndex(value, path, depth)];
  if (!isObject(value))
    throw new Refusal(`"${formatPointer(path.slice(0, depth))}" is neither object nor list`);
  const found = Object.hasOwn(value, token) ? (value as JsonObject)[token] : undefined;
  if (found === undefined) throw new Refusal(`there is no "${formatPointer(path.slice(0, depth + 1))}"`);
  return found;
}

function existingIndex(list: readonly Json[], path: Pointer, depth: number): number {
  const index = listIndex(list, path[depth]!);
  if (index < list.length) return index;
  const where = formatPointer(path.slice(0, depth));
  throw new Refusal(`"${where}" has ${list.length} elements, there is no "${path[depth]}"`);
}

/** The index a token names; `-` is the place after the last element. Leading zeros are refused. */
function listIndex(list: readonly Json[], token: string): number {
  if (token === '-') return list.length;
  if (/^(0|[1-9]\d*)$/.test(token)) return Number(token);
  throw new Refusal(`"${token}" is not a list index`);
}

/** Copies the values on the way to the parent of `path`, and puts `change(parent)` in its place. */
function changeParent(document: Json, path: Pointer, change: (parent: Json) => Json, depth = 0): Json {
  if (depth === path.length - 1) return change(document);
  const changed = changeParent(child(document, path, depth), path, change, depth + 1);
  return withValue(document, path, depth, changed);
}

/** `parent` with the value of an existing list index, or of any key, exchanged. */
function withValue(parent: Json, path: Pointer, depth: number, value: Json): Json {
  if (Array.isArray(parent)) return parent.with(existingIndex(parent, path, depth), value);
  return { ...(parent as JsonObject), [path[depth]!]: value };
}

function add(document: Json, path: Pointer, value: Json): Json {
  if (path.length === 0) return value;
  const last = path.length - 1;
  return changeParent(document, path, (parent) => {
    if (Array.isArray(parent)) {
      const index = listIndex(parent, path[last]!);
      if (index > parent.length)
        throw new Refusal(`a list of ${parent.length} elements has no place ${index}`);
      return parent.toSpliced(index, 0, value);
    }
    if (!isObject(parent))
      throw new Refusal(`"${formatPointer(path.slice(0, last))}" is neither object nor list`);
    return withValue(parent as JsonObject, path, last, value);
  });
}

function remove(document: Json, path: Pointer): Json {
  if (path.length === 0) throw new Refusal('the whole document cannot be removed');
  const last = path.length - 1;
  return changeParent(document, path, (parent) => {
    child(parent, path, last);
    if (Array.isArray(parent)) return parent.toSpliced(Number(path[last]), 1);
    return Object.fromEntries(Object.entries(parent as JsonObject).filter(([key]) => key !== path[last]));
  });
}

function replace(document: Json, path: Pointer, value: Json): Json {
  if (path.length === 0) return value;
  const last = path.length - 1;
  return changeParent(document, path, (parent) => {
    child(parent, path, last);
    return withValue(parent, path, last, value);
  });
}
