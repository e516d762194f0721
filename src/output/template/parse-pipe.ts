import type { Cursor } from './cursor.ts';
import type { TokenType } from './lexer.ts';
import { numberNode, unquote } from './literals.ts';
import {
  type ChainNode,
  type Command,
  nodeText,
  type Operand,
  type Pipe,
  type VariableNode,
} from './nodes.ts';

/** What names mean where a pipeline stands. */
export interface Scope {
  readonly functions: ReadonlySet<string>;
  /** Gathers the functions that are called. */
  readonly called: Set<string>;
  /** Declared variables, the innermost last. */
  variables: string[];
}

const DEEPEST = 1000;

/** Reads a pipeline up to the token that ends it, that token included. `context` is for messages. */
export function parsePipe(cursor: Cursor, scope: Scope, context: string, end: TokenType, depth = 0): Pipe {
  if (depth > DEEPEST) cursor.fail('max expression depth exceeded');
  const { offset } = cursor.peekNonSpace();
  const { variables, assigns } = parseDeclarations(cursor, scope, context);
  const commands: Command[] = [];
  for (;;) {
    const token = cursor.peekNonSpace();
    if (token.type === end) {
      cursor.next();
      break;
    }
    if (!OPERANDS.has(token.type)) cursor.unexpected(cursor.next(), context);
    commands.push(parseCommand(cursor, scope, depth));
  }
  if (commands.length === 0) cursor.fail(`missing value for ${context}`);
  for (const [index, command] of commands.entries()) {
    const executable = !CONSTANTS.has(command.operands[0]!.type) && command.operands[0]!.type !== 'dot';
    if (index > 0 && !executable) cursor.fail(`non executable command in pipeline stage ${index + 1}`);
  }
  return { type: 'pipe', offset, variables, assigns, commands };
}

const OPERANDS: ReadonlySet<TokenType> = new Set([
  'bool',
  'rune',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'raw',
  'string',
  'variable',
  'open',
] as const);

const CONSTANTS: ReadonlySet<Operand['type']> = new Set(['bool', 'nil', 'number', 'string'] as const);

interface Declarations {
  readonly variables: readonly VariableNode[];
  readonly assigns: boolean;
}

/** `$x :=`, `$x =`, or for a range `$i, $x :=`; nothing is taken where there is none. */
function parseDeclarations(cursor: Cursor, scope: Scope, context: string): Declarations {
  const variables: VariableNode[] = [];
  for (;;) {
    const start = cursor.mark();
    const token = cursor.peekNonSpace();
    if (token.type !== 'variable') return { variables, assigns: false };
    cursor.next();
    const sign = cursor.peekNonSpace();
    const comma = sign.type === 'char' && sign.text === ',';
    if (!comma && sign.type !== 'assign' && sign.type !== 'declare') {
      cursor.reset(start);
      return { variables, assigns: false };
    }
    cursor.next();
    variables.push({ type: 'variable', offset: token.offset, names: [token.text] });
    scope.variables.push(token.text);
    if (!comma) return { variables, assigns: sign.type === 'assign' };
    if (context !== 'range' || variables.length > 1) cursor.fail(`too many declarations in ${context}`);
    if (!['variable', 'right', 'close'].includes(cursor.peekNonSpace().type)) {
      cursor.fail('range can only initialize variables');
    }
  }
}

function parseCommand(cursor: Cursor, scope: Scope, depth: number): Command {
  const { offset } = cursor.peekNonSpace();
  const operands: Operand[] = [];
  for (;;) {
    cursor.peekNonSpace();
    const operand = parseOperand(cursor, scope, depth);
    if (operand) operands.push(operand);
    const token = cursor.peek();
    if (token.type === 'right' || token.type === 'close') break;
    cursor.next();
    if (token.type === 'pipe') break;
    if (token.type !== 'space') cursor.unexpected(token, 'operand');
  }
  if (operands.length === 0) cursor.fail('empty command');
  return { type: 'command', offset, operands };
}

/** A term and the fields chained to it. */
function parseOperand(cursor: Cursor, scope: Scope, depth: number): Operand | undefined {
  const term = parseTerm(cursor, scope, depth);
  if (term === undefined || cursor.peek().type !== 'field') return term;
  const { offset } = cursor.peek();
  const names: string[] = [];
  while (cursor.peek().type === 'field') names.push(cursor.next().text.slice(1));
  if (term.type === 'field' || term.type === 'variable') {
    return { ...term, offset, names: [...term.names, ...names] };
  }
  if (CONSTANTS.has(term.type) || term.type === 'dot') {
    cursor.fail(`unexpected . after term ${JSON.stringify(nodeText(term))}`);
  }
  const chain: ChainNode = { type: 'chain', offset, of: term, names };
  return chain;
}

function parseTerm(cursor: Cursor, scope: Scope, depth: number): Operand | undefined {
  const token = cursor.peekNonSpace();
  if (!OPERANDS.has(token.type)) return undefined;
  cursor.next();
  const { offset, text } = token;
  switch (token.type) {
    case 'identifier':
      if (!scope.functions.has(text)) cursor.fail(`function ${JSON.stringify(text)} not defined`);
      scope.called.add(text);
      return { type: 'function', offset, name: text };
    case 'dot':
    case 'nil':
      return { type: token.type, offset };
    case 'bool':
      return { type: 'bool', offset, value: text === 'true' };
    case 'variable':
      if (!scope.variables.includes(text)) cursor.fail(`undefined variable ${JSON.stringify(text)}`);
      return { type: 'variable', offset, names: [text] };
    case 'field':
      return { type: 'field', offset, names: [text.slice(1)] };
    case 'open':
      return parsePipe(cursor, scope, 'parenthesized pipeline', 'close', depth + 1);
    case 'number':
    case 'rune':
      return numberNode(text, offset) ?? cursor.fail(malformed(text));
    default:
      return { type: 'string', offset, source: text, value: unquote(text) ?? cursor.fail('invalid syntax') };
  }
}

function malformed(constant: string): string {
  if (constant.startsWith("'")) return `malformed character constant: ${constant}`;
  return `illegal number syntax: ${JSON.stringify(constant)}`;
}
