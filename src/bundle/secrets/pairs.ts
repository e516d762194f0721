import { REDACTED } from '../redacted.ts';
import { isHarmless, isSecretName, isSecretVariable } from './names.ts';
import { describeCertificates } from './pem.ts';
import { LONGEST_GAP, type Quote, quoteAt, quoteBefore, quotedAt, skipBlanks } from './quotes.ts';
import { closingQuote, endOf, type Span, type Until } from './span.ts';

/** What follows the name of a secret: `password: x`, `"token":"x"`, `--key=x`, `password "x"`, `"name":"KEY","value":"x"`. */

/** Part of every name that `isSecretName` knows, so that all else is passed over. */
export const NAME_PARTS =
  'pass pwd psk secret token credential key auth cookie jwt dockerc last-applied'.split(' ');
const HINT = new RegExp(NAME_PARTS.join('|'), 'gi');
const NAME_CHAR = /[\w.$-]/;
const LONGEST_NAME = 120;

/** What a name of a secret left open: its value stands on lines that follow. */
export interface Opened {
  /** Column of the name. */
  readonly column: number;
  /** `below`: anything deeper; `scalar`: deeper lines that are no fields themselves; `item`: the next line. */
  readonly type: 'below' | 'scalar' | 'item';
  /** A quotation that closes there. */
  readonly quote?: Until;
}

export interface Pairs {
  readonly spans: readonly Span[];
  readonly opened?: Opened;
  /** The text ends in a quotation. */
  readonly quoted: boolean;
}

interface Name {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly flag: boolean;
}

/** Values of secrets in one line, or in a piece of one that began inside quotes where `quoted`. */
export function secretPairs(text: string, quoted = false): Pairs {
  const spans: Span[] = [];
  let opened: Opened | undefined;
  let at = 0;
  let inside = quoted;
  HINT.lastIndex = 0;
  for (let hit = HINT.exec(text); hit !== null; hit = HINT.exec(text)) {
    const name = nameAround(text, hit.index, at);
    inside = quotedAt(text, at, name.start, inside);
    at = name.end;
    const value = valueBehind(text, name, inside);
    if (value !== undefined && 'opened' in value) opened = value.opened;
    else if (value !== undefined) {
      spans.push(value);
      // A short word may be a name itself: `no token: password "x"`.
      const next = value.until.type === 'blank' && value.end - value.start < 64 ? value.start : value.end;
      inside = quotedAt(text, at, next, inside);
      at = next;
      if (value.open !== undefined) opened = value.open;
    }
    HINT.lastIndex = Math.max(at, HINT.lastIndex);
  }
  return {
    spans,
    ...(opened === undefined ? {} : { opened }),
    quoted: quotedAt(text, at, text.length, inside),
  };
}

function nameAround(text: string, hit: number, least: number): Name {
  let start = hit;
  const floor = Math.max(least, hit - LONGEST_NAME);
  while (start > floor && NAME_CHAR.test(text[start - 1]!)) start--;
  let end = hit + 1;
  const ceiling = Math.min(text.length, hit + LONGEST_NAME);
  while (end < ceiling && NAME_CHAR.test(text[end]!)) end++;
  const whole = text.slice(start, end);
  const bare = whole.replace(/^[-.]+/, '');
  const before = /\b(?:private|preshared|secret|api|access|master) $/i.exec(
    text.slice(Math.max(0, start - 12), start),
  );
  const name = (before?.[0] ?? '') + bare;
  return { text: name, start: end - bare.length, end, flag: whole.startsWith('--') };
}

type Value = (Span & { readonly open?: Opened }) | { readonly opened: Opened };

interface Place {
  readonly name: Name;
  readonly at: number;
  readonly inside: boolean;
  /** Nothing but indentation stands before the name, and a colon behind it. */
  readonly field: boolean;
  readonly sign: string;
}

