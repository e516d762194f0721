import { formatFloat } from '../../resources/columns.ts';

/** How the reference's YAML library (go-yaml 2) writes strings and numbers; each rule here is visible in its output. */

/** Columns beyond which the next single blank becomes a line break. */
const BEST_WIDTH = 80;

/** Words that YAML 1.1 reads as a boolean, null, a special number or a merge. */
const RESERVED = new Set(
  'y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF ~ null Null NULL'
    .concat(' .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF')
    .split(' '),
);

/** Strings that need no further look: no indicator, no blank, no number. */
const ORDINARY = /^[A-Za-z_/][\w./-]*$/;

const INTEGER = /^[-+]?(0[xX][\da-fA-F]+|0[bB][01]+|0b[-+][01]+|0[0-7]*|0[oO][0-7]+|[1-9]\d*)$/;
const FLOAT = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
/** Minutes and seconds, which older parsers read as a number to base 60. */
const BASE_60 = /^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/;
const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)| (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?)?$/;

/**
 * Characters the reference calls unprintable and escapes: controls, tab, the byte order mark, everything beyond the
 * basic plane, and (here, not there) the two Unicode line separators, whose raw form other parsers read as line breaks.
 */
const SPECIAL = /[^\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
const NOT_PLAIN = /^(?: |---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[-?:](?:[ \t]|$))|[:](?:[ \t]|$)|[ \t\n]#| $|\n/;

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};
const TO_ESCAPE = /["\\\n]|[^\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;

/** Where a scalar stands: decides on line breaks inside it. */
export interface ScalarPlace {
  /** Column of the scalar's first character. */
  readonly column: number;
  /** Blanks before a continued line. */
  readonly indent: number;
  /** True for a map key, which must stay on one line. */
  readonly key?: boolean;
}

/** A string in the style the reference chooses for it. */
export function yamlString(text: string, place: ScalarPlace): string {
  if (ORDINARY.test(text) && !RESERVED.has(text)) return text;
  if (text.includes('\n')) {
    return place.key || !canBeLiteral(text) ? doubleQuoted(text, place) : literal(text, place.indent);
  }
  if (readsAsOther(text) || SPECIAL.test(text)) return doubleQuoted(text, place);
  return NOT_PLAIN.test(text) ? singleQuoted(text, place) : fold(text, place, 0);
}

/** True where YAML 1.1 gives unquoted text another type than string. */
function readsAsOther(text: string): boolean {
  if (text === '' || RESERVED.has(text)) return true;
  const first = text[0]!;
  if (first === '.') return isFloat(text.replace(/(?<=\d)_(?=\d)/g, ''));
  if (!/[-+\d]/.test(first)) return false;
  const plain = text.replaceAll('_', '');
  return isTimestamp(text) || INTEGER.test(plain) || isFloat(plain) || BASE_60.test(text);
}

/** Numbers too large for a float stay text to the reference. */
function isFloat(text: string): boolean {
  return FLOAT.test(text) && Number.isFinite(Number(text));
}

function isTimestamp(text: string): boolean {
  const match = TIMESTAMP.exec(text);
  if (!match) return false;
  const [year, month, day] = match.slice(1, 4).map(Number) as [number, number, number];
  const hour = Number(match[4] ?? match[7] ?? 0);
  const minute = Number(match[5] ?? match[8] ?? 0);
  const second = Number(match[6] ?? match[9] ?? 0);
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return month >= 1 && month <= 12 && day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60;
}

/** A literal block would lose blanks at line ends, and cannot hold escapes. */
function canBeLiteral(text: string): boolean {
  return !SPECIAL.test(text) && !/ \n| $/.test(text);
}

function literal(text: string, indent: number): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const pad = ' '.repeat(indent);
  const lines = text.split('\n').map((line) => (line === '' ? '' : pad + line));
  if (lines.at(-1) === '') lines.pop();
  return `|${hint}${chomp}\n${lines.join('\n')}`;
}

function singleQuoted(text: string, place: ScalarPlace): string {
  return `'${fold(text.replaceAll("'", "''"), { ...place, column: place.column + 1 }, 1)}'`;
}

/** Breaks at single blanks beyond the best width; `edge` characters at either end of quoted text stay where they are. */
function fold(text: string, { column, indent, key }: ScalarPlace, edge: 0 | 1): string {
  if (key || column + text.length <= BEST_WIDTH) return text;
  let folded = '';
  let at = column;
  let blanks = false;
  let index = 0;
  for (const character of text) {
    const blank = character === ' ';
    if (
      blank &&
      !blanks &&
      at > BEST_WIDTH &&
      text[index + 1] !== ' ' &&
      (edge === 0 || (index > 0 && index < text.length - 1))
    ) {
      folded += `\n${' '.repeat(indent)}`;
      at = indent;
    } else {
      folded += character;
      at++;
    }
    blanks = blank;
    index += character.length;
  }
  return folded;
}

function escaped(character: string): string {
  const short = ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0)!;
  // Half a surrogate pair is no character; Go's strings hold the replacement character instead.
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

function doubleQuoted(text: string, { column, indent, key }: ScalarPlace): string {
  let quoted = '"';
  let at = column + 1;
  let blanks = false;
  let index = 0;
  for (const character of text) {
    const inside = index > 0 && index < text.length - 1;
    index += character.length;
    if (character === ' ' && !key && !blanks && at > BEST_WIDTH && inside) {
      // A second blank at the start of the line would be dropped by readers unless it is escaped.
      quoted += `\n${' '.repeat(indent)}${text[index] === ' ' ? '\\' : ''}`;
      at = indent + (text[index] === ' ' ? 1 : 0);
      blanks = true;
      continue;
    }
    const written = TO_ESCAPE.test(character) ? escaped(character) : character;
    quoted += written;
    at += written.length;
    blanks = character === ' ';
  }
  return `${quoted}"`;
}

/** A number as the reference prints it after its round through JSON: whole 64-bit numbers as digits, others as `%g`. */
export function yamlNumber(value: number | bigint): string {
  if (typeof value === 'bigint') return String(value);
  const whole = Number.isInteger(value) && value > -(2 ** 63) && value < 2 ** 64;
  return whole ? String(value) : formatFloat(value);
}
