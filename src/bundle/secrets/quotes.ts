/** Quotes, with or without backslashes before them, as JSON within JSON has them. */

/** So many blanks are looked over between a name and its value. */
export const LONGEST_GAP = 200;
const QUOTE = 34;
const BACKSLASH = 92;

/** Whether a place is inside double quotes, counted from a place of which that is known. */
export function quotedAt(text: string, from: number, to: number, quoted: boolean): boolean {
  let inside = quoted;
  for (let place = from; place < to; place++)
    if (text.charCodeAt(place) === QUOTE && text.charCodeAt(place - 1) !== BACKSLASH) inside = !inside;
  return inside;
}

/** A quote as it stands in a text. */
export interface Quote {
  readonly quote: string;
  readonly escapes: number;
  /** Behind it. */
  readonly end: number;
}

/** The quote, with its backslashes, that stands at a place. */
export function quoteAt(text: string, at: number): Quote | undefined {
  let place = at;
  while (text[place] === '\\' && place - at < 16) place++;
  const quote = text[place];
  if (quote !== '"' && quote !== "'" && quote !== '`') return undefined;
  return { quote, escapes: place - at, end: place + 1 };
}

/** The quote that stands right before a place. */
export function quoteBefore(text: string, at: number): Quote | undefined {
  let place = at - 1;
  while (place > 0 && at - place < 16 && text[place - 1] === '\\') place--;
  return place < 0 ? undefined : quoteAt(text, place);
}

/** The first place at or behind `at` that is no blank, or LONGEST_GAP behind it. */
export function skipBlanks(text: string, at: number): number {
  let place = at;
  while (place < text.length && place - at < LONGEST_GAP && /\s/.test(text[place]!)) place++;
  return place;
}
