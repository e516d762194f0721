import { columnOf } from './blocks.ts';

/**
 * `data:` is written before `kind:`, which says whether it is that of a Secret, so the lines between are held back. What never
 * says its kind, or says it too late, is taken for a Secret.
 */
export interface Held {
  readonly column: number;
  readonly lines: string[];
  size: number;
}

const DATA_LINE = /^\s*(?:- +)*["']?(data|stringData)["']?\s*:\s*(?:\{.*)?$/;
const KIND_LINE = /^\s*(?:- +)*["']?kind["']?\s*:\s*["']?(\w+)/;
const LONGEST_HELD = 2 * 1024 * 1024;

/** The column of `data:`, where the line begins a block of data and says nothing else. */
export function dataColumn(line: string): number | undefined {
  return line.length < 300 && line.includes('ata') && DATA_LINE.test(line.trimEnd())
    ? columnOf(line)
    : undefined;
}

export type KindSeen = { readonly column: number; readonly secret: boolean };

/** The kind that a line names, and of the object in which column. */
export function kindIn(line: string): KindSeen | undefined {
  if (line.length > 300 || !line.includes('kind')) return undefined;
  const kind = KIND_LINE.exec(line)?.[1];
  return kind === undefined ? undefined : { column: columnOf(line), secret: kind.startsWith('Secret') };
}

/** True of a line behind the object whose fields stand in that column. */
export function endsObject(line: string, column: number): boolean {
  if (line.trim() === '') return false;
  if (/^(?:---|\.\.\.)/.test(line)) return true;
  const indent = /^\s*/.exec(line)![0].length;
  return indent < column;
}

/** What becomes of the held lines with one more: whether they are a Secret's, or `more` where that is not known yet. */
export function holdLine(held: Held, line: string): 'more' | 'secret' | 'other' {
  if (endsObject(line, held.column)) return 'secret';
  const kind = kindIn(line);
  if (kind?.column === held.column) return kind.secret ? 'secret' : 'other';
  if (dataColumn(line) === held.column && held.lines.length > 0) return 'secret';
  held.lines.push(line);
  held.size += line.length;
  return held.size > LONGEST_HELD ? 'secret' : 'more';
}
