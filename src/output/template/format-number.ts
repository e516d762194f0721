import { formatFloat } from '../../resources/columns.ts';
import type { Flags } from './printf.ts';

/** A number under one of fmt's verbs, unpadded; undefined where the verb does not take it. */
export function formatNumber(
  value: number | bigint,
  float: boolean,
  verb: string,
  flags: Flags,
): string | undefined {
  if (float) return formatReal(Number(value), verb, flags);
  const whole = BigInt(value);
  const magnitude = whole < 0n ? -whole : whole;
  const digits = formatWhole(magnitude, verb, flags);
  if (digits === undefined) return undefined;
  if (verb === 'c' || verb === 'q' || verb === 'U') return digits;
  return sign(whole < 0n, flags) + digits.padStart(flags.precision ?? 0, '0');
}

function sign(negative: boolean, flags: Flags): string {
  if (negative) return '-';
  return flags.plus ? '+' : flags.space ? ' ' : '';
}

function formatWhole(value: bigint, verb: string, { sharp }: Flags): string | undefined {
  switch (verb) {
    case 'v':
    case 'd':
      return value.toString();
    case 'b':
      return (sharp ? '0b' : '') + value.toString(2);
    case 'o':
      return (sharp ? '0' : '') + value.toString(8);
    case 'O':
      return `0o${value.toString(8)}`;
    case 'x':
      return (sharp ? '0x' : '') + value.toString(16);
    case 'X':
      return (sharp ? '0X' : '') + value.toString(16).toUpperCase();
    case 'c':
      return String.fromCodePoint(Number(value));
    case 'q':
      return `'${quote(String.fromCodePoint(Number(value)))
        .slice(1, -1)
        .replace("'", "\\'")
        .replace('\\"', '"')}'`;
    case 'U':
      return `U+${value.toString(16).toUpperCase().padStart(4, '0')}`;
    default:
      return undefined;
  }
}

function exponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, 'e$10$2');
}

function formatReal(value: number, verb: string, flags: Flags): string | undefined {
  const { precision } = flags;
  const lower = verb.toLowerCase();
  const magnitude = Math.abs(value);
  let digits: string;
  if (verb === 'v' || lower === 'g') digits = general(magnitude, precision);
  else if (lower === 'f') digits = fixed(magnitude, precision ?? 6);
  else if (lower === 'e') digits = exponent(magnitude.toExponential(precision ?? 6));
  else return undefined;
  const text = sign(value < 0 || Object.is(value, -0), flags) + digits;
  return verb === 'E' || verb === 'G' ? text.toUpperCase() : text;
}

/** `%f`. Where two results are equally near, Go takes the even one and JavaScript the larger. */
function fixed(magnitude: number, precision: number): string {
  const exact = magnitude.toFixed(Math.min(100, precision + 30));
  const cut = exact.length - Math.min(30, 100 - precision);
  const isTie = /^5?0*$/.test(exact.slice(cut)) && exact[cut] === '5';
  const kept = exact.slice(0, cut).replace(/\.$/, '');
  return isTie && Number(kept.at(-1)) % 2 === 0 ? kept : magnitude.toFixed(precision);
}

/** `%g`: the shorter of the plain and the exponent form, without trailing zeros. */
function general(magnitude: number, precision: number | undefined): string {
  if (precision === undefined) return formatFloat(magnitude);
  const digits = Math.max(1, precision);
  const [mantissa, power] = magnitude.toExponential(digits - 1).split('e') as [string, string];
  const trimmed = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (Number(power) < -4 || Number(power) >= digits) return exponent(`${trimmed(mantissa)}e${power}`);
  return trimmed(fixed(magnitude, Math.max(0, digits - 1 - Number(power))));
}

const QUOTED: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** A Go string literal. */
export function quote(text: string): string {
  const body = text.replace(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (character) => {
    const short = QUOTED[character];
    if (short !== undefined) return short;
    const code = character.codePointAt(0)!;
    const hex = code.toString(16);
    if (code < 0x80) return `\\x${hex.padStart(2, '0')}`;
    return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
  });
  return `"${body}"`;
}
