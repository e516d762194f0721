import type { Place } from '../core/errors.ts';

/** The text of one document, not yet parsed, and where in its file that text begins. */
export interface RawDocument {
  readonly file: string;
  readonly text: string;
  /** Line (from 0) and column (UTF-16 units, from 0) of the first character of `text`. */
  readonly line: number;
  readonly column: number;
  /** Present where the text looks like one JSON object or array. */
  readonly json?: JsonOutline | undefined;
}

/** What a scan of JSON text found without parsing it. */
export interface JsonOutline {
  /** Where in the text the value begins. */
  readonly start: number;
  /** Number of key-value pairs at all levels, counted by their colons. */
  readonly pairs: number;
  /** Deepest nesting. */
  readonly deepest: number;
}

/** Offsets at which the lines of a text begin; `\n`, `\r\n` and a lone `\r` end a line, as YAML has it. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  if (text.includes('\r')) {
    for (const match of text.matchAll(/\r\n?|\n/g)) starts.push(match.index + match[0].length);
    return starts;
  }
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The line of this number in the file, as far as the document has it; without its end. */
export function lineOf(raw: RawDocument, number: number): string | undefined {
  const starts = lineStarts(raw.text);
  const from = starts[number - 1 - raw.line];
  if (from === undefined) return undefined;
  const line = raw.text.slice(from, starts[number - raw.line]).replace(/[\r\n]+$/, '');
  return number - 1 === raw.line ? ' '.repeat(raw.column) + line : line;
}

/** The place in the file of an offset into the document's text. Columns count characters, not UTF-16 units. */
export function placeOf(
  raw: RawDocument,
  offset: number,
  starts: readonly number[] = lineStarts(raw.text),
): Place {
  const line = lineAt(starts, offset);
  const column = charactersIn(raw.text, starts[line] ?? 0, offset) + (line === 0 ? raw.column : 0);
  return { file: raw.file, line: raw.line + line + 1, column: column + 1 };
}

/** Without a copy: a document on one long line may have a fault in every field. */
function charactersIn(text: string, from: number, to: number): number {
  let count = Math.max(0, Math.min(to, text.length) - from);
  for (let i = from; i < to - 1; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) count--;
  }
  return count;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
