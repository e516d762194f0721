import { REDACTED } from '../redacted.ts';

/** How a secret goes on that has not ended yet where the text at hand ends. */
export type Until =
  | { readonly type: 'line' }
  | { readonly type: 'blank' }
  | { readonly type: 'quote'; readonly quote: string; readonly escapes: number }
  /** The first character that the pattern knows is none of the secret any more. */
  | { readonly type: 'other'; readonly end: RegExp }
  | { readonly type: 'brace' };

/** A part of a line that must not be shown. */
export interface Span {
  /** Where what gives it away begins, e.g. the key before a value; never behind `start`. */
  readonly from: number;
  readonly start: number;
  readonly end: number;
  /** What stands there instead. */
  readonly text: string;
  readonly until: Until;
}

/** Spans in order, none over another: what overlaps becomes one. */
export function merge(spans: readonly Span[]): readonly Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push(span);
    else if (span.end > last.end) {
      const text = last.text === span.text ? last.text : REDACTED;
      merged[merged.length - 1] = { ...span, from: Math.min(last.from, span.from), start: last.start, text };
    }
  }
  return merged;
}

/** The text with spans replaced. */
export function cover(text: string, spans: readonly Span[], end = text.length): string {
  let shown = '';
  let at = 0;
  for (const span of spans) {
    shown += text.slice(at, span.start) + span.text;
    at = span.end;
  }
  return shown + text.slice(at, Math.max(at, end));
}

/** Where the quotation that began before `at` ends: the place of its closing quote, or of the backslashes before it. */
export function closingQuote(text: string, at: number, quote: string, escapes: number): number {
  const step = escapes + 1;
  for (let place = text.indexOf(quote, at); place >= 0; place = text.indexOf(quote, place + 1)) {
    let slashes = 0;
    while (place - slashes > at && text[place - slashes - 1] === '\\') slashes++;
    if (quote === "'" && text[place + 1] === "'") {
      place++;
      continue;
    }
    if (quote === "'" && escapes === 0) return place;
    if (slashes % step === escapes && Math.floor(slashes / step) % 2 === 0) return place - escapes;
  }
  return -1;
}

/** Where what has not ended goes on to; the length of the text where it does not end in it. */
export function endOf(text: string, at: number, until: Until): number {
  switch (until.type) {
    case 'line':
      return text.length;
    case 'blank':
      return found(text, at, /\s/g);
    case 'other':
      return found(text, at, until.end);
    case 'quote': {
      const end = closingQuote(text, at, until.quote, until.escapes);
      return end < 0 ? text.length : end;
    }
    case 'brace':
      return found(text, at, /\}/g);
  }
}

function found(text: string, at: number, pattern: RegExp): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.index ?? text.length;
}
