import { bindArguments, type Final, MISSING, type Source } from './arguments.ts';
import { CallFailure } from './compare.ts';
import { positionOf, TEMPLATE_NAME, templateError } from './error.ts';
import { evaluateField } from './fields.ts';
import type { TemplateFunction } from './functions.ts';
import {
  type ChainNode,
  type Command,
  type FunctionNode,
  type Node,
  type NumberNode,
  nodeText,
  type Operand,
  type Pipe,
  type VariableNode,
} from './nodes.ts';
import { bool, FLOAT, type GoValue, INT, isTrue, literal } from './values.ts';

interface Variable {
  readonly name: string;
  value: GoValue | undefined;
}

/** Evaluates pipelines; holds the variables and, for messages, the node being evaluated. */
export class Evaluator {
  private node: Node | undefined;
  private variables: Variable[];

  constructor(
    private readonly source: string,
    private readonly functions: ReadonlyMap<string, TemplateFunction>,
    root: GoValue | undefined,
  ) {
    this.variables = [{ name: '$', value: root }];
  }

  fail(message: string): never {
    const at = this.node ? positionOf(this.source, this.node.offset) : '1:0';
    const context = this.node ? nodeText(this.node) : '';
    const name = TEMPLATE_NAME;
    throw templateError(`template: ${name}:${at}: executing "${name}" at <${context}>: ${message}`);
  }

  at(node: Node): void {
    this.node = node;
  }

  /** Runs with the variables declared inside forgotten afterwards. */
  scoped<T>(run: () => T): T {
    const { length } = this.variables;
    try {
      return run();
    } finally {
      this.variables.length = length;
    }
  }

  /** Runs with no variable but `$`. */
  isolated<T>(root: GoValue | undefined, run: () => T): T {
    const outer = this.variables;
    this.variables = [{ name: '$', value: root }];
    try {
      return run();
    } finally {
      this.variables = outer;
    }
  }

  setVariable(name: string, value: GoValue | undefined): void {
    const variable = this.variables.findLast((known) => known.name === name);
    if (variable) variable.value = value;
    else this.fail(`undefined variable: ${name}`);
  }

  /** The value of a pipeline, assigned to its variables; undefined is Go's invalid value. */
  pipe(dot: GoValue | undefined, pipe: Pipe): GoValue | undefined {
    this.at(pipe);
    let value: Final = MISSING;
    for (const command of pipe.commands) {
      value = openAny(this.command(dot, command, value));
    }
    const result = value === MISSING ? undefined : value;
    for (const { names } of pipe.variables) {
      if (pipe.assigns) this.setVariable(names[0]!, result);
      else this.variables.push({ name: names[0]!, value: result });
    }
    return result;
  }

  private command(dot: GoValue | undefined, command: Command, final: Final): GoValue | undefined {
    const first = command.operands[0]!;
    const args = command.operands.slice(1);
    const source: Source = { dot, args, final };
    switch (first.type) {
      case 'field':
        this.at(first);
        return this.chain(dot, first.names, source);
      case 'chain':
        return this.chainNode(first, source);
      case 'function':
        return this.call(first, command, source);
      case 'variable':
        return this.variable(first, source);
      case 'pipe':
        this.refuseArguments(first, source);
        return this.pipe(dot, first);
    }
    this.at(first);
    this.refuseArguments(first, source);
    if (first.type === 'nil') this.fail('nil is not a command');
    return this.constant(dot, first);
  }

  private refuseArguments(first: Operand, { args, final }: Source): void {
    if (args.length === 0 && final === MISSING) return;
    this.fail(`can't give argument to non-function ${nodeText(first)}`);
  }

  private constant(dot: GoValue | undefined, node: Operand): GoValue | undefined {
    switch (node.type) {
      case 'bool':
        return bool(node.value);
      case 'number':
        return this.number(node);
      case 'string':
        return literal(node.value);
      default:
        return dot;
    }
  }

  private number(node: NumberNode): GoValue {
    const { value, float, source } = node;
    if (!float && (value >= 2n ** 63n || value < -(2n ** 63n))) this.fail(`${source} overflows int`);
    return { type: float ? FLOAT : INT, data: value };
  }

  private variable(node: VariableNode, source: Source): GoValue | undefined {
    this.at(node);
    const [name, ...fields] = node.names;
    const { value } =
      this.variables.findLast((known) => known.name === name) ?? this.fail(`undefined variable: ${name}`);
    if (fields.length > 0) return this.chain(value, fields, source);
    this.refuseArguments(node, source);
    return value;
  }

  private chainNode(node: ChainNode, source: Source): GoValue | undefined {
    this.at(node);
    if (node.of.type === 'nil') this.fail(`indirection through explicit nil in ${nodeText(node)}`);
    return this.chain(this.operand(source.dot, node.of), node.names, source);
  }

  /** Fields one after the other; only the last may take arguments. */
  private chain(from: GoValue | undefined, names: readonly string[], source: Source): GoValue | undefined {
    const bare: Source = { ...source, args: [], final: MISSING };
    return names.reduce<GoValue | undefined>(
      (value, name, index) => evaluateField(this, value, name, index === names.length - 1 ? source : bare),
      from,
    );
  }

  /** The value of an operand that stands as an argument. */
  operand(dot: GoValue | undefined, node: Operand): GoValue | undefined {
    this.at(node);
    const source: Source = { dot, args: [], final: MISSING };
    switch (node.type) {
      case 'field':
        return this.chain(dot, node.names, source);
      case 'chain':
        return this.chainNode(node, source);
      case 'function':
        return this.call(node, node, source);
      case 'variable':
        return this.variable(node, source);
      case 'pipe':
        return this.pipe(dot, node);
      case 'nil':
        return undefined;
      default:
        return this.constant(dot, node);
    }
  }

  private call(node: FunctionNode, whole: Node, source: Source): GoValue | undefined {
    this.at(node);
    if (node.name === 'and' || node.name === 'or') return this.shortCircuit(node.name, source);
    const callee = this.functions.get(node.name)!;
    const args = bindArguments(this, node.name, callee, source);
    try {
      return callee.call(args);
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      this.at(whole);
      return this.fail(`error calling ${node.name}: ${error.message}`);
    }
  }

  private shortCircuit(name: 'and' | 'or', { dot, args, final }: Source): GoValue | undefined {
    if (args.length === 0 && final === MISSING)
      this.fail(`wrong number of args for ${name}: want at least 1 got 0`);
    let value: GoValue | undefined;
    for (const arg of args) {
      value = this.operand(dot, arg);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return final === MISSING ? value : final;
  }
}

/** What an interface without methods holds takes its place at once. */
function openAny(value: GoValue | undefined): GoValue | undefined {
  return value?.type.kind === 'interface' && value.type.name === 'interface {}'
    ? value.type.open(value.data)
    : value;
}
