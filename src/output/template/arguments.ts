import type { Evaluator } from './evaluate.ts';
import type { Parameter } from './functions.ts';
import { nodeText, type Operand } from './nodes.ts';
import { type GoValue, indirect, isNil, literal, typeName } from './values.ts';

/** Marks that no value comes down the pipeline; undefined would be Go's invalid value. */
export const MISSING = Symbol('missing');

/** The value of the preceding command, which becomes the last argument. */
export type Final = GoValue | undefined | typeof MISSING;

/** What a function or method is called with. */
export interface Source {
  readonly dot: GoValue | undefined;
  readonly args: readonly Operand[];
  readonly final: Final;
}

interface Callee {
  readonly parameters: readonly Parameter[];
  readonly rest?: Parameter;
}

/** The arguments, their number and types checked. */
export function bindArguments(
  evaluator: Evaluator,
  name: string,
  { parameters, rest }: Callee,
  { dot, args, final }: Source,
): (GoValue | undefined)[] {
  const count = args.length + (final === MISSING ? 0 : 1);
  const wanted = parameters.length;
  if (rest === undefined ? count !== wanted : count < wanted) {
    const least = rest === undefined ? '' : 'at least ';
    evaluator.fail(
      `wrong number of args for ${name}: want ${least}${wanted} got ${rest === undefined ? count : args.length}`,
    );
  }
  const values = args.map((arg, index) => argument(evaluator, dot, arg, parameters[index] ?? rest!));
  if (final === MISSING) return values;
  return [...values, converted(evaluator, final, parameters[args.length] ?? rest!)];
}

function argument(
  evaluator: Evaluator,
  dot: GoValue | undefined,
  node: Operand,
  wanted: Parameter,
): GoValue | undefined {
  const constant = node.type === 'bool' || node.type === 'number' || node.type === 'string';
  if (wanted === 'any' || !constant) {
    evaluator.at(node);
    if (node.type === 'nil' && wanted !== 'any') evaluator.fail(`cannot assign nil to ${wanted}`);
    return converted(evaluator, evaluator.operand(dot, node), wanted);
  }
  evaluator.at(node);
  if (wanted === 'string') {
    return node.type === 'string'
      ? literal(node.value)
      : evaluator.fail(`expected string; found ${nodeText(node)}`);
  }
  if (node.type === 'number' && Number.isInteger(Number(node.value))) {
    return { type: { kind: 'int', name: 'int' }, data: node.value };
  }
  return evaluator.fail(`expected integer; found ${nodeText(node)}`);
}

function converted(evaluator: Evaluator, value: GoValue | undefined, wanted: Parameter): GoValue | undefined {
  if (wanted === 'any') return value;
  if (value === undefined) return evaluator.fail(`invalid value; expected ${wanted}`);
  const held = indirect(value);
  if (isNil(held) && value.type.kind === 'pointer') {
    return evaluator.fail(`dereference of nil pointer of type ${wanted}`);
  }
  const fits = wanted === 'string' ? held.type.kind === 'string' : held.type.kind === 'int';
  return fits
    ? held
    : evaluator.fail(`wrong type for value; expected ${wanted}; got ${typeName(value.type)}`);
}
