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

/** The document asked last: many faults of one long document must neither count nor copy its lines anew each. */
let latest:
  | { readonly raw: RawDocument; readonly starts: readonly number[]; readonly lines: Map<number, string> }
  | undefined;

/** The line of this number in the file, as far as the document has it; without its end. */
export function lineOf(raw: RawDocument, number: number): string | undefined {
  if (latest?.raw !== raw) latest = { raw, starts: lineStarts(raw.text), lines: new Map() };
  const known = latest.lines.get(number) ?? readLine(raw, number - 1 - raw.line, latest.starts);
  if (known !== undefined) latest.lines.set(number, known);
  return known;
}

function readLine(raw: RawDocument, index: number, starts: readonly number[]): string | undefined {
  const from = starts[index];
  if (from === undefined) return undefined;
  let to = starts[index + 1] ?? raw.text.length;
  while (to > from && (raw.text[to - 1] === '\n' || raw.text[to - 1] === '\r')) to--;
  return (index === 0 ? ' '.repeat(raw.column) : '') + raw.text.slice(from, to);
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

/** Where counting ended last: a document on one long line may have a fault in every field. */
let counted = { text: '', from: 0, to: 0, count: 0 };

/** Without a copy, and from where counting ended last in the same line. */
function charactersIn(text: string, from: number, to: number): number {
  const end = Math.min(to, text.length);
  if (end <= from) return 0;
  if (counted.text !== text || counted.from !== from) counted = { text, from, to: from, count: 0 };
  const [low, high] = [Math.min(counted.to, end), Math.max(counted.to, end)];
  let between = high - low;
  // The second half of a pair counts nothing, so that every end between two characters has its count.
  for (let i = Math.max(low, from + 1); i < high; i++) if (isPair(text, i)) between--;
  counted.count += counted.to <= end ? between : -between;
  counted.to = end;
  return counted.count;
}

/** `placeOf` the other way round; -1 where the place is in no line of the document. */
export function offsetOf(
  raw: RawDocument,
  { line = 1, column = 1 }: Place,
  starts: readonly number[],
): number {
  const index = line - 1 - raw.line;
  const from = starts[index];
  if (from === undefined) return -1;
  const { text } = raw;
  const characters = column - 1 - (index === 0 ? raw.column : 0);
  if (counted.text !== text || counted.from !== from) counted = { text, from, to: from, count: 0 };
  for (; counted.count < characters && counted.to < text.length; counted.count++)
    counted.to += isPair(text, counted.to + 1) ? 2 : 1;
  for (; counted.count > characters && counted.to > from; counted.count--)
    counted.to -= isPair(text, counted.to - 1) ? 2 : 1;
  return counted.to;
}

/** Whether these are the second half of a character of two units. */
function isPair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
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
