/**
 * Plain YAML scalars as the reference reads them (go-yaml v2, YAML 1.1 with Go's number syntax). Timestamps stay text:
 * on their way to JSON the reference keeps them as written.
 */
export type Scalar = string | number | bigint | boolean | null;

const WORDS = new Map<string, Scalar>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((w) => [w, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (w) => [w, false] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map((w) => [w, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((w) => [w, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((w) => [w, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((w) => [w, Number.NEGATIVE_INFINITY] as const),
]);
const LONGEST_WORD = 5;

const DECIMAL = /^[-+]?(?:0|[1-9][0-9]*)$/;
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/** What an untagged, unquoted scalar stands for. May be NaN or infinite, which JSON does not know. */
export function resolvePlain(text: string): Scalar {
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
  }
  const first = text.charCodeAt(0);
  const isDigit = first >= 48 && first <= 57;
  if (!isDigit && first !== 43 && first !== 45 && first !== 46) return text;
  // Go takes underscores out of anything that begins like a number, but not of ".5_0".
  const plain = first === 46 ? text : text.replaceAll('_', '');
  return (first === 46 ? undefined : integer(plain)) ?? float(plain) ?? text;
}

function integer(text: string): number | bigint | undefined {
  if (text.length <= 15 && DECIMAL.test(text)) return Number(text) + 0;
  const [, sign, digits] = INTEGER.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const octal = /^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits;
  const magnitude = BigInt(octal.toLowerCase());
  const value = sign === '-' ? -magnitude : magnitude;
  if (value < MIN_INT64 || value > (sign === '' ? MAX_UINT64 : MAX_INT64)) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** Undefined also for numbers too large for a float: Go then keeps the text. */
function float(text: string): number | undefined {
  if (!FLOAT.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

const STANDARD = 'tag:yaml.org,2002:';

/** The value of a scalar under an explicit tag (in full form), or undefined where the two do not go together. */
export function resolveTagged(tag: string, text: string): Scalar | undefined {
  switch (tag) {
    case `${STANDARD}str`:
    case `${STANDARD}timestamp`:
    case '!':
      return text;
    case `${STANDARD}binary`:
      return fromBase64(text);
  }
  const value = resolvePlain(text);
  switch (tag) {
    case `${STANDARD}null`:
      return value === null ? null : undefined;
    case `${STANDARD}bool`:
      return typeof value === 'boolean' ? value : undefined;
    case `${STANDARD}int`:
      return typeof value === 'bigint' || (typeof value === 'number' && !/[.eE]/.test(withoutHex(text)))
        ? value
        : undefined;
    case `${STANDARD}float`:
      return typeof value === 'bigint' ? Number(value) : typeof value === 'number' ? value : undefined;
    default:
      return undefined;
  }
}

/** True for the tags a scalar may carry. */
export function isScalarTag(tag: string): boolean {
  return tag === '!' || /^(?:str|timestamp|binary|null|bool|int|float|merge)$/.test(afterStandard(tag));
}

function afterStandard(tag: string): string {
  return tag.startsWith(STANDARD) ? tag.slice(STANDARD.length) : '';
}

function withoutHex(text: string): string {
  return /^[-+]?0[xX]/.test(text) ? '' : text;
}

function fromBase64(text: string): string | undefined {
  const compact = text.replace(/[\r\n]/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  return Buffer.from(compact, 'base64').toString('utf8');
}

/** The text of a scalar as a key of a JSON object, as Go prints it; undefined for null, which is no key. */
export function keyText(value: Scalar): string | undefined {
  if (value === null) return undefined;
  return typeof value === 'number' && !Number.isSafeInteger(value) ? floatKey(value) : String(value);
}

/** Go's shortest `%g`, in single precision as the reference has it: 0.1, 1e+06, .inf. */
function floatKey(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const [mantissa = '', exponent = '0'] = shortestSingle(value).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(Number(`${mantissa}e${exponent}`));
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

function shortestSingle(value: number): string {
  const single = Math.fround(value);
  for (let digits = 0; digits < 9; digits++) {
    const text = single.toExponential(digits);
    if (Math.fround(Number(text)) === single) return text;
  }
  return single.toExponential(9);
}
