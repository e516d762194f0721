import { TEMPLATE_NAME, templateError } from './error.ts';
import { lex, type Token, type TokenType } from './lexer.ts';

/** A place in a template's tokens, and the errors that can be met there. */
export class Cursor {
  private readonly tokens: readonly Token[];
  private at = 0;
  /** Line on which the action being read began; 0 between actions. */
  actionLine = 0;

  constructor(input: string) {
    this.tokens = lex(input);
  }

  peek(): Token {
    return this.tokens[this.at]!;
  }

  /** The token after the next one. */
  peekSecond(): Token {
    return this.tokens[Math.min(this.at + 1, this.tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    if (this.at < this.tokens.length - 1) this.at++;
    return token;
  }

  peekNonSpace(): Token {
    while (this.peek().type === 'space') this.at++;
    return this.peek();
  }

  nextNonSpace(): Token {
    this.peekNonSpace();
    return this.next();
  }

  /** The place, to come back to. */
  mark(): number {
    return this.at;
  }

  reset(mark: number): void {
    this.at = mark;
  }

  expect(type: TokenType, context: string): Token {
    const token = this.nextNonSpace();
    return token.type === type ? token : this.unexpected(token, context);
  }

  /** True, and the token taken, where the next one is this keyword. */
  takeKeyword(word: string): boolean {
    const token = this.peekNonSpace();
    if (token.type !== 'keyword' || token.text !== word) return false;
    this.next();
    return true;
  }

  fail(message: string, line = this.tokens[Math.max(0, this.at - 1)]!.line): never {
    throw templateError(`template: ${TEMPLATE_NAME}:${line}: ${message}`);
  }

  unexpected(token: Token, context: string): never {
    if (token.type !== 'error') return this.fail(`unexpected ${tokenText(token)} in ${context}`, token.line);
    const elsewhere = this.actionLine !== 0 && this.actionLine !== token.line;
    const started = `${token.text.endsWith(' action') ? '' : ' in action'} started at ${TEMPLATE_NAME}:${this.actionLine}`;
    return this.fail(token.text + (elsewhere ? started : ''), token.line);
  }
}

function tokenText({ type, text }: Token): string {
  if (type === 'eof') return 'EOF';
  if (type === 'keyword' || type === 'nil' || type === 'dot') return `<${text}>`;
  return text.length > 10 ? `${JSON.stringify(text.slice(0, 10))}...` : JSON.stringify(text);
}
