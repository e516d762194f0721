import { HINT, type Opened, secretPairs } from './pairs.ts';
import { EVIDENT, evidentSecrets } from './patterns.ts';
import { type Block, wholeBlocks } from './pem.ts';
import { merge, type Span } from './span.ts';

/** What must go from one line, and what goes on behind it. */
export interface LineSecrets {
  readonly spans: readonly Span[];
  readonly opened?: Opened;
  /** A block of PEM that does not end in the line. Nothing behind its beginning is in `spans`. */
  readonly block?: Block;
  readonly quoted: boolean;
}

const SUSPICIOUS = new RegExp(`${EVIDENT.source}|${HINT.source}`, 'i');
const NONE: readonly Span[] = [];

/** `quoted`: the text is a piece of a line, and what came before ended in quotes. `partial`: more of the line follows. */
export function secretsOf(text: string, { quoted = false, partial = false } = {}): LineSecrets {
  if (!partial && !quoted && !SUSPICIOUS.test(text) && !SECRET_JSON.test(text))
    return { spans: NONE, quoted: false };
  const { spans: blocks, open } = text.includes('-----BEGIN ')
    ? wholeBlocks(text)
    : { spans: NONE, open: undefined };
  const shown = open === undefined ? text : text.slice(0, open.start);
  const pairs = secretPairs(shown, quoted);
  const spans = merge([
    ...pairs.spans,
    ...evidentSecrets(shown),
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

/** The values are texts, in which braces stand for themselves. */
function closingBrace(text: string, at: number): number {
  let inside = false;
  for (let place = at; place < text.length; place++) {
    const char = text[place];
    if (char === '"') inside = !inside || isEscaped(text, place, at);
    else if (char === '}' && !inside) return place;
  }
  return text.length;
}

function isEscaped(text: string, place: number, least: number): boolean {
  let slashes = 0;
  while (place - slashes > least && text[place - slashes - 1] === '\\') slashes++;
  // In JSON within JSON every quote has a backslash before it; three are an escaped one there.
  return slashes > 1 && slashes % 2 === 1;
}
