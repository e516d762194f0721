const GAP = 3;
const NARROWEST = 5;

/** Length in code points, which the reference counts. */
export function lengthOf(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code < 0xdc00) length--;
  }
  return length;
}

/**
 * The table of `get`: every cell, the last of a line included, padded to its column's longest text and three blanks,
 * at least five in all; an empty line ends the table.
 */
export function columnsTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) => {
    let longest = lengthOf(heading);
    for (const row of rows) longest = Math.max(longest, lengthOf(row[column] ?? ''));
    return Math.max(NARROWEST, longest + GAP);
  });
  let text = '';
  for (const row of [headings, ...rows]) {
    for (const [column, width] of widths.entries()) {
      const cell = row[column] ?? '';
      text += cell + ' '.repeat(width - lengthOf(cell));
    }
    text += '\n';
  }
  return `${text}\n`;
}
