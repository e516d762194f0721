import type { TablePage } from '../../datastore/cluster.ts';

const GAP = 3;

/** A page in columns as wide as what stands in them, all columns shown. */
export function tableText(
  { columns, rows }: TablePage,
  { withNamespace, isFirst }: { readonly withNamespace: boolean; readonly isFirst: boolean },
): string {
  const head = [...(withNamespace ? ['NAMESPACE'] : []), ...columns.map(({ name }) => name.toUpperCase())];
  const lines = rows.map(({ namespace = '', cells }) => [
    ...(withNamespace ? [namespace] : []),
    ...cells.map(cellText),
  ]);
  if (lines.length === 0) return isFirst ? 'No resources found\n' : '';
  return columnsText(isFirst ? [head, ...lines] : lines);
}

/** Lines whose cells stand below each other; the last of a line is not filled up. */
export function columnsText(lines: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const cells of lines)
    for (const [index, cell] of cells.entries())
      widths[index] = Math.max(widths[index] ?? 0, [...cell].length);
  return lines
    .map((cells) =>
      cells
        .map((cell, index) => cell + ' '.repeat(widths[index]! + GAP - [...cell].length))
        .join('')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined || cell === '') return '<none>';
  const text = typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
  return text.replace(/[\p{Cc}]+/gu, ' ');
}
