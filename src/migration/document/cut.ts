import { CalicoctlError } from '../../core/errors.ts';
import { decodeText } from '../../input/decode.ts';
import { MAX_DOCUMENT } from '../../input/fault.ts';
import type { RawDocument } from '../../input/raw.ts';
import type { Part } from './file.ts';

/**
 * An export has one document a kind, which may be most of the file. Lists in the form in which exports are printed are cut
 * between their items, so that only some of them are in memory at once. A shorter document stays whole.
 */
const LONG = 1024 * 1024;

const BOUNDARY = /^(?:---|\.\.\.)(?=[ \t\r\n]|$)/;
const ITEMS = /^items:[ \t]*\r?\n$/;
const WITHIN_ITEMS = /^[ \t\r\n#-]/;

/** The documents of a part; a long list as several, the last of which is the list without its items. */
export async function* cutDocuments(part: Part, long = LONG): AsyncGenerator<RawDocument> {
  const cutter = new Cutter(part, long);
  let rest = '';
  for await (const piece of decodeText(part.file, part.bytes())) {
    const text = rest + piece;
    let from = 0;
    for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
      yield* cutter.take(text.slice(from, to + 1));
      from = to + 1;
    }
    rest = text.slice(from);
    if (rest.length > MAX_DOCUMENT) throw tooLong(part, cutter.line);
  }
  if (rest !== '') yield* cutter.take(rest);
  yield* cutter.finish();
}

class Cutter {
  /** Of the line that comes next, from 0. */
  line: number;
  /** What stands before the items, where the document is a list in the form of exports. */
  #head: { readonly text: string; readonly line: number } | undefined;
  #state: 'before' | 'items' | 'behind' = 'before';
  #isCut = false;
  #lines: string[] = [];
  #size = 0;
  #start: number;

  constructor(
    readonly part: Part,
    readonly long: number,
  ) {
    this.line = part.line;
    this.#start = part.line;
  }

  *take(line: string): Generator<RawDocument> {
    if (BOUNDARY.test(line)) {
      yield* this.finish();
      const content = line.slice(3);
      // What stands behind a marker keeps its column.
      if (content.trim() !== '') this.#append(`   ${content}`);
      else this.#start = this.line + 1;
    } else {
      if (this.#state === 'before' && ITEMS.test(line)) return this.#begin(line);
      if (this.#state === 'items' && line.startsWith('- ') && this.#size > this.long) yield this.#cut();
      if (this.#state === 'items' && !WITHIN_ITEMS.test(line)) yield* this.#end();
      this.#append(line);
    }
    this.line++;
  }

  *finish(): Generator<RawDocument> {
    if (this.#state === 'items') yield* this.#end();
    const text = this.#lines.join('');
    const line = this.#start;
    const head = this.#isCut ? this.#head : undefined;
    this.#clear(this.line);
    this.#head = undefined;
    this.#state = 'before';
    this.#isCut = false;
    if (head !== undefined) yield this.#document(head.text + text, head.line);
    else if (text.trim() !== '') yield this.#document(text, line);
  }

  #begin(line: string): void {
    this.#head = { text: this.#lines.join('') + line, line: this.#start };
    this.#state = 'items';
    this.line++;
    this.#clear(this.line);
  }

  /** The items so far, as a document of their own. */
  #cut(): RawDocument {
    const document = this.#document(this.#lines.join(''), this.#start);
    this.#isCut = true;
    this.#clear(this.line);
    return document;
  }

  /** The last item is complete: a list that was not cut becomes whole again. */
  *#end(): Generator<RawDocument> {
    this.#state = 'behind';
    if (this.#isCut) {
      if (this.#size > 0) yield this.#cut();
      return;
    }
    const { text, line } = this.#head!;
    this.#lines.unshift(text);
    this.#size += text.length;
    this.#start = line;
  }

  #append(line: string): void {
    this.#lines.push(line);
    this.#size += line.length;
    if (this.#size > MAX_DOCUMENT) throw tooLong(this.part, this.#start);
  }

  #clear(start: number): void {
    this.#lines = [];
    this.#size = 0;
    this.#start = start;
  }

  #document(text: string, line: number): RawDocument {
    return { file: this.part.file, text, line, column: 0 };
  }
}

function tooLong({ file }: Part, line: number): CalicoctlError {
  const size = `${MAX_DOCUMENT / 1024 / 1024} MiB`;
  return new CalicoctlError('input', `the document that begins at line ${line + 1} is longer than ${size}`, {
    place: { file, line: line + 1 },
    hint: 'Write one document a resource, or the lists as `calicoctl datastore migrate export` prints them.',
  });
}
