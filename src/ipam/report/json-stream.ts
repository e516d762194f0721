/**
 * Reads one JSON document member by member, so that hundreds of megabytes need no more memory than their largest value.
 * Values come as text; what is passed over is only looked at for where it ends.
 */
export interface JsonStream {
  /** Goes into the object or array that comes next; false where something else does, which stays where it is. */
  enter(kind: 'object' | 'array'): Promise<boolean>;
  /** The next key of the object entered last; undefined at its end, which leaves it. */
  key(): Promise<string | undefined>;
  /** Whether the array entered last has another item; false leaves it. */
  item(): Promise<boolean>;
  /** The text of the value that comes next. */
  value(): Promise<string>;
  /** Passes the next value over. */
  skip(): Promise<void>;
  /** Makes sure that nothing follows. */
  end(): Promise<void>;
}

/** Where a document is no JSON; `offset` counts UTF-16 units. */
export class JsonStreamError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** Longest value that is taken, in UTF-16 units: an address with all that is known of it has some hundreds. */
const LONGEST = 1 << 24;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const OPEN = { object: 0x7b, array: 0x5b };
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** The text that has come and is not done with yet. */
class Window {
  text = '';
  at = 0;
  private before = 0;
  private readonly chunks: AsyncIterator<Uint8Array>;
  private readonly decoder = new TextDecoder();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** False at the end of the document. What stands before `at` is forgotten, and `at` moves accordingly. */
  async more(): Promise<boolean> {
    const { done, value } = await this.chunks.next();
    this.before += this.at;
    this.text =
      this.text.slice(this.at) +
      (done ? this.decoder.decode() : this.decoder.decode(value, { stream: true }));
    this.at = 0;
    return !done;
  }

  /** The next character that is no blank, without taking it; NaN at the end. */
  async peek(): Promise<number> {
    for (;;) {
      while (this.at < this.text.length) {
        const code = this.text.charCodeAt(this.at);
        if (!isBlank(code)) return code;
        this.at++;
      }
      if (!(await this.more()) && this.at >= this.text.length) return Number.NaN;
    }
  }

  fault(wanted: string): JsonStreamError {
    const found = this.at < this.text.length ? JSON.stringify(this.text[this.at]) : 'its end';
    return new JsonStreamError(`${wanted} is expected and ${found} found`, this.before + this.at);
  }
}

/** Where a value ends, found piece by piece. */
interface Scan {
  /** Characters from the start of the value that were looked at. */
  done: number;
  depth: number;
  inString: boolean;
}

/** Goes on until the value ends or the text does; true where it ended, `scan.done` then behind it. */
function scanValue(text: string, start: number, scan: Scan): boolean {
  let at = start + scan.done;
  while (at < text.length) {
    if (scan.inString) {
      const end = stringEnd(text, at);
      if (end < 0) return unfinished(scan, at - start);
      at = end;
      scan.inString = false;
      if (scan.depth === 0) return ended(scan, at - start);
      continue;
    }
    const code = text.charCodeAt(at);
    if (code === QUOTE) scan.inString = true;
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) scan.depth++;
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      // The end of what a bare number or word stands in ends that too.
      if (scan.depth === 0) return ended(scan, at - start);
      if (--scan.depth === 0) return ended(scan, at + 1 - start);
    } else if (scan.depth === 0 && (code === COMMA || isBlank(code))) return ended(scan, at - start);
    at++;
  }
  return unfinished(scan, at - start);
}

function unfinished(scan: Scan, length: number): false {
  scan.done = length;
  return false;
}

function ended(scan: Scan, length: number): true {
  scan.done = length;
  return true;
}

/** Behind the quote that ends a string within which `at` stands; -1 where that has not come yet. */
function stringEnd(text: string, at: number): number {
  for (let quote = text.indexOf('"', at); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slash = quote;
    while (slash > at && text.charCodeAt(slash - 1) === BACKSLASH) slash--;
    if ((quote - slash) % 2 === 0) return quote + 1;
  }
  return -1;
}

/** Reads the document that comes in these chunks of UTF-8. All methods throw JsonStreamError for what is no JSON. */
export function openJsonStream(chunks: AsyncIterable<Uint8Array>): JsonStream {
  const window = new Window(chunks);
  /** Whether each object or array that was entered, outermost first, has had a member yet. */
  const begun: boolean[] = [];

  /** Moves to the next member, over the comma before it; false at the end, which is left. */
  const nextMember = async (close: number): Promise<boolean> => {
    const code = await window.peek();
    if (code === close) {
      window.at++;
      begun.pop();
      return false;
    }
    if (begun.at(-1) === false) begun[begun.length - 1] = true;
    else if (code === COMMA) window.at++;
    else throw window.fault(`a comma or ${String.fromCharCode(close)}`);
    return true;
  };

  const take = async (keep: boolean): Promise<string> => {
    if (Number.isNaN(await window.peek())) throw window.fault('a value');
    const scan: Scan = { done: 0, depth: 0, inString: false };
    while (!scanValue(window.text, window.at, scan)) {
      if (!keep) {
        window.at += scan.done;
        scan.done = 0;
      }
      if (window.text.length - window.at > LONGEST) throw window.fault('the end of a very long value');
      if (await window.more()) continue;
      // At the very end a bare number or word has no other end.
      if (scan.depth > 0 || scan.inString) throw window.fault('the end of a value');
      break;
    }
    if (keep && scan.done === 0) throw window.fault('a value');
    const text = keep ? window.text.slice(window.at, window.at + scan.done) : '';
    window.at += scan.done;
    return text;
  };

  return {
    async enter(kind) {
      if ((await window.peek()) !== OPEN[kind]) return false;
      window.at++;
      begun.push(false);
      return true;
    },
    async key() {
      if (!(await nextMember(CLOSE_OBJECT))) return undefined;
      if ((await window.peek()) !== QUOTE) throw window.fault('a key');
      const text = await take(true);
      if ((await window.peek()) !== COLON) throw window.fault('a colon');
      window.at++;
      return parsedKey(text, window);
    },
    item: () => nextMember(CLOSE_ARRAY),
    value: () => take(true),
    async skip() {
      await take(false);
    },
    async end() {
      if (!Number.isNaN(await window.peek())) throw window.fault('the end of the document');
    },
  };
}

function parsedKey(text: string, window: Window): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw window.fault('a key without control characters');
  }
}
