/** The tree of a parsed template. `offset` is where a node stands in the source, for messages. */

export type Operand =
  | { readonly type: 'dot' | 'nil'; readonly offset: number }
  | { readonly type: 'bool'; readonly offset: number; readonly value: boolean }
  | NumberNode
  | { readonly type: 'string'; readonly offset: number; readonly source: string; readonly value: string }
  | FieldNode
  | VariableNode
  | FunctionNode
  | ChainNode
  | Pipe;

export interface NumberNode {
  readonly type: 'number';
  readonly offset: number;
  readonly source: string;
  readonly value: number | bigint;
  /** Whether it is written as a float; a whole number is an int then, too. */
  readonly float: boolean;
}

/** `.Spec.CIDR` */
export interface FieldNode {
  readonly type: 'field';
  readonly offset: number;
  readonly names: readonly string[];
}

/** `$x.Spec`; the first name carries the dollar sign. */
export interface VariableNode {
  readonly type: 'variable';
  readonly offset: number;
  readonly names: readonly string[];
}

export interface FunctionNode {
  readonly type: 'function';
  readonly offset: number;
  readonly name: string;
}

/** `(index . 0).Name` */
export interface ChainNode {
  readonly type: 'chain';
  readonly offset: number;
  readonly of: Operand;
  readonly names: readonly string[];
}

export interface Command {
  readonly type: 'command';
  readonly offset: number;
  readonly operands: readonly Operand[];
}

export interface Pipe {
  readonly type: 'pipe';
  readonly offset: number;
  readonly variables: readonly VariableNode[];
  /** `=` rather than `:=`. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

export interface Branch {
  readonly type: 'if' | 'with' | 'range';
  readonly offset: number;
  readonly pipe: Pipe;
  readonly body: readonly Statement[];
  readonly otherwise?: readonly Statement[];
}

export interface TemplateCall {
  readonly type: 'template';
  readonly offset: number;
  readonly name: string;
  readonly pipe?: Pipe;
}

export interface ActionNode {
  readonly type: 'action';
  readonly offset: number;
  readonly pipe: Pipe;
}

export type Statement =
  | { readonly type: 'text'; readonly offset: number; readonly text: string }
  | { readonly type: 'break' | 'continue'; readonly offset: number }
  | ActionNode
  | Branch
  | TemplateCall;

export type Node = Operand | Command | ActionNode | TemplateCall;

/** A node as messages show it. */
export function nodeText(node: Node): string {
  switch (node.type) {
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(node.value);
    case 'number':
    case 'string':
      return node.source;
    case 'field':
      return node.names.map((name) => `.${name}`).join('');
    case 'variable':
      return node.names.join('.');
    case 'function':
      return node.name;
    case 'chain':
      return [operandText(node.of), ...node.names].join('.');
    case 'command':
      return node.operands.map(operandText).join(' ');
    case 'pipe':
      return pipeText(node);
    case 'action':
      return `{{${pipeText(node.pipe)}}}`;
    case 'template':
      return `{{template ${JSON.stringify(node.name)}${node.pipe ? ` ${pipeText(node.pipe)}` : ''}}}`;
  }
}

function operandText(node: Operand): string {
  return node.type === 'pipe' ? `(${pipeText(node)})` : nodeText(node);
}

function pipeText(pipe: Pipe): string {
  const names = pipe.variables.map(nodeText).join(', ');
  const head = names === '' ? '' : `${names} ${pipe.assigns ? '=' : ':='} `;
  return head + pipe.commands.map(nodeText).join(' | ');
}
