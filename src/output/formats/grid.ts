import type { GridResult } from '../../core/result.ts';
import { lengthOf } from './columns.ts';

/**
 * A framed table as the reference prints it: headings in capitals and at the left, a rule above and below them and at the
 * end; without rows the last rule is there all the same.
 */
export function gridText({ headings, rows, right = [] }: Omit<GridResult, 'type'>): string {
  const shown = headings.map((heading) => heading.toUpperCase());
  const widths = shown.map((heading, column) =>
    rows.reduce((widest, row) => Math.max(widest, lengthOf(row[column] ?? '')), lengthOf(heading)),
  );
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const line = (cells: readonly string[], atRight: readonly number[]) =>
    `|${widths.map((width, column) => ` ${padded(cells[column] ?? '', width, atRight.includes(column))} `).join('|')}|\n`;
  return `${rule}${line(shown, [])}${rule}${rows.map((row) => line(row, right)).join('')}${rule}`;
}

function padded(text: string, width: number, right: boolean): string {
  const blanks = ' '.repeat(width - lengthOf(text));
  return right ? `${blanks}${text}` : `${text}${blanks}`;
}
