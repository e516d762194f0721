/** Cuts a template into tokens, by the rules of Go's text/template. */

export type TokenType =
  | 'text'
  | 'left' // {{
  | 'right' // }}
  | 'space'
  | 'open' // (
  | 'close' // )
  | 'pipe'
  | 'declare' // :=
  | 'assign' // =
  | 'char' // any other printable character
  | 'field' // .Name
  | 'variable' // $ or $name
  | 'dot'
  | 'nil'
  | 'bool'
  | 'number'
  | 'rune' // 'x'
  | 'string' // "x"
  | 'raw' // `x`
  | 'identifier'
  | 'keyword'
  | 'error'
  | 'eof';

export interface Token {
  readonly type: TokenType;
  /** As it stands in the template; the message of an error. */
  readonly text: string;
  readonly offset: number;
  readonly line: number;
}

const KEYWORDS = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
]);

const SPACE = '[ \\t\\r\\n]';
/** What may follow a word: a blank, the end, one of `.,|:()`, or the closing delimiter. */
const AFTER_WORD = /[ \t\r\n.,|:()]|\}\}|$/y;

type Rule = readonly [type: TokenType, pattern: RegExp];

/** In order; the first that matches at the place wins. */
const RULES: readonly Rule[] = [
  ['space', new RegExp(`${SPACE}+?(?=${SPACE}-\\}\\})|${SPACE}+`, 'y')],
  ['declare', /:=/y],
  ['assign', /=/y],
  ['pipe', /\|/y],
  ['open', /\(/y],
  ['close', /\)/y],
  ['string', /"(?:[^"\\\n]|\\[^\n])*"/y],
  ['raw', /`[^`]*`/y],
  ['rune', /'(?:[^'\\\n]|\\[^\n])*'/y],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['number', /[-+]?(?:\d|\.\d)[\p{L}\p{Nd}_.]*(?:(?<=[eEpP])[-+]\d+)?/uy],
  ['number', /[-+]/y],
  ['dot', /\./y],
  ['identifier', /[\p{L}\p{Nd}_]+/uy],
  ['char', /[!-~]/y],
];

const NUMBER =
  /^[-+]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][-+]?[\d_]+)?|0[oO][0-7_]*|0[bB][01_]*|[\d_]*(?:\.[\d_]*)?(?:[eE][-+]?[\d_]+)?)$/;

const COMMENT = /\{\{(?:-[ \t\r\n])?\/\*/y;
const COMMENT_END = new RegExp(`(?:${SPACE}-)?\\}\\}`, 'y');
const RIGHT = new RegExp(`(${SPACE}-)?\\}\\}`, 'y');
const BLANKS = new RegExp(`${SPACE}*`, 'y');

/** The tokens of a template; the last is `eof` or `error`. */
export function lex(input: string): Token[] {
  return new Lexer(input).run();
}

class Lexer {
  private readonly tokens: Token[] = [];
  private offset = 0;
  private line = 1;
  private depth = 0;

  constructor(private readonly input: string) {}

  run(): Token[] {
    while (this.tokens.at(-1)?.type !== 'eof' && this.tokens.at(-1)?.type !== 'error') {
      this.lexText();
      if (this.offset < this.input.length) this.lexAction();
      else if (this.tokens.at(-1)?.type !== 'error') this.emit('eof', '');
    }
    return this.tokens;
  }

  private emit(type: TokenType, text: string): void {
    this.tokens.push({ type, text, offset: this.offset, line: this.line });
    this.skip(text);
  }

  private skip(text: string): void {
    this.offset += text.length;
    for (const character of text) if (character === '\n') this.line++;
  }

  private fail(message: string): false {
    this.tokens.push({ type: 'error', text: message, offset: this.offset, line: this.line });
    return false;
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.offset;
    return pattern.exec(this.input);
  }

  /** Text up to the next action, its end trimmed where that action begins with `{{- `. */
  private lexText(): void {
    const left = this.input.indexOf('{{', this.offset);
    const text = this.input.slice(this.offset, left < 0 ? undefined : left);
    const trimmed = left >= 0 && /^-[ \t\r\n]/.test(this.input.slice(left + 2, left + 4));
    const kept = trimmed ? text.replace(/[ \t\r\n]+$/, '') : text;
    if (kept !== '') this.emit('text', kept);
    this.skip(text.slice(kept.length));
  }

  private lexAction(): boolean {
    const comment = this.match(COMMENT);
    if (comment) return this.lexComment(comment[0].length);
    this.emit('left', '{{');
    if (/^-[ \t\r\n]/.test(this.input.slice(this.offset, this.offset + 2))) this.skip('-');
    this.depth = 0;
    for (;;) {
      const right = this.match(RIGHT);
      if (right && this.depth > 0) return this.fail('unclosed left paren');
      if (right) return this.closeAction(right);
      if (!this.lexToken()) return false;
    }
  }

  private closeAction(right: RegExpExecArray): true {
    this.skip(right[1] ?? '');
    this.emit('right', '}}');
    if (right[1] !== undefined) this.skip(this.match(BLANKS)![0]);
    return true;
  }

  private lexComment(opened: number): boolean {
    const end = this.input.indexOf('*/', this.offset + opened);
    if (end < 0) return this.fail('unclosed comment');
    this.skip(this.input.slice(this.offset, end + 2));
    const right = this.match(COMMENT_END);
    if (!right) return this.fail('comment ends before closing delimiter');
    this.skip(right[0]);
    if (right[0].length > 2) this.skip(this.match(BLANKS)![0]);
    return true;
  }

  /** One token inside an action; false after an error. */
  private lexToken(): boolean {
    for (const [type, pattern] of RULES) {
      const found = this.match(pattern);
      if (found) return this.accept(type, found[0]);
    }
    return this.fail(this.unknown());
  }

  private unknown(): string {
    const rest = this.input.slice(this.offset);
    if (rest === '') return 'unclosed action';
    if (rest.startsWith('"')) return 'unterminated quoted string';
    if (rest.startsWith('`')) return 'unterminated raw quoted string';
    if (rest.startsWith("'")) return 'unterminated character constant';
    return `unrecognized character in action: ${codePoint(rest)}`;
  }

  private accept(type: TokenType, text: string): boolean {
    const problem = this.problemOf(type, text);
    if (problem !== undefined) return this.fail(problem);
    if (type === 'open') this.depth++;
    if (type === 'close') this.depth--;
    this.emit(type === 'identifier' ? wordType(text) : type, text);
    return true;
  }

  private problemOf(type: TokenType, text: string): string | undefined {
    if (type === 'number')
      return NUMBER.test(text) && /\d/.test(text) ? undefined : `bad number syntax: ${JSON.stringify(text)}`;
    if (type === 'close' && this.depth === 0) return 'unexpected right paren';
    // `"` and its kin get here only when nothing closes them.
    if (type === 'char' && /["`']/.test(text)) return this.unknown();
    if (type === 'char' && text === ':') return 'expected :=';
    if (type !== 'field' && type !== 'variable' && type !== 'identifier' && type !== 'dot') return undefined;
    AFTER_WORD.lastIndex = this.offset + text.length;
    if (AFTER_WORD.test(this.input)) return undefined;
    return `bad character ${codePoint(this.input.slice(this.offset + text.length))}`;
  }
}

function wordType(word: string): TokenType {
  if (word === 'true' || word === 'false') return 'bool';
  if (word === 'nil') return 'nil';
  return KEYWORDS.has(word) ? 'keyword' : 'identifier';
}

/** `U+002F '/'`. */
function codePoint(text: string): string {
  const code = text.codePointAt(0)!;
  const hex = code.toString(16).toUpperCase().padStart(4, '0');
  return code < 0x20 || code === 0x7f ? `U+${hex}` : `U+${hex} '${String.fromCodePoint(code)}'`;
}
