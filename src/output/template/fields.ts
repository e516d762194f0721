import { bindArguments, MISSING, type Source } from './arguments.ts';
import { CallFailure } from './compare.ts';
import type { Evaluator } from './evaluate.ts';
import {
  entries,
  type GoValue,
  indirect,
  isMap,
  isNil,
  type StructField,
  type StructType,
  typeName,
} from './values.ts';

/** `receiver.name`: a method, a struct's field or a map's entry (invalid where the map has none). */
export function evaluateField(
  evaluator: Evaluator,
  receiver: GoValue | undefined,
  name: string,
  source: Source,
): GoValue | undefined {
  // Go gives no error here: an entry that is missing in a map has no entries either.
  if (receiver === undefined) return undefined;
  const shown = typeName(receiver.type);
  const held = indirect(receiver);
  const hasArguments = source.args.length > 0 || source.final !== MISSING;
  if (held.type.kind === 'interface') evaluator.fail(`nil pointer evaluating ${shown}.${name}`);
  const struct = structOf(held);
  if (held.type.kind === 'struct') {
    const method = held.type.methods?.get(name);
    if (method) {
      const args = bindArguments(evaluator, name, method, source);
      return attempt(evaluator, name, () => method.call(held.data, args as readonly GoValue[]));
    }
    const field = fieldOf(held.type, name);
    if (field) {
      if (hasArguments) evaluator.fail(`${name} has arguments but cannot be invoked as function`);
      return { type: field.type, data: field.get(held.data) };
    }
  } else if (isMap(held)) {
    if (hasArguments) evaluator.fail(`${name} is not a method but has arguments`);
    return entries(held).find(([key]) => key === name)?.[1];
  } else if (held.type.kind === 'pointer' && isNil(held) && (!struct || knows(struct, name))) {
    evaluator.fail(`nil pointer evaluating ${shown}.${name}`);
  }
  return evaluator.fail(`can't evaluate field ${name} in type ${shown}`);
}

function structOf({ type }: GoValue): StructType | undefined {
  return type.kind === 'pointer' && type.to.kind === 'struct' ? type.to : undefined;
}

function knows(type: StructType, name: string): boolean {
  return fieldOf(type, name) !== undefined || type.methods?.has(name) === true;
}

function fieldOf(type: StructType, name: string): StructField | undefined {
  return type.fields.get(name) ?? type.promoted?.get(name);
}

function attempt(evaluator: Evaluator, name: string, call: () => GoValue): GoValue {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    return evaluator.fail(`error calling ${name}: ${error.message}`);
  }
}