/** Indentation, dashes of lists, a quote, and what qualifies the name, as in `example.org/token`. */
const FIELD_START = /^\s*(?:[-?] +)*["']?(?:[\w.-]{1,200}\/)?$/;

function valueBehind(text: string, name: Name, inside: boolean): Value | undefined {
  const closing = quoteAt(text, name.end);
  const behind = skipBlanks(text, closing?.end ?? name.end);
  if (text[behind] === ',' && closing !== undefined) return afterComma(text, name, behind + 1, inside);
  if (!isSecretName(name.text)) return undefined;
  const sign = text[behind];
  const indent = name.start <= LONGEST_GAP ? text.slice(0, name.start) : 'x';
  if (sign === '=' || sign === ':') {
    const wide = /^(?:==|=>|:=|::)/.test(text.slice(behind, behind + 2)) ? 2 : 1;
    const at = skipBlanks(text, behind + wide);
    return given(text, { name, at, inside, sign, field: sign === ':' && FIELD_START.test(indent) });
  }
  if (name.flag && behind > name.end) {
    if (behind >= text.length) return { opened: { column: 0, type: 'item' } };
    return text[behind] === '-'
      ? undefined
      : given(text, { name, at: behind, inside, sign: '=', field: false });
  }
  if (name.flag && behind >= text.length) return { opened: { column: 0, type: 'item' } };
  // `password "…";` of BIRD and etcd.
  if (/pass|pwd/i.test(name.text) && closing === undefined && quoteAt(text, behind) !== undefined)
    return given(text, { name, at: behind, inside, sign: ' ', field: false });
  return undefined;
}

/** `"--password", "x"` and `"name":"DB_PASSWORD","value":"x"`. */
function afterComma(text: string, name: Name, comma: number, inside: boolean): Value | undefined {
  const at = skipBlanks(text, comma);
  if (name.flag) {
    if (!isSecretName(name.text)) return undefined;
    if (at >= text.length) return { opened: { column: 0, type: 'item' } };
    return quoteAt(text, at) === undefined
      ? undefined
      : given(text, { name, at, inside, sign: '=', field: false });
  }
  const key = /^\\*["']value\\*["']\s{0,9}:\s{0,9}/.exec(text.slice(at, at + 60));
  if (key === null || !isSecretVariable(name.text)) return undefined;
  return given(text, { name, at: at + key[0].length, inside, sign: ':', field: false });
}

function given(text: string, place: Place): Value | undefined {
  const { name, at, field } = place;
  const column = columnOfField(text, name);
  if (at >= text.length) return place.sign === ':' ? { opened: { column, type: 'scalar' } } : undefined;
  const quote = quoteAt(text, at);
  if (quote !== undefined) return quotedValue(text, place, quote);
  if (text[at] === '{') return undefined;
  if (text[at] === '[') return listed(text, place);
  if (field && /^[|>][-+\d]{0,3}\s*(?:#.*)?$/.test(text.slice(at, at + 80)))
    return { ...span(place, at, text.length, { type: 'line' }), open: { column, type: 'below' } };
  const until = untilOf(text, place);
  const end = endOf(text, at, until);
  const value = text.slice(at, end);
  if (end < text.length && isHarmless(name.text, value)) return undefined;
  if (end === text.length && isHarmless(name.text, value.slice(0, 400)) && value.length < 400)
    return undefined;
  return span(place, at, end - (/\s*$/.exec(value.slice(-20))?.[0].length ?? 0), until);
}

/** Where the field begins, with its quote and its qualification. */
function columnOfField(text: string, { start }: Name): number {
  if (start > LONGEST_GAP) return start;
  return /^\s*(?:[-?] +)*/.exec(text.slice(0, start))![0].length;
}

function span({ name }: Place, start: number, end: number, until: Until, shown = REDACTED): Span {
  return { from: name.start, start, end, text: shown, until };
}

/** A password that holds quotes, commas or brackets has to go as a whole, so what is not quoted ends at a blank. */
function untilOf(text: string, { name, inside, field, sign }: Place): Until {
  const opener = quoteBefore(text, name.start - (name.flag ? 2 : 0));
  const closed = quoteAt(text, name.end) !== undefined;
  const header = /^(?:proxy-)?authorization$|cookie$|last-applied/i.test(name.text);
  if (opener !== undefined && !closed) return { type: 'quote', quote: opener.quote, escapes: opener.escapes };
  if (header) return inside ? { type: 'other', end: /["\n]/g } : { type: 'line' };
  if (field || isWholeLine(text, name)) return { type: 'line' };
  const query = sign === '=' && /[?&]/.test(text[name.start - 1] ?? '');
  if (inside) return { type: 'other', end: query ? /[\s"&]/g : /[\s"]/g };
  return query ? { type: 'other', end: /[\s&"']/g } : { type: 'blank' };
}

/** `- --password=x y` in a list, `PASSWORD=x y` in an environment. */
function isWholeLine(text: string, name: Name): boolean {
  if (name.flag) return name.start < LONGEST_GAP && /^\s*- +-*$/.test(text.slice(0, name.start));
  return (
    name.start < LONGEST_GAP && /^[A-Z0-9_]+$/.test(name.text) && text.slice(0, name.start).trim() === ''
  );
}

function quotedValue(text: string, place: Place, { quote, escapes, end: at }: Quote): Value | undefined {
  const until: Until = { type: 'quote', quote, escapes };
  const close = closingQuote(text, at, quote, escapes);
  if (close < 0) {
    const rest = span(place, at, text.length, until);
    return { ...rest, open: { column: columnOfField(text, place.name), type: 'below', quote: until } };
  }
  const value = text.slice(at, close);
  if (isHarmless(place.name.text, value)) return undefined;
  const certificates = value.includes('-----BEGIN') ? describeCertificates(value) : undefined;
  if (certificates !== undefined) return span(place, at, close, until, certificates);
  return span(place, at, shellEnd(text, place, close + escapes + 1, close), until);
}

/** Where a word of a shell ends that is put together of several quotations. */
function shellEnd(text: string, { sign, inside, name }: Place, behind: number, close: number): number {
  if (sign !== '=' || inside || quoteBefore(text, name.start) !== undefined) return close;
  return /^['"\\\w]/.test(text.slice(behind, behind + 1)) ? endOf(text, behind, { type: 'blank' }) : close;
}

function listed(text: string, place: Place): Value | undefined {
  const { at, name } = place;
  const until: Until = { type: 'other', end: /\]/g };
  const end = endOf(text, at + 1, until);
  if (end < text.length) {
    const value = text.slice(at + 1, end);
    return value.trim() === '' ? undefined : span(place, at + 1, end, until);
  }
  const rest = span(place, at + 1, text.length, until);
  return { ...rest, open: { column: columnOfField(text, name), type: 'below' } };
}
