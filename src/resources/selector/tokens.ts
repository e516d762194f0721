import type { Comparison } from './selector.ts';

export type Punctuation = '(' | ')' | '{' | '}' | ',' | '!' | '&&' | '||';

/**
 * A word of a selector, with its place. A `fault` stands where the text cannot be read on, so that a fault further
 * left is reported first; an `end` or a `fault` is always the last token.
 */
export type Token = { readonly offset: number } & (
  | { readonly type: Punctuation | 'all' | 'global' | 'end' }
  | { readonly type: 'compare'; readonly operator: Comparison }
  | { readonly type: 'set'; readonly operator: 'in' | 'not in' }
  | { readonly type: 'label' | 'has' | 'text'; readonly value: string }
  | { readonly type: 'fault'; readonly message: string }
);

const MAX_LABEL = 512;

const BLANKS = /[ \t]*/y;
const LABEL = /[A-Za-z0-9_./-]+/y;
const QUOTED = /"([^"]*)"|'([^']*)'/y;
const FUNCTION = /(has|all|global)\([ \t]*/y;
const CLOSE = /[ \t]*\)/y;
const SYMBOL = /&&|\|\||==|!=|[(){},!]/y;

/** Recognised only right after a label, so that all of these words can be labels too. */
const OPERATOR = /(contains|starts[ \t]*with|ends[ \t]*with|not[ \t]*in|in)(?![A-Za-z0-9_./-])/y;

/** The tokens of a text. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let offset = 0; ; ) {
    offset += matchAt(BLANKS, text, offset)![0].length;
    const [token, length] = readToken(text, offset, tokens.at(-1)?.type === 'label');
    tokens.push(token);
    if (token.type === 'end' || token.type === 'fault') return tokens;
    offset += length;
  }
}

type Read = readonly [token: Token, length: number];

function matchAt(pattern: RegExp, text: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(text);
}

function fault(message: string, offset: number): Read {
  return [{ type: 'fault', message, offset }, 0];
}

function readToken(text: string, offset: number, afterLabel: boolean): Read {
  if (offset >= text.length) return [{ type: 'end', offset }, 0];
  const symbol = matchAt(SYMBOL, text, offset)?.[0];
  if (symbol !== undefined) return [symbolToken(symbol, offset), symbol.length];
  const quoted = matchAt(QUOTED, text, offset);
  if (quoted) return [{ type: 'text', value: quoted[1] ?? quoted[2]!, offset }, quoted[0].length];
  const broken = BROKEN[text[offset]!];
  if (broken !== undefined) return fault(broken, offset);
  if (afterLabel) return readOperator(text, offset);
  return readFunction(text, offset) ?? readLabel(text, offset);
}

/** What a character means that began none of the tokens it can begin. */
const BROKEN: Readonly<Record<string, string>> = {
  '"': 'unterminated string',
  "'": 'unterminated string',
  '=': 'expected ==',
  '&': 'expected &&',
  '|': 'expected ||',
  '\n': 'a line break cannot stand here',
  '\r': 'a line break cannot stand here',
};

function symbolToken(symbol: string, offset: number): Token {
  if (symbol === '==' || symbol === '!=') return { type: 'compare', operator: symbol, offset };
  return { type: symbol as Punctuation, offset };
}

function readOperator(text: string, offset: number): Read {
  const operator = matchAt(OPERATOR, text, offset);
  if (!operator) return fault('expected an operator after the label', offset);
  const length = operator[0].length;
  switch (operator[1]![0]) {
    case 'c':
      return [{ type: 'compare', operator: 'contains', offset }, length];
    case 's':
      return [{ type: 'compare', operator: 'starts with', offset }, length];
    case 'e':
      return [{ type: 'compare', operator: 'ends with', offset }, length];
    case 'n':
      return [{ type: 'set', operator: 'not in', offset }, length];
    default:
      return [{ type: 'set', operator: 'in', offset }, length];
  }
}

/** `has(label)`, `all()` or `global()`; undefined where the text is none, as `has (`, a label and a bracket. */
function readFunction(text: string, offset: number): Read | undefined {
  const open = matchAt(FUNCTION, text, offset);
  if (!open) return undefined;
  const name = open[1] as 'has' | 'all' | 'global';
  let end = offset + open[0].length;
  let label = '';
  if (name === 'has') {
    label = matchAt(LABEL, text, end)?.[0] ?? '';
    if (label === '') return fault('expected a label in has(', end);
    if (label.length > MAX_LABEL) return fault(`a label has at most ${MAX_LABEL} characters`, end);
    end += label.length;
  }
  const close = matchAt(CLOSE, text, end)?.[0];
  if (close === undefined) return fault(`expected ) after ${name}(${label}`, end);
  const token: Token = name === 'has' ? { type: name, value: label, offset } : { type: name, offset };
  return [token, end + close.length - offset];
}

function readLabel(text: string, offset: number): Read {
  const label = matchAt(LABEL, text, offset)?.[0];
  if (label === undefined) return fault('unexpected character', offset);
  if (label.length > MAX_LABEL) return fault(`a label has at most ${MAX_LABEL} characters`, offset);
  return [{ type: 'label', value: label, offset }, label.length];
}
