import type { Selector, SelectorFault } from './selector.ts';
import { type Token, tokenize } from './tokens.ts';

export type ParsedSelector =
  | { readonly ok: true; readonly selector: Selector }
  | { readonly ok: false; readonly fault: SelectorFault };

/** Brackets in brackets; the reference has no limit but its stack. */
const MAX_DEPTH = 1000;

/** Reads a selector; a blank one is `all()`. Line breaks are no blanks, see foldSelector. Does not throw. */
export function parseSelector(text: string): ParsedSelector {
  const cursor: Cursor = { tokens: tokenize(text), at: 0, depth: 0 };
  if (peek(cursor).type === 'end') return { ok: true, selector: { type: 'all' } };
  try {
    const selector = parseOr(cursor);
    if (peek(cursor).type !== 'end')
      throw refusal(peek(cursor), 'expected &&, || or the end of the selector');
    return { ok: true, selector };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, fault: error.fault };
    throw error;
  }
}

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

class Refusal extends Error {
  constructor(readonly fault: SelectorFault) {
    super(fault.message);
  }
}

/** What the tokenizer found wrong at this place weighs more than what the parser had hoped for. */
function refusal(token: Token, message: string): Refusal {
  const { offset } = token;
  if (token.type === 'fault') return new Refusal({ message: token.message, offset });
  return new Refusal({ message: token.type === 'end' ? `unexpected end: ${message}` : message, offset });
}

function peek(cursor: Cursor): Token {
  return cursor.tokens[cursor.at]!;
}

function skip(cursor: Cursor, type: Token['type']): boolean {
  if (peek(cursor).type !== type) return false;
  cursor.at += 1;
  return true;
}

function parseOr(cursor: Cursor): Selector {
  return parseChain(cursor, '||', 'or', (inner) => parseChain(inner, '&&', 'and', parseOperation));
}

function parseChain(
  cursor: Cursor,
  symbol: '&&' | '||',
  type: 'and' | 'or',
  parseOperand: (cursor: Cursor) => Selector,
): Selector {
  const operands = [parseOperand(cursor)];
  while (skip(cursor, symbol)) operands.push(parseOperand(cursor));
  return operands.length === 1 ? operands[0]! : { type, operands };
}

function parseOperation(cursor: Cursor): Selector {
  let negated = false;
  while (skip(cursor, '!')) negated = !negated;
  const operand = parsePrimary(cursor);
  if (!negated) return operand;
  return operand.type === 'not' ? operand.operand : { type: 'not', operand };
}

function parsePrimary(cursor: Cursor): Selector {
  const token = peek(cursor);
  switch (token.type) {
    case 'all':
    case 'global':
      cursor.at += 1;
      return { type: token.type };
    case 'has':
      cursor.at += 1;
      return { type: 'has', label: token.value };
    case 'label':
      cursor.at += 1;
      return parseComparison(cursor, token.value);
    case '(':
      return parseBrackets(cursor);
    default:
      throw refusal(token, 'expected a label, has(), all(), global() or (');
  }
}

function parseBrackets(cursor: Cursor): Selector {
  const open = peek(cursor);
  cursor.at += 1;
  cursor.depth += 1;
  if (cursor.depth > MAX_DEPTH) throw refusal(open, `more than ${MAX_DEPTH} brackets in brackets`);
  const selector = parseOr(cursor);
  if (!skip(cursor, ')')) throw refusal(peek(cursor), 'expected )');
  cursor.depth -= 1;
  return selector;
}

function parseComparison(cursor: Cursor, label: string): Selector {
  const token = peek(cursor);
  if (token.type !== 'compare' && token.type !== 'set') {
    throw refusal(token, 'expected an operator after the label');
  }
  cursor.at += 1;
  if (token.type === 'set') {
    return { type: 'set', operator: token.operator, label, values: parseSet(cursor) };
  }
  return { type: 'compare', operator: token.operator, label, value: parseText(cursor) };
}

function parseText(cursor: Cursor): string {
  const token = peek(cursor);
  if (token.type !== 'text') throw refusal(token, 'expected a text in quotes');
  cursor.at += 1;
  return token.value;
}

function parseSet(cursor: Cursor): readonly string[] {
  if (!skip(cursor, '{')) throw refusal(peek(cursor), 'expected a set in { }');
  const values = new Set<string>();
  while (peek(cursor).type === 'text') {
    values.add(parseText(cursor));
    if (!skip(cursor, ',')) break;
  }
  if (!skip(cursor, '}')) throw refusal(peek(cursor), 'expected a text in quotes or }');
  return [...values].sort(byCodePoint);
}

/** The order of Go's strings, which is that of UTF-8; that of UTF-16 differs beyond U+FFFF. */
function byCodePoint(left: string, right: string): number {
  const [a, b] = [[...left], [...right]];
  const differs = a.findIndex((character, index) => character !== b[index]);
  if (differs < 0) return a.length - b.length;
  return differs < b.length ? a[differs]!.codePointAt(0)! - b[differs]!.codePointAt(0)! : 1;
}
