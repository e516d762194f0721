import { CalicoctlError, formatValue } from '../core/errors.ts';
import type { BirdReply } from './frames.ts';

/** A row of `show protocols`, with the lines below it in `show protocols all`. */
export interface ProtocolRow {
  readonly name: string;
  /** `BGP`, `Kernel`, `Static`, … */
  readonly proto: string;
  readonly table: string;
  readonly state: string;
  readonly since: string;
  readonly info: string;
  /** As BIRD indents them. */
  readonly details: readonly string[];
}

const HEADINGS = 'name proto table state since info';
const DATE_AND_TIME = /^(\d{4}-\d\d-\d\d[ T]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)(?:\s+(.*))?$/;
const ONE_WORD = /^(\S+)(?:\s+(.*))?$/;
/** However BIRD was told to write times, it puts two blanks behind them, even where nothing follows. */
const ANYTHING = /^(\S.*?)\s{2,}(.*)$/;
const BGP_STATE = /\b(Idle|Connect|Active|Passive|OpenSent|OpenConfirm|Established|Close|Down)\b/;

/**
 * Reads what `show protocols` or `show protocols all` printed, of BIRD 1.6, 2 or 3: the texts of a reply, or the lines that
 * birdc prints, with or without its greeting. Throws `unavailable` where it is no such table.
 */
export function parseProtocols(lines: readonly string[]): readonly ProtocolRow[] {
  const rows: (ProtocolRow & { readonly details: string[] })[] = [];
  let headed = false;
  for (const line of lines) {
    if (line.trim() === '' || /^BIRD \S+ ready/.test(line)) continue;
    if (/^\s/.test(line)) {
      rows.at(-1)?.details.push(line);
    } else if (!headed) {
      if (line.trim().split(/\s+/).join(' ').toLowerCase() !== HEADINGS)
        throw new CalicoctlError('unavailable', `unknown BIRD table output format: ${formatValue(line)}`);
      headed = true;
    } else {
      const row = parseRow(line);
      if (row !== undefined) rows.push(row);
    }
  }
  return rows;
}

/** The texts of a reply, for `parseProtocols`. */
export function textsOf(reply: BirdReply): readonly string[] {
  return reply.map(({ text }) => text);
}

function parseRow(line: string): (ProtocolRow & { readonly details: string[] }) | undefined {
  const [, name, proto, table, state, rest = ''] =
    /^(\S+)\s+(\S+)\s+(\S+)\s+(\S+)(?:\s+(.*))?$/.exec(line) ?? [];
  if (name === undefined || proto === undefined || table === undefined || state === undefined)
    return undefined;
  const [since, info] = timeAndInfo(rest);
  return { name, proto, table, state, since, info: info.trim().split(/\s+/).join(' '), details: [] };
}

function timeAndInfo(text: string): readonly [since: string, info: string] {
  const free = ANYTHING.exec(text);
  const found =
    DATE_AND_TIME.exec(text) ??
    (free !== null && !BGP_STATE.test(free[1]!) ? free : null) ??
    ONE_WORD.exec(text) ??
    [];
  return [found[1] ?? '', found[2] ?? ''];
}
