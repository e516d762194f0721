import { NAME_PARTS, type Opened, type Pairs, secretPairs } from './pairs.ts';
import { evidentSecrets, isEvident } from './patterns.ts';
import { type Block, wholeBlocks } from './pem.ts';
import { closingQuote, merge, type Span } from './span.ts';

/** What must go from one line, and what goes on behind it. */
export interface LineSecrets {
  readonly spans: readonly Span[];
  readonly opened?: Opened;
  /** A block of PEM that does not end in the line. Nothing behind its beginning is in `spans`. */
  readonly block?: Block;
  readonly quoted: boolean;
}

const NONE: readonly Span[] = [];

/** `quoted`: the text is a piece of a line, and what came before ended in quotes. `partial`: more of the line follows. */
export function secretsOf(text: string, { quoted = false, partial = false } = {}): LineSecrets {
  const lower = text.toLowerCase();
  const named = partial || NAME_PARTS.some((part) => lower.includes(part));
  const evident = partial || isEvident(lower);
  if (!named && !evident) return { spans: NONE, quoted };
  const { spans: blocks, open } = text.includes('-----BEGIN ')
    ? wholeBlocks(text)
    : { spans: NONE, open: undefined };
  const shown = open === undefined ? text : text.slice(0, open.start);
  const pairs: Pairs = named ? secretPairs(shown, quoted) : { spans: NONE, quoted };
  const spans = merge([
    ...pairs.spans,
    ...(evident ? evidentSecrets(shown, lower) : NONE),
    ...blocks,
    ...(partial || SECRET_JSON.test(text) ? dataOfSecrets(shown) : NONE),
  ]);
  return {
    spans,
    ...(pairs.opened === undefined ? {} : { opened: pairs.opened }),
    ...(open === undefined ? {} : { block: open }),
    quoted: pairs.quoted,
  };
}

/** A Secret, or a list of them, as JSON in one line, as it is or in quotes. */
const SECRET_JSON = /kind\\{0,15}["']?\s{0,9}:\s{0,9}\\{0,15}["']?Secret(?:List)?\b/;
const DATA = /\\{0,15}["']?(?:data|stringData)\\{0,15}["']?\s{0,9}:\s{0,9}\{/g;

function dataOfSecrets(text: string): readonly Span[] {
  const spans: Span[] = [];
  let least = 0;
  for (const match of text.matchAll(DATA)) {
    if (match.index < least) continue;
    const start = match.index + match[0].length;
    const end = closingBrace(text, start);
    least = end;
    if (text.slice(start, start + 1) !== '}')
      spans.push({ from: match.index, start, end, text: '<redacted>', until: { type: 'brace' } });
  }
  return spans;
}

/** The values are texts, in which braces stand for themselves; how they are quoted, the first quotation tells. */
function closingBrace(text: string, at: number): number {
  const first = /(\\*)["']/.exec(text.slice(at, at + 300));
  const escapes = first?.[1]?.length ?? 0;
  const signs = /["{}]/g;
  signs.lastIndex = at;
  let depth = 0;
  for (let sign = signs.exec(text); sign !== null; sign = signs.exec(text)) {
    if (sign[0] === '{') depth++;
    else if (sign[0] === '}' && depth-- === 0) return sign.index;
    else if (sign[0] === '"') {
      const end = closingQuote(text, sign.index + 1, '"', escapes);
      if (end < 0) return text.length;
      signs.lastIndex = end + escapes + 1;
    }
  }
  return text.length;
}
