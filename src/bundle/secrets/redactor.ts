import { REDACTED } from '../redacted.ts';
import { announced, type Below, columnOf, covered } from './blocks.ts';
import { dataColumn, endsObject, type Held, holdLine, type KindSeen, kindIn } from './held.ts';
import { secretsOf } from './line.ts';
import { NAME_PARTS } from './pairs.ts';
import { describeBlock, endOfBlock, LONGEST_BLOCK } from './pem.ts';
import { quotedAt } from './quotes.ts';
import { cover, endOf, type Span, type Until } from './span.ts';

/** A longer line is judged in pieces; what can be a secret's name and beginning has to fit into what is kept of one. */
const LONGEST_LINE = 512 * 1024;
const KEPT = 16 * 1024;

interface OpenBlock {
  readonly certificate: boolean;
  readonly text: string[];
  size: number;
}

/** Redacts text that comes in pieces, in time that grows with the text and memory that does not. */
export class Redactor {
  #rest = '';
  /** Of a line that is judged in pieces. */
  #until: Until | undefined;
  #quoted = false;
  #partial = false;
  #block: OpenBlock | undefined;
  #below: Below | undefined;
  #held: Held | undefined;
  #kind: KindSeen | undefined;
  readonly #out: string[] = [];

  /** Takes a piece of the text, and gives what of it can be shown by now. */
  push(piece: string): string {
    let at = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', at)) {
      this.#piece(this.#rest + piece.slice(at, end));
      this.#endLine('\n');
      at = end + 1;
    }
    this.#rest += piece.slice(at);
    while (this.#rest.length > LONGEST_LINE) this.#long();
    return this.#taken();
  }

  /** What remains at the end of the text. */
  end(): string {
    if (this.#rest !== '' || this.#partial) {
      this.#piece(this.#rest);
      this.#endLine('');
    }
    this.#release(true);
    this.#closeBlock('<certificate, cut off>');
    return this.#taken();
  }

