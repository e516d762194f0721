/** A place in JSON text and what is wrong there. */
export interface SyntaxFault {
  /** In UTF-16 units from the start of the text. */
  readonly offset: number;
  readonly reason: string;
}

const BLANKS = /[ \t\n\r]*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const STRING_PREFIX = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;

/**
 * The first fault of a text that is not JSON; undefined where it is JSON. JSON.parse tells no position on every
 * run-time, so this second pass runs after it failed.
 */
export function findSyntaxFault(text: string): SyntaxFault | undefined {
  const scanner = { text, offset: 0 };
  const fault = scanValue(scanner);
  if (fault) return fault;
  skipBlanks(scanner);
  return scanner.offset < text.length
    ? { offset: scanner.offset, reason: 'unexpected text after the document' }
    : undefined;
}

/** Line and column, both from 1, of an offset. */
export function lineAndColumn(
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

interface Scanner {
  readonly text: string;
  offset: number;
}

function take(scanner: Scanner, pattern: RegExp): boolean {
  pattern.lastIndex = scanner.offset;
  if (!pattern.test(scanner.text)) return false;
  scanner.offset = pattern.lastIndex;
  return true;
}

function skipBlanks(scanner: Scanner): void {
  take(scanner, BLANKS);
}

function takeCharacter(scanner: Scanner, character: string): boolean {
  skipBlanks(scanner);
  if (scanner.text[scanner.offset] !== character) return false;
  scanner.offset += 1;
  return true;
}

function expected(scanner: Scanner, what: string): SyntaxFault {
  skipBlanks(scanner);
  const end = scanner.offset >= scanner.text.length;
  return { offset: scanner.offset, reason: `expected ${what}${end ? ', found the end of the text' : ''}` };
}

function scanValue(scanner: Scanner): SyntaxFault | undefined {
  if (takeCharacter(scanner, '{')) return scanItems(scanner, '}', scanMember);
  if (takeCharacter(scanner, '[')) return scanItems(scanner, ']', scanValue);
  if (scanner.text[scanner.offset] === '"') return scanString(scanner);
  return take(scanner, SCALAR) ? undefined : expected(scanner, 'a JSON value');
}

function scanString(scanner: Scanner): SyntaxFault | undefined {
  if (take(scanner, STRING)) return undefined;
  take(scanner, STRING_PREFIX);
  const end = scanner.offset >= scanner.text.length;
  return {
    offset: scanner.offset,
    reason: end ? 'unterminated string' : 'invalid character or escape in a string',
  };
}

function scanMember(scanner: Scanner): SyntaxFault | undefined {
  skipBlanks(scanner);
  if (scanner.text[scanner.offset] !== '"') return expected(scanner, 'a key in double quotes');
  const fault = scanString(scanner);
  if (fault) return fault;
  return takeCharacter(scanner, ':') ? scanValue(scanner) : expected(scanner, '":"');
}

type Scan = (scanner: Scanner) => SyntaxFault | undefined;

function scanItems(scanner: Scanner, close: '}' | ']', scanItem: Scan): SyntaxFault | undefined {
  if (takeCharacter(scanner, close)) return undefined;
  do {
    const fault = scanItem(scanner);
    if (fault) return fault;
  } while (takeCharacter(scanner, ','));
  return takeCharacter(scanner, close) ? undefined : expected(scanner, `"," or "${close}"`);
}
