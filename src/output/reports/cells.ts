/** A character of a line as a terminal shows it, and how many columns it takes. */
export type Cells = readonly { readonly text: string; readonly width: number }[];

/** Of a fixed width, so that the carets below stand right whatever the terminal makes of tabs. */
const TAB = '    ';
/** In place of what has no picture, or would reorder or clear what the terminal shows. */
const NO_PICTURE = '\uFFFD';

const PLAIN = /^[ -~]*$/;
const HIDDEN = /^[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Cf}]$/u;
const JOINED = /^[\p{Mn}\p{Me}\u200C\u200D]$/u;
/** Characters of two columns: East Asian wide and full-width forms, and emoji. */
const WIDE =
  /^(?:[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6]|[\u{1B000}-\u{1B2FB}\u{1F200}-\u{1F2FF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation})$/u;

/** The characters of a piece of a line. */
export function cellsOf(text: string): Cells {
  if (PLAIN.test(text)) return [...text].map((character) => ({ text: character, width: 1 }));
  return [...text].map(cellOf);
}

function cellOf(character: string): Cells[number] {
  if (character === '\t') return { text: TAB, width: TAB.length };
  if (JOINED.test(character)) return { text: character, width: 0 };
  if (HIDDEN.test(character)) return { text: NO_PICTURE, width: 1 };
  return { text: character, width: WIDE.test(character) ? 2 : 1 };
}

/** Columns that they take together. */
export function widthOf(cells: Cells): number {
  return cells.reduce((sum, { width }) => sum + width, 0);
}
