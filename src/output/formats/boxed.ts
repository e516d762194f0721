/** A column of a boxed table; its heading is shown in capitals, always at the left. */
export interface BoxedColumn {
  readonly heading: string;
  /** Where cells stand; left unless given. */
  readonly align?: 'left' | 'right';
}

/**
 * A table framed with `+---+` rules, as `ipam` and `node` print. cli-table3 cannot draw it: it either separates all
 * rows or does not separate the header. A cell of several lines makes its row as high as that.
 */
export function boxedTable(columns: readonly BoxedColumn[], rows: readonly (readonly string[])[]): string {
  const header = columns.map(({ heading }) => heading.toUpperCase());
  const cells = [header, ...rows].map((row) => columns.map((_, i) => (row[i] ?? '').split('\n')));
  const widths = columns.map((_, i) =>
    Math.max(...cells.flatMap((row) => row[i]!.map((line) => [...line].length))),
  );
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const [top, ...body] = cells.map((row, index) =>
    drawRow(row, widths, (column) => (index === 0 ? undefined : columns[column]!.align)),
  );
  // Without rows the header block is followed by a second rule, as if an empty body were closed.
  return rule + top + rule + body.join('') + rule;
}

function drawRow(
  cells: readonly (readonly string[])[],
  widths: readonly number[],
  alignOf: (column: number) => BoxedColumn['align'],
): string {
  const height = Math.max(...cells.map((lines) => lines.length));
  let text = '';
  for (let line = 0; line < height; line++) {
    const parts = cells.map((lines, column) => {
      const cell = lines[line] ?? '';
      const blanks = ' '.repeat(widths[column]! - [...cell].length);
      return alignOf(column) === 'right' ? blanks + cell : cell + blanks;
    });
    text += `| ${parts.join(' | ')} |\n`;
  }
  return text;
}
