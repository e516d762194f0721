/** JSON with integers read and written exactly: those beyond ±2^53 become BigInt. */

export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json | undefined;
}

const LONG_INTEGER = /[:[,\s]-?\d{16,}[\s,}\]]/;

/** The same where only whitespace stands before what ends a value: so it is no key, and no broken number. */
const LONG_VALUE = /([:[, \t\r\n])(-?[1-9]\d{15,})(?=[ \t\r\n]*[,}\]])/g;

/** No JSON text has a raw NUL, and one that has it escaped is read the slow way. */
const MARK = '\0';
const ESCAPED_MARK = '\\u0000';

/** Parses JSON text; throws SyntaxError. */
export function parseJson(text: string): Json {
  const first = text.search(LONG_INTEGER);
  if (first < 0) return JSON.parse(text) as Json;
  return parseMarked(text, first) ?? parseWithReviver(text);
}

/**
 * Long integers are put into quotes behind a mark, and made numbers again in what was parsed; that is faster than a
 * reviver, which is called for every value. Digits that stand within a text are found out: the first quote put there
 * ends the text, and the escape behind it is no JSON. Undefined where this does not do.
 */
function parseMarked(text: string, first: number): Json | undefined {
  if (text.includes(ESCAPED_MARK)) return undefined;
  const rest = text.slice(first).replace(LONG_VALUE, `$1"${ESCAPED_MARK}$2"`);
  if (LONG_INTEGER.test(rest)) return undefined;
  try {
    const parsed = [JSON.parse(text.slice(0, first) + rest) as Json];
    unmark(parsed);
    return parsed[0];
  } catch (error) {
    // Told in the words of the text as it is.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Nothing here recurses: texts may be nested deeper than functions can be. */
function unmark(root: Json[]): void {
  const open: unknown[] = [root];
  const visit = (value: unknown): number | bigint | undefined => {
    if (typeof value === 'object' && value !== null) open.push(value);
    return typeof value === 'string' && value.startsWith(MARK) ? exactInteger(value.slice(1)) : undefined;
  };
  for (let inside = open.pop(); inside !== undefined; inside = open.pop()) {
    if (Array.isArray(inside)) {
      for (let index = 0; index < inside.length; index++)
        inside[index] = visit(inside[index]) ?? inside[index];
    } else {
      const fields = inside as Record<string, unknown>;
      for (const key in fields) {
        const number = visit(fields[key]);
        if (number !== undefined) fields[key] = number;
      }
    }
  }
}

function exactInteger(digits: string): number | bigint {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

interface ReviverContext {
  readonly source?: string;
}

type SourceReviver = (this: unknown, key: string, value: unknown, context: ReviverContext) => unknown;

const parseWithSource = JSON.parse as (text: string, reviver?: SourceReviver) => unknown;

function parseWithReviver(text: string): Json {
  return parseWithSource(text, (_key, value, context) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    return context.source !== undefined && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
  }) as Json;
}

const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

const HTML_OR_LINE_SEPARATOR = /[<>&\u2028\u2029]/g;
const HTML_OR_LINE_SEPARATOR_TEST = /[<>&\u2028\u2029]/;

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * JSON as Go's encoder writes it: `<`, `>`, `&` and the two Unicode line separators escaped, keys in the order of
 * the object, BigInt as digits. `indent` is a number of blanks, none for the compact form kept in datastores.
 */
export function stringifyJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(
    value,
    (_key, item) => (typeof item === 'bigint' ? rawJson(String(item)) : item),
    indent,
  );
  return HTML_OR_LINE_SEPARATOR_TEST.test(text)
    ? text.replace(HTML_OR_LINE_SEPARATOR, escapeCharacter)
    : text;
}

/** True for a plain JSON object, not an array and not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stored data has where a text should be: the text, nothing for null, and JSON for what is none. */
export function textIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? stringifyJson(value) : String(value);
}

/** The object at that place of a value that nobody vouches for; empty where there is none. */
export function objectIn(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  let inner = value;
  for (const key of path) inner = isObject(inner) ? inner[key] : undefined;
  return isObject(inner) ? inner : {};
}

/** The objects in a list, whatever else is in it; none where it is no list. */
export function objectsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
