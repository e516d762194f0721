/** The words of Go's ParseBool, which the reference reads its environment with. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((word) => [word, false] as const),
]);

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INTEGER = /^([+-]?)(0x[0-9a-f]+|0b[01]+|0o?[0-7]+|[1-9]\d*|0)$/i;
const SEPARATOR = /(?<=\d|[a-f]|0[xbo])_(?=[\da-f])/gi;
const LARGEST_FLOAT32 = 3.4028235677973366e38;

/** A value, or what is wrong with the text, to follow the text in a sentence. */
export type Parsed<T> = { readonly value: T } | { readonly fault: string };

/** Reads a boolean as Go does. */
export function parseBoolean(text: string): Parsed<boolean> {
  const value = BOOLEANS.get(text);
  return value === undefined ? { fault: 'is not a boolean; give true or false' } : { value };
}

/** Reads a number that fits Go's float32; infinities and NaN make no sense for any setting and are refused. */
export function parseNumber(text: string): Parsed<number> {
  const digits = text.replace(SEPARATOR, '');
  if (!DECIMAL.test(digits)) return { fault: 'is not a number' };
  const value = Number(digits);
  return Math.abs(value) < LARGEST_FLOAT32 ? { value } : { fault: 'is too large a number' };
}

/** Reads an integer as Go does: decimal, 0x, 0o, 0b, and octal with a plain leading 0. */
export function parseInteger(text: string): Parsed<number> {
  const match = INTEGER.exec(text.replace(SEPARATOR, ''));
  if (!match) return { fault: 'is not an integer' };
  const [, sign, digits = ''] = match;
  const size = Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  if (!Number.isSafeInteger(size)) return { fault: 'is too large an integer' };
  return { value: sign === '-' && size !== 0 ? -size : size };
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
const WHOLE = /^\+?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
/** The timers of JavaScript run out at once when asked to wait for longer. */
const LONGEST = 2 ** 31 - 1;

/** Reads a Go duration (`1m30s`, `500ms`) or a number of seconds, as milliseconds; 0 stays 0, all else is at least 1. */
export function parseDuration(text: string): Parsed<number> {
  const milliseconds = durationOf(text.trim());
  if (milliseconds === undefined)
    return { fault: 'is not a duration; give seconds, or text such as 1m30s or 500ms' };
  if (milliseconds > LONGEST) return { fault: 'is too long; the longest is 596h' };
  return { value: milliseconds === 0 ? 0 : Math.max(1, Math.round(milliseconds)) };
}

function durationOf(text: string): number | undefined {
  if (/^\+?(\d+\.?\d*|\.\d+)$/.test(text)) return Number(text) * 1000;
  if (!WHOLE.test(text)) return undefined;
  return [...text.matchAll(PART)].reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!, 0);
}