  #taken(): string {
    return this.#out.splice(0).join('');
  }

  #line = '';

  /** The rest of a line. */
  #piece(text: string): void {
    this.#rest = '';
    if (this.#partial) this.#line = this.#shownPart(text, true);
    else this.#line = text;
  }

  #endLine(end: string): void {
    const line = this.#line;
    if (this.#partial) {
      this.#out.push(line, end);
      this.#partial = false;
      this.#until = undefined;
      this.#quoted = false;
    } else this.#whole(line, end);
  }

  /** Judges what there is of a line that is too long to be kept. */
  #long(): void {
    if (!this.#partial) this.#release(true);
    this.#partial = true;
    const text = this.#rest;
    this.#rest = '';
    this.#out.push(this.#shownPart(text, false));
  }

  #shownPart(text: string, last: boolean): string {
    let start = 0;
    if (this.#block !== undefined) {
      start = this.#inBlock(text);
      if (start < 0) return '';
    }
    if (this.#until !== undefined) {
      start = endOf(text, start, this.#until);
      if (start === text.length) return '';
      this.#until = undefined;
    }
    const rest = text.slice(start);
    const { spans, block } = secretsOf(rest, { quoted: this.#quoted, partial: true });
    const stop = block?.start ?? rest.length;
    if (last && block === undefined) return cover(rest, spans);
    const cut = block === undefined ? this.#cut(rest, spans) : stop;
    const shown = spans.filter((span) => span.start < cut);
    this.#quoted = quotedAt(rest, 0, cut, this.#quoted);
    if (block !== undefined) {
      const begun = cover(rest, shown, stop);
      return begun + this.#openBlock(rest.slice(stop), block.certificate);
    }
    const final = shown.at(-1);
    if (final !== undefined && final.end === rest.length) this.#until = final.until;
    this.#rest = rest.slice(cut);
    return cover(rest, shown, cut);
  }

  /** Where to cut a piece so that no secret is cut. */
  #cut(text: string, spans: readonly Span[]): number {
    const wish = Math.max(0, text.length - KEPT);
    const over = spans.find((span) => span.from < wish && span.end > wish);
    return over?.end ?? wish;
  }

  #whole(line: string, end: string): void {
    if (this.#held !== undefined && this.#block === undefined) {
      const judged = holdLine(this.#held, line + end);
      if (judged === 'more') return;
      this.#release(judged === 'secret');
    }
    this.#visible(line, end, true);
  }

  /** Shows the lines that were held back. */
  #release(secret: boolean): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    const [first = '', ...lines] = held.lines;
    this.#out.push(
      secret
        ? first.replace(/\{.*\S.*\}/, `{${REDACTED}}`).replace(/\{\s*[^\s{}<].*$/, `{${REDACTED}`)
        : first,
    );
    this.#below = secret ? { type: 'data', column: held.column } : undefined;
    for (const line of lines) {
      const end = line.endsWith('\n') ? '\n' : '';
      this.#visible(end === '' ? line : line.slice(0, -1), end, false);
    }
  }

  #visible(line: string, end: string, mayHold: boolean): void {
    if (this.#block !== undefined) {
      this.#blockLine(line, end);
      return;
    }
    if (this.#below !== undefined) {
      const judged = covered(line, this.#below);
      this.#below = judged?.below;
      if (judged !== undefined) {
        if (judged.shown !== undefined) this.#out.push(judged.shown, end);
        return;
      }
    }
    if (this.#holds(line, end, mayHold)) return;
    this.#plain(line, end);
  }

  /** True where the line begins data of which is not known yet whether they are secrets. */
  #holds(line: string, end: string, mayHold: boolean): boolean {
    if (this.#kind !== undefined && endsObject(line, this.#kind.column)) this.#kind = undefined;
    this.#kind = kindIn(line) ?? this.#kind;
    const column = dataColumn(line);
    if (column === undefined) return false;
    const known =
      this.#kind?.column === column
        ? this.#kind.secret
        : /^\s*(?:- +)*["']?stringData/.test(line) || undefined;
    if (known === false) return false;
    this.#held = { column, lines: [line + end], size: line.length };
    if (known || !mayHold) this.#release(true);
    return true;
  }

  #plain(line: string, end: string): void {
    const { spans, opened, block } = secretsOf(line);
    if (block !== undefined) {
      this.#out.push(
        cover(line, spans, block.start),
        this.#openBlock(line.slice(block.start), block.certificate),
      );
      if (this.#block !== undefined) this.#block.text.push('\n');
      return;
    }
    this.#out.push(withinEscapes(spans.length === 0 ? line : cover(line, spans)), end);
    const last = spans.at(-1);
    if (opened !== undefined) this.#below = opened;
    else if (last?.until.type === 'other' && last.end === line.length && last.end - last.start > 40)
      this.#below = { type: 'base64', column: columnOf(line) };
    else this.#below = announced(line);
  }

  /** Returns what is shown at the place where the block begins. */
  #openBlock(text: string, certificate: boolean): string {
    this.#block = { certificate, text: certificate ? [text] : [], size: text.length };
    return certificate ? '' : REDACTED;
  }

  /** Returns where the block ends in the text, or -1. */
  #inBlock(text: string): number {
    const block = this.#block!;
    const end = endOfBlock(text, 0);
    block.size += text.length + 1;
    if (end < 0 && block.size > LONGEST_BLOCK) {
      this.#closeBlock('<certificate, cut off>');
      return -1;
    }
    if (block.certificate) block.text.push(end < 0 ? text : text.slice(0, end), '\n');
    if (end >= 0) this.#closeBlock(describeBlock(block.text.join('')));
    return end;
  }

  #closeBlock(description: string): void {
    const block = this.#block;
    this.#block = undefined;
    if (block?.certificate) this.#out.push(description);
  }

  #blockLine(line: string, end: string): void {
    const rest = this.#inBlock(line);
    if (rest < 0) return;
    this.#plain(line.slice(rest), end);
  }
}

const NAMED = new RegExp(NAME_PARTS.join('|'), 'i');
/** Line breaks of a text that was put into quotes. */
const ESCAPED_BREAK = /(\\+(?:r\\+)?n)/;

/** Several lines that a program wrote as one, in quotes, are looked at as the lines they are. */
function withinEscapes(line: string): string {
  if (!line.includes('\\n') || !NAMED.test(line)) return line;
  const parts = line.split(ESCAPED_BREAK);
  const breaks = parts.filter((_, index) => index % 2 === 1);
  const redactor = new Redactor();
  const shown = redactor.push(parts.filter((_, index) => index % 2 === 0).join('\n')) + redactor.end();
  const lines = shown.split('\n');
  // A secret that went over several lines took their breaks with it.
  return lines
    .map((text, index) => text + (index + 1 < lines.length ? (breaks[index] ?? '\\n') : ''))
    .join('');
}
