import type { Place } from '../../core/errors.ts';
import type { Finding } from '../../core/result.ts';
import type { Paint } from '../stderr.ts';
import { type Cells, cellsOf, widthOf } from './cells.ts';

/** Columns of a terminal that an excerpt takes at most; a longer line is cut around what is wrong. */
const WIDEST = 160;
/** Of these, what a long value takes at most: something of what stands around it has to be seen. */
const WIDEST_VALUE = 120;
/** UTF-16 units of a long line that are looked at on both sides of the value's beginning. */
const AROUND = 1000;

/**
 * The line where a finding stands behind its number, and below it carets under what is wrong. Empty where the line is
 * not known or blank.
 */
export function excerptOf(
  { place, source }: Finding,
  paint: Paint,
  colour: (text: string) => string,
): string {
  if (place?.line === undefined || source === undefined || source.trim() === '') return '';
  const { text, before, under } = excerpt(source, place);
  const number = String(place.line);
  const gutter = (label: string) => paint.dim(`    ${label.padStart(number.length)} |`);
  const carets = colour(paint.bold('^'.repeat(under)));
  return `${gutter(number)} ${text}\n${gutter('')} ${' '.repeat(before)}${carets}\n`;
}

/** What is shown of a line, how many columns stand before the carets, and how many carets there are. */
function excerpt(line: string, place: Place) {
  const from = offsetOf(line, (place.column ?? 1) - 1);
  const to = endOf(line, from, place);
  // Of a very long line only what may be shown is measured.
  const near = from > AROUND ? boundary(line, from - AROUND) : 0;
  const far = line.length > from + AROUND ? boundary(line, from + AROUND) : line.length;
  const left = cellsOf(line.slice(near, from));
  const value = cellsOf(line.slice(from, Math.min(to, far)));
  const right = cellsOf(line.slice(Math.min(to, far), far));
  return fit(left, value, right, near > 0, far < line.length);
}

function fit(left: Cells, value: Cells, right: Cells, cutLeft: boolean, cutRight: boolean) {
  const [before, wanted, behind] = [left, value, right].map(widthOf) as [number, number, number];
  if (!cutLeft && !cutRight && before + wanted + behind <= WIDEST) {
    const text = [...left, ...value, ...right].map(({ text }) => text).join('');
    return { text: text.trimEnd(), before, under: Math.max(1, wanted) };
  }
  const shown = firstOf(value, WIDEST_VALUE);
  const room = WIDEST - widthOf(shown);
  const forRight = Math.min(behind, Math.max(room >> 1, room - before));
  const near = firstOf([...left].reverse(), room - forRight).reverse();
  const far = shown.length === value.length ? firstOf(right, room - widthOf(near)) : [];
  const isCutLeft = cutLeft || near.length < left.length;
  const isCutRight = cutRight || shown.length < value.length || far.length < right.length;
  const text = [...near, ...shown, ...far].map(({ text }) => text).join('');
  return {
    text: `${isCutLeft ? '…' : ''}${text}${isCutRight ? '…' : ''}`,
    before: widthOf(near) + (isCutLeft ? 1 : 0),
    under: Math.max(1, widthOf(shown)),
  };
}

function firstOf(cells: Cells, columns: number): Cells[number][] {
  const some: Cells[number][] = [];
  let left = columns;
  for (const cell of cells) {
    left -= cell.width;
    if (left < 0) break;
    some.push(cell);
  }
  return some;
}

/** Behind the value's last character in the line: a value that goes on below is underlined to the end of this line. */
function endOf(line: string, from: number, { line: number, end }: Place): number {
  if (end === undefined) return Math.min(from + 1, line.length);
  if (end.line !== number) return Math.max(from, line.trimEnd().length);
  return Math.max(from, offsetOf(line, end.column - 1));
}

/** Where counting ended last: findings in one long line share it, and stand in it one behind the other. */
let counted = { line: '', characters: 0, offset: 0 };

/** Where so many characters from the line's beginning end in UTF-16 units, at most the end of the line. */
function offsetOf(line: string, characters: number): number {
  if (counted.line !== line) counted = { line, characters: 0, offset: 0 };
  for (; counted.characters > characters; counted.characters--)
    counted.offset -= isPair(line, counted.offset - 2) ? 2 : 1;
  for (; counted.characters < characters && counted.offset < line.length; counted.characters++)
    counted.offset += isPair(line, counted.offset) ? 2 : 1;
  return counted.offset;
}

/** Whether a character of two units begins here. */
function isPair(line: string, at: number): boolean {
  return at >= 0 && line.codePointAt(at)! > 0xffff;
}

/** Not within a character of two units. */
function boundary(line: string, at: number): number {
  return (line.charCodeAt(at) & 0xfc00) === 0xdc00 ? at + 1 : at;
}
