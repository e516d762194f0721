import { REDACTED } from '../redacted.ts';
import { isSecretVariable } from './names.ts';
import type { Opened } from './pairs.ts';
import { describeBase64 } from './pem.ts';
import { closingQuote } from './span.ts';

/** What an earlier line says of the lines below it. */
export type Below =
  | Opened
  /** The value of an entry of `env` that is a secret by its name. */
  | { readonly type: 'variable'; readonly column: number }
  /** Values of a Secret. */
  | { readonly type: 'data'; readonly column: number }
  /** Base64 that goes on, line by line. */
  | { readonly type: 'base64'; readonly column: number };

/** What becomes of a line that an earlier one speaks of. */
export interface Covered {
  /** The line as it may be shown; undefined where nothing of it may; absent where it is a line like any other. */
  readonly shown?: string | undefined;
  /** What holds for the lines below. */
  readonly below?: Below;
}

const LONGEST_SCALAR = 2000;

/** Column of the first character that is neither blank nor the dash of a list. */
export function columnOf(line: string): number {
  return /^\s*(?:- +)*/.exec(line)![0].length;
}

function indentOf(line: string): number {
  return /^\s*/.exec(line)![0].length;
}

/** Judges a line by what was said above it; undefined where that ends with it. */
export function covered(line: string, below: Below): Covered | undefined {
  const body = line.trim();
  switch (below.type) {
    case 'item': {
      const item = /^(\s*(?:- +)?["']?)(.*?)(["']?,?\s*)$/s.exec(line)!;
      return body === '' || (body.startsWith('-') && !body.startsWith('- '))
        ? undefined
        : { shown: `${item[1]}${REDACTED}${item[3]}` };
    }
    case 'below':
      return deeper(line, body, below);
    case 'scalar':
      return scalar(line, body, below);
    case 'variable': {
      const value = /^(\s*["']?value["']?\s*:\s*)(\S.*)$/s.exec(line);
      if (value === null) return undefined;
      const rest: Below = { type: 'below', column: below.column };
      return { shown: `${value[1]}${REDACTED}${/,\s*$/.test(line) ? ',' : ''}`, below: rest };
    }
    case 'data':
      return dataLine(line, body, below.column);
    case 'base64':
      return /^[A-Za-z0-9+/]{16,}={0,2}["']?,?$|^[A-Za-z0-9+/]{2,}={1,2}["']?,?$/.test(body)
        ? { shown: undefined, below }
        : undefined;
  }
}

function deeper(line: string, body: string, below: Opened): Covered | undefined {
  if (body === '') return { shown: '', below };
  if (indentOf(line) <= below.column) return undefined;
  const { quote } = below;
  if (quote?.type === 'quote') {
    const end = closingQuote(line, 0, quote.quote, quote.escapes);
    if (end >= 0) return { shown: `${' '.repeat(indentOf(line))}${REDACTED}${line.slice(end)}` };
  }
  return { shown: undefined, below };
}

const FIELD = /^(?:- +)*(?:"[^"]{1,200}"|'[^']{1,200}'|[\w./-]{1,200})\s*:(?:\s|$)/;

function scalar(line: string, body: string, below: Opened): Covered | undefined {
  if (body === '') return { shown: line, below };
  const item = body.startsWith('- ');
  const indent = indentOf(line);
  if (indent < below.column && !(item && indent >= below.column - 2)) return undefined;
  if (!item && indent === below.column) return undefined;
  if (FIELD.test(body) || /^[\]}{]/.test(body)) return undefined;
  return { shown: `${line.slice(0, columnOf(line))}${REDACTED}`, below };
}

function dataLine(line: string, body: string, column: number): Covered | undefined {
  const below: Below = { type: 'data', column };
  if (body === '') return { shown: line, below };
  if (indentOf(line) <= column) return undefined;
  const field = /^(\s*(?:"[^"]*"|'[^']*'|[\w.-]+)\s*:)\s*["']?([^\s"',]?[^"',]*)/.exec(line);
  if (field === null || body.endsWith(':'))
    return /^\s*(?:"[^"]*"|'[^']*'|[\w.-]+)\s*:\s*$/.test(line)
      ? { shown: line, below }
      : { shown: undefined, below };
  const shown = describeBase64(field[2]!.trim()) ?? REDACTED;
  return { shown: `${field[1]} ${shown}${/,\s*$/.test(line) ? ',' : ''}`, below };
}

const NAME_LINE = /^(\s*(?:- +)?["']?)name["']?\s*:\s*["']?([\w.-]{1,300})["']?,?\s*$/;

/** What a line that was not covered says of those below it. */
export function announced(line: string): Below | undefined {
  if (line.length > LONGEST_SCALAR || !line.includes('name')) return undefined;
  const name = NAME_LINE.exec(line);
  if (name === null || !isSecretVariable(name[2]!)) return undefined;
  return { type: 'variable', column: name[1]!.length };
}
