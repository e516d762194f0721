import type { NumberNode } from './nodes.ts';

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/gsu;

/** The value of a Go string or character literal, quotes included; undefined where it is malformed. */
export function unquote(source: string): string | undefined {
  const body = source.slice(1, -1);
  if (source.startsWith('`')) return body.replaceAll('\r', '');
  const quote = source[0]!;
  let valid = true;
  const text = body.replace(ESCAPE, (_whole, hex, four, eight, octal, simple) => {
    const code = hex ?? four ?? eight;
    if (code !== undefined || octal !== undefined) {
      const point = code === undefined ? Number.parseInt(octal, 8) : Number.parseInt(code, 16);
      if (point <= 0x10ffff && (octal === undefined || point < 256)) return String.fromCodePoint(point);
      valid = false;
      return '';
    }
    const character = SIMPLE_ESCAPES[simple];
    if (character === undefined || (/["']/.test(simple) && simple !== quote)) valid = false;
    return character ?? '';
  });
  return valid ? text : undefined;
}

const HEX_FLOAT = /^([-+]?)0[xX]([\da-fA-F]*)\.?([\da-fA-F]*)[pP]([-+]?\d+)$/;

/** A number or character constant; undefined where Go has no number of that form. */
export function numberNode(source: string, offset: number): NumberNode | undefined {
  const make = (value: number | bigint, float: boolean): NumberNode => ({
    type: 'number',
    offset,
    source,
    value: typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value,
    float,
  });
  if (source.startsWith("'")) {
    const text = unquote(source);
    return text !== undefined && [...text].length === 1 ? make(text.codePointAt(0)!, false) : undefined;
  }
  if (/_(_|$)|^[-+]?_/.test(source)) return undefined;
  const plain = source.replaceAll('_', '');
  const hex = HEX_FLOAT.exec(plain);
  if (hex) {
    const mantissa = Number.parseInt(`${hex[2]}${hex[3]}`, 16) / 16 ** hex[3]!.length;
    return make((hex[1] === '-' ? -1 : 1) * mantissa * 2 ** Number(hex[4]), true);
  }
  const negative = plain.startsWith('-');
  const digits = plain.replace(/^[-+]/, '').replace(/^0(?=[0-7]+$)/, '0o');
  if (/^(\d+|0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.test(digits)) {
    if (/^0[89]|^0\d*[89]/.test(digits)) return undefined;
    return make(negative ? -BigInt(digits) : BigInt(digits), false);
  }
  return /^(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(digits) ? make(Number(plain), true) : undefined;
}
