/** JSON with integers read and written exactly: those beyond ±2^53 become BigInt. */

export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json | undefined;
}

const LONG_INTEGER = /[:[,\s]-?\d{16,}[\s,}\]]/;

interface ReviverContext {
  readonly source?: string;
}

type SourceReviver = (this: unknown, key: string, value: unknown, context: ReviverContext) => unknown;

const parseWithSource = JSON.parse as (text: string, reviver?: SourceReviver) => unknown;

/** Parses JSON text; throws SyntaxError. The source-aware reviver is slow, so it runs only where it is needed. */
export function parseJson(text: string): Json {
  if (!LONG_INTEGER.test(text)) return JSON.parse(text) as Json;
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
