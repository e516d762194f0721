import { randomBytes } from 'node:crypto';

/** Secrets to plant, and the search for them in all that a program says. */

/** Secrets by what they are, each found again in every coding that a program could give it. */
export interface Garden {
  /** A password as people choose none, with characters that every coding writes in another way. */
  password(what: string): string;
  /** Letters and digits alone: what a token is, and where other characters cannot stand. */
  token(what: string): string;
  /** Takes what is a secret already: a key or a certificate in PEM line by line, anything else as it is. */
  keep(what: string, text: string): string;
  /** What of it a text shows, by name: nothing, where all is well. */
  found(text: string | Uint8Array): readonly string[];
}

const LETTERS = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Found nowhere by chance. */
function letters(count: number): string {
  return [...randomBytes(count)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}

export function garden(): Garden {
  const signs = new Map<string, string>();
  const keep: Garden['keep'] = (what, text) => {
    const parts = text.includes('-----BEGIN') ? linesOf(text) : [text];
    for (const [sign, coding] of parts.flatMap(signsOf))
      if (!signs.has(sign)) signs.set(sign, `${what}, ${coding}`);
    return text;
  };
  return {
    keep,
    password: (what) => keep(what, `${letters(8)}"${letters(4)}&${letters(4)}\\${letters(4)}ü/${letters(8)}`),
    token: (what) => keep(what, letters(30)),
    found(text) {
      const bytes = typeof text === 'string' ? Buffer.from(text) : Buffer.from(text);
      const lower = Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1');
      const seen = [...signs].filter(([sign, what]) => (what.endsWith('hex') ? lower : bytes).includes(sign));
      return [...new Set(seen.map(([, what]) => what))];
    },
  };
}

function linesOf(pem: string): readonly string[] {
  return pem.split('\n').filter((line) => line.length > 30 && !line.startsWith('-----'));
}

/** Pieces of a secret in one coding: a part of it that somebody cut off is a leak too. */
const PIECE = 12;

function signsOf(secret: string): readonly (readonly [string, string])[] {
  const bytes = Buffer.from(secret);
  const codings: readonly (readonly [string, string])[] = [
    [secret, 'as it is'],
    [JSON.stringify(secret).slice(1, -1), 'in JSON'],
    [JSON.stringify(JSON.stringify(secret)).slice(3, -3), 'in JSON twice'],
    [encodeURIComponent(secret), 'in a URL'],
    [bytes.toString('hex'), 'in hex'],
    ...[0, 1, 2].flatMap((shift) => inBase64(bytes, shift)),
  ];
  return codings.flatMap(([text, coding]) => pieces(text).map((piece) => [piece, coding] as const));
}

/** As it stands in the base64 of something longer, wherever in it. */
function inBase64(secret: Buffer, shift: number): readonly (readonly [string, string])[] {
  const whole = Buffer.concat([Buffer.alloc(shift), secret]);
  const cut = (text: string) => text.replace(/=/g, '').slice(shift === 0 ? 0 : shift + 1, -2);
  return [
    [cut(whole.toString('base64')), 'in base64'],
    [cut(whole.toString('base64url')), 'in base64 of URLs'],
  ];
}

function pieces(text: string): readonly string[] {
  if (text.length <= PIECE) return [text];
  return [
    text.slice(0, PIECE),
    text.slice((text.length - PIECE) / 2, (text.length + PIECE) / 2),
    text.slice(-PIECE),
  ];
}
