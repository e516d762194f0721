import { CalicoctlError, type ErrorClass, formatValue } from '../core/errors.ts';

/** One line of a reply: its code, given or carried on from the line before, and its text without either. */
export interface BirdLine {
  readonly code: number;
  readonly text: string;
}

/** What BIRD answered to one command. The last line carries the final code. */
export type BirdReply = readonly BirdLine[];

/** So long a line is no line of BIRD's: it has buffers of 4 KiB. */
const LONGEST_LINE = 1024 * 1024;

const NEWLINE = 0x0a;

/** BIRD prints what peers and administrators wrote; a terminal must not obey it. */
const CONTROLS = /[\p{Cc}\u2028\u2029]/gu;

/**
 * Puts the bytes of a control socket together to lines and replies, however they come. A line is `NNNN-text` (more will
 * follow), `NNNN text` (the last one of a reply), or begins with a blank and goes on under the code before; what begins
 * with `+` is BIRD's log, printed in between.
 */
export class ReplyReader {
  #rest: Buffer[] = [];
  #restSize = 0;
  #lines: BirdLine[] = [];
  readonly #each: ((line: BirdLine) => void) | undefined;
  /** Lines that were taken in so far, log lines too. */
  seen = 0;

  /** `each` is shown every line as it comes; replies hold their last line only then, however long they are. */
  constructor(each?: (line: BirdLine) => void) {
    this.#each = each;
  }

  /** Takes in bytes and returns the replies that are complete now. Throws `unavailable` for what is no reply of BIRD's. */
  add(chunk: Uint8Array): readonly BirdReply[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const replies: BirdReply[] = [];
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
      const line = this.#ended(bytes.subarray(from, at));
      from = at + 1;
      if (this.#take(line)) {
        replies.push(this.#lines);
        this.#lines = [];
      }
    }
    this.#keep(bytes.subarray(from));
    return replies;
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#rest.push(bytes);
    this.#restSize += bytes.length;
    if (this.#restSize > LONGEST_LINE)
      throw strange(Buffer.concat(this.#rest).subarray(0, 120).toString('utf8'));
  }

  #ended(bytes: Buffer): string {
    if (this.#restSize === 0) return bytes.toString('utf8');
    const whole = Buffer.concat([...this.#rest, bytes]).toString('utf8');
    this.#rest = [];
    this.#restSize = 0;
    return whole;
  }

  /** Whether the line ends a reply. */
  #take(given: string): boolean {
    this.seen++;
    if (given.startsWith('+')) return false;
    const line = given.replace(CONTROLS, (mark) => (mark === '\t' ? mark : mark === '\r' ? '' : '�'));
    if (line.startsWith(' ')) {
      const code = this.#lines.at(-1)?.code;
      if (code === undefined) throw strange(line);
      this.#push({ code, text: line.slice(1) });
      return false;
    }
    const parts = /^(\d{4})([ -])(.*)$/.exec(line) ?? /^(\d{4})()()$/.exec(line);
    if (parts === null) throw strange(line);
    this.#push({ code: Number(parts[1]), text: parts[3]! });
    return parts[2] !== '-';
  }

  #push(line: BirdLine): void {
    if (this.#each === undefined) this.#lines.push(line);
    else {
      this.#lines = [line];
      this.#each(line);
    }
  }
}

function strange(line: string): CalicoctlError {
  return new CalicoctlError('unavailable', `unexpected output line from BIRD: ${formatValue(line)}`, {
    hint: 'Is it the control socket of BIRD?',
  });
}

/** Classes of BIRD's error codes (doc/reply_codes of BIRD); others are `unavailable`. */
const CLASSES: Readonly<Record<number, ErrorClass>> = {
  8003: 'not-found',
  8007: 'unauthorized',
  9001: 'not-supported',
  9002: 'not-found',
};

/** BIRD's refusal as an error, in its words; undefined where it did what it was asked for. */
export function refusalOf(reply: BirdReply, command: string): CalicoctlError | undefined {
  const refused = reply.find(({ code }) => code >= 8000);
  if (refused === undefined) return undefined;
  const { code, text } = refused;
  const why = text.trim() === '' ? `error ${code}` : text.trim();
  return new CalicoctlError(CLASSES[code] ?? 'unavailable', `BIRD refused \`${command}\`: ${why} (${code})`, {
    ...(code === 8007 ? { hint: 'The socket takes only commands that show something.' } : {}),
  });
}

/** The version in the greeting `BIRD x.y.z ready.`; undefined where the line is no greeting. */
export function versionOf(greeting: string): string | undefined {
  return /^BIRD (\S+) ready/.exec(greeting)?.[1];
}

/** The first number of a version of BIRD; Calico's own go by `v0.3.3+birdv1.6.8`. Undefined where it is unknown. */
export function majorOf(version: string | undefined): number | undefined {
  const number = /birdv?(\d+)\./i.exec(version ?? '')?.[1] ?? /^v?(\d+)\./.exec(version ?? '')?.[1];
  return number === undefined ? undefined : Number(number);
}
