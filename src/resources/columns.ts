/** Texts for table cells, as Go's `%v` prints them; what the columns of kinds are made of. */

/** What a cell shows for an absent value that is not simply empty. */
export const NIL = '<nil>';

/** The number in Go's shortest form: `100`, `10.5`, `1e+06`, `1.234567e+06`, `1e-05`. */
export function formatFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  // Go's shortest %g leaves the plain form from seven places before the point, and from five zeros after it.
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** A value behind one of Go's pointers: `<nil>` when absent. Not for floats, which formatFloat prints. */
export function shown(value: unknown): string {
  return value === undefined || value === null ? NIL : String(value);
}

/** Bytes a cell made of a list may take. */
const WIDTH = 80;

/** The items of a list that may be absent, joined by commas and cut to 80 bytes. */
export function joinedShort(items: readonly string[] | null | undefined): string {
  return joinTruncated(items ?? [], WIDTH);
}

const ELLIPSIS = '...';

/**
 * The items joined; where that exceeds `maximum` bytes, its first `maximum - 3` bytes and `...`. A maximum of 0 means
 * no limit. A character that the cut would halve is left out whole.
 */
export function joinTruncated(items: Iterable<string>, maximum: number, separator = ','): string {
  let text = '';
  let first = true;
  for (const item of items) {
    text += first ? item : separator + item;
    first = false;
    if (maximum > 0 && text.length * 3 > maximum && Buffer.byteLength(text) > maximum) {
      return truncateBytes(text, Math.max(0, maximum - ELLIPSIS.length)) + ELLIPSIS;
    }
  }
  return text;
}

function truncateBytes(text: string, length: number): string {
  const bytes = Buffer.from(text);
  let end = length;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
