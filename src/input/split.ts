import { CalicoctlError } from '../core/errors.ts';
import { inputFault, MAX_DOCUMENT } from './fault.ts';
import { follow, newOutline, type Outline } from './outline.ts';
import type { RawDocument } from './raw.ts';

interface Draft {
  readonly parts: string[];
  size: number;
  readonly line: number;
  readonly column: number;
  content: 'none' | 'json' | 'yaml';
  /** A `---` stands before the content, if any. */
  opened: boolean;
  directives: boolean;
  /** Within a comment or directive that goes on to the end of its line. */
  skipLine: boolean;
  jsonStart: number;
  readonly outline: Outline;
}

/** YAML forbids such a line inside any scalar, so it always separates; the byte order mark is what `cat` leaves. */
const BOUNDARY = /(^|[\r\n])\uFEFF?(?:---|\.\.\.)(?=[ \t\r\n]|$)/g;
const LONGEST_BOUNDARY = 5;
const BLANK = /[ \t\r\n\uFEFF]/;

/**
 * Takes the text of one file in pieces of any size and gives its documents as they are complete. Splits at `---` and
 * `...` lines, and between JSON values that merely follow one another. Documents of blanks and comments only are left
 * out. Holds one document at a time; throws for one longer than MAX_DOCUMENT.
 */
export class Splitter {
  readonly #file: string;
  #line = 0;
  #column = 0;
  #carry = '';
  #atLineStart = true;
  #draft = newDraft(0, 0);
  #complete: RawDocument[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  push(piece: string): RawDocument[] {
    const text = this.#carry + piece;
    const keep = heldBack(text, this.#atLineStart);
    this.#carry = text.slice(text.length - keep);
    this.#consume(text.slice(0, text.length - keep));
    return this.#take();
  }

  end(): RawDocument[] {
    this.#consume(this.#carry);
    this.#carry = '';
    this.#finish();
    return this.#take();
  }

  #take(): RawDocument[] {
    const complete = this.#complete;
    this.#complete = [];
    return complete;
  }

  #consume(text: string): void {
    if (text === '') return;
    let from = 0;
    for (const match of text.matchAll(BOUNDARY)) {
      const [whole, before = ''] = match;
      if (match.index === 0 && before === '' && !this.#atLineStart) continue;
      this.#read(text.slice(from, match.index + before.length));
      this.#boundary(whole.slice(before.length));
      from = match.index + whole.length;
    }
    this.#read(text.slice(from));
    this.#atLineStart = text.endsWith('\n') || text.endsWith('\r');
  }

  #read(text: string): void {
    let rest = text;
    while (rest !== '') {
      const from = this.#draft.content === 'none' ? findContent(this.#draft, rest) : 0;
      const cut = this.#draft.content === 'json' ? follow(this.#draft.outline, rest, from) : -1;
      this.#append(cut === -1 ? rest : rest.slice(0, cut));
      if (cut === -1) return;
      this.#finish();
      rest = rest.slice(cut);
    }
  }

  #boundary(marker: string): void {
    if (this.#draft.opened || this.#draft.content !== 'none') this.#finish();
    this.#draft.opened ||= marker.endsWith('---');
    this.#draft.skipLine = false;
    this.#append(marker);
  }

  #append(text: string): void {
    if (text === '') return;
    const draft = this.#draft;
    draft.parts.push(text);
    draft.size += text.length;
    if (draft.size > MAX_DOCUMENT) throw tooLong(this.#file, draft.line + 1);
    const lastBreak = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
    this.#line += lastBreak === -1 ? 0 : countBreaks(text);
    this.#column = lastBreak === -1 ? this.#column + text.length : text.length - lastBreak - 1;
  }

  #finish(): void {
    const draft = this.#draft;
    if (draft.content !== 'none' || draft.directives) this.#complete.push(toRaw(this.#file, draft));
    this.#draft = newDraft(this.#line, this.#column);
  }
}

function newDraft(line: number, column: number): Draft {
  return {
    parts: [],
    size: 0,
    line,
    column,
    content: 'none',
    opened: false,
    directives: false,
    skipLine: false,
    jsonStart: 0,
    outline: newOutline(),
  };
}

function toRaw(file: string, draft: Draft): RawDocument {
  const { outline, line, column, jsonStart } = draft;
  const text = draft.parts.length === 1 ? draft.parts[0]! : draft.parts.join('');
  const isJson = draft.content === 'json' && outline.json && outline.closed;
  const json = isJson ? { start: jsonStart, pairs: outline.pairs, deepest: outline.deepest } : undefined;
  return { file, text, line, column, json };
}

/** How much of the end of `text` must wait for more: what may become a boundary, or half of a `\r\n`. */
function heldBack(text: string, atLineStart: boolean): number {
  if (text.endsWith('\r')) return 1;
  const lastBreak = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
  if (lastBreak === -1 && !atLineStart) return 0;
  const tail = text.length - lastBreak - 1;
  return tail < LONGEST_BOUNDARY ? tail : 0;
}

/** Passes over blanks, comments and directives; marks the draft by the first character of its content. */
function findContent(draft: Draft, text: string): number {
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (draft.skipLine) {
      draft.skipLine = character !== '\n' && character !== '\r';
    } else if (character === '#' || (character === '%' && !draft.opened)) {
      draft.skipLine = true;
      draft.directives ||= character === '%';
    } else if (!BLANK.test(character)) {
      const isJson = (character === '{' || character === '[') && !draft.directives;
      draft.content = isJson ? 'json' : 'yaml';
      draft.jsonStart = draft.size + at;
      return at;
    }
  }
  return text.length;
}

function countBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return text.includes('\r') ? count + (text.match(/\r(?!\n)/g)?.length ?? 0) : count;
}

function tooLong(file: string, line: number): CalicoctlError {
  const size = `${MAX_DOCUMENT / 1024 / 1024} MiB`;
  const place = { file, line };
  const message = `the document that begins at line ${line} is longer than ${size}`;
  return new CalicoctlError('input', message, {
    place,
    fault: inputFault('file', place, message),
    hint: 'Split it into several documents with lines of "---".',
  });
}
