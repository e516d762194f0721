/**
 * Whether Go's RE2 would compile a regular expression. There is no RE2 here, so the text is read for what Go refuses
 * and JavaScript takes (look-around, back references, unknown escapes, great counts), rewritten where only the
 * spelling differs (flags, POSIX classes, `\Q…\E`), and then given to JavaScript. Meanings are not compared.
 */

/** Most that RE2 lets a piece be repeated. */
const MOST_REPEATS = 1000;

/** What is wrong with a regular expression; undefined where nothing is. */
export function regexpFault(text: string): string | undefined {
  try {
    new RegExp(translate(text), 'u');
    return undefined;
  } catch (error) {
    return error instanceof RegexpError ? error.message : 'the brackets or repeat signs do not go together';
  }
}

class RegexpError extends Error {}

interface Piece {
  /** The same for JavaScript. */
  readonly text: string;
  /** How many characters of the source it is. */
  readonly length: number;
}

function translate(source: string): string {
  let result = '';
  for (let at = 0; at < source.length; ) {
    const piece = pieceAt(source, at);
    result += piece.text;
    at += piece.length;
  }
  return result;
}

function pieceAt(source: string, at: number): Piece {
  const rest = source.slice(at);
  if (rest[0] === '\\') return escaped(rest, false);
  if (rest[0] === '[') return characterClass(rest);
  if (rest.startsWith('(?')) return group(rest);
  if (rest[0] === '{') return repeat(rest);
  if (rest[0] === '}' || rest[0] === ']') return { text: `\\${rest[0]}`, length: 1 };
  const character = String.fromCodePoint(rest.codePointAt(0)!);
  return { text: character, length: character.length };
}

function group(rest: string): Piece {
  const named = /^\(\?P?<(\w+)>/.exec(rest);
  if (named) return { text: `(?<${/^\d/.test(named[1]!) ? '_' : ''}${named[1]}>`, length: named[0].length };
  const flags = /^\(\?(?=[imsU-])[imsU]*(-[imsU]+)?([:)])/.exec(rest);
  if (flags) return { text: flags[2] === ':' ? '(?:' : '(?:)', length: flags[0].length };
  if (rest.startsWith('(?:')) return { text: '(?:', length: 3 };
  throw new RegexpError(`${rest.slice(0, 4)} is not known to Felix (it has no look-around)`);
}

/** `{n}`, `{n,}` and `{n,m}` repeat; any other brace is just a brace. */
function repeat(rest: string): Piece {
  const count = /^\{(\d+)(?:,(\d*))?\}/.exec(rest);
  if (!count) return { text: '\\{', length: 1 };
  if (Number(count[1]) > MOST_REPEATS || Number(count[2] ?? 0) > MOST_REPEATS)
    throw new RegexpError(`${count[0]} is more than ${MOST_REPEATS} repeats`);
  return { text: count[0], length: count[0].length };
}

function escaped(rest: string, inClass: boolean): Piece {
  const quoted = inClass ? null : /^\\Q([\s\S]*?)(\\E|$)/.exec(rest);
  if (quoted) return { text: quoted[1]!.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&'), length: quoted[0].length };
  const hex = /^\\x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]+)\})/.exec(rest);
  if (hex) return { text: `\\u{${hex[1] ?? hex[2]}}`, length: hex[0].length };
  const property = /^\\[pP](?:[A-Z]|\{\^?\w+\})/.exec(rest);
  if (property) return { text: '\\d', length: property[0].length };
  const octal = /^\\(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest);
  if (octal) return { text: '0', length: octal[0].length };
  const known = (inClass ? /^\\[dDsSwWafnrtv]/ : /^\\[dDsSwWbBAzCafnrtv]/).exec(rest);
  if (known) return { text: /[bBAzCa]/.test(rest[1]!) ? anchorOrByte(rest[1]!) : known[0], length: 2 };
  if (/^\\[!-/:-@[-`{-~]/.test(rest)) return { text: punctuation(rest[1]!), length: 2 };
  throw new RegexpError(
    /^\\[1-9]/.test(rest)
      ? `${rest.slice(0, 2)} refers back to a group, which Felix does not know`
      : `${rest.slice(0, 2)} is not a known escape`,
  );
}

function anchorOrByte(letter: string): string {
  return { A: '^', z: '$', b: '\\b', B: '\\B' }[letter] ?? 'a';
}

function punctuation(character: string): string {
  return /[\^$\\.*+?()[\]{}|/-]/.test(character) && character !== '-'
    ? `\\${character}`
    : `\\u{${character.charCodeAt(0).toString(16)}}`;
}

function characterClass(rest: string): Piece {
  const start = rest.startsWith('[^') ? 2 : 1;
  let text = rest.slice(0, start);
  for (let at = start; at < rest.length; ) {
    if (rest[at] === ']' && at > start) return { text: `${text}]`, length: at + 1 };
    const piece = classPiece(rest.slice(at));
    text += piece.text;
    at += piece.length;
    // After a class of its own a dash is just a dash; JavaScript wants it escaped.
    if (/^\\[dDsSwW]$/.test(piece.text) && rest[at] === '-') {
      text += '\\-';
      at += 1;
    }
  }
  throw new RegexpError('a "[" has no "]"');
}

function classPiece(rest: string): Piece {
  const posix = /^\[:\^?(\w+):\]/.exec(rest);
  if (posix) {
    if (
      /^(alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit)$/.test(
        posix[1]!,
      )
    )
      return { text: '\\d', length: posix[0].length };
    throw new RegexpError(`${posix[0]} is not a known class`);
  }
  if (rest[0] === '\\') return escaped(rest, true);
  const character = String.fromCodePoint(rest.codePointAt(0)!);
  return { text: /[\]^[]/.test(character) ? `\\${character}` : character, length: character.length };
}
