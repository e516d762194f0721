const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n, // U+00B5, the micro sign
  μs: 1_000n, // U+03BC, the Greek letter
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const TERMS = /(\d*)(?:\.(\d*))?([^\d.]+)/gy;

/** Go keeps durations in 64 bits with a sign: about 292 years. */
const MAX = 2n ** 63n;

/**
 * Reads what Go's time.ParseDuration reads: an optional sign and terms such as `1h`, `1.5s`, `300ms`; only 0 needs no
 * unit. The value is in nanoseconds; undefined also beyond 64 bits.
 */
export function parseDuration(text: string): bigint | undefined {
  const negative = text.startsWith('-');
  const unsigned = negative || text.startsWith('+') ? text.slice(1) : text;
  if (unsigned === '0') return 0n;
  const total = sumOfTerms(unsigned);
  if (total === undefined || total > MAX || (total === MAX && !negative)) return undefined;
  return negative ? -total : total;
}

function sumOfTerms(text: string): bigint | undefined {
  let total = 0n;
  let read = 0;
  for (const [term, whole, fraction, unit] of text.matchAll(TERMS)) {
    const value = termValue(whole!, fraction ?? '', unit!);
    if (value === undefined) return undefined;
    total += value;
    read += term.length;
  }
  return text !== '' && read === text.length ? total : undefined;
}

function termValue(whole: string, fraction: string, unit: string): bigint | undefined {
  const size = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (size === undefined || (whole === '' && fraction === '')) return undefined;
  return BigInt(whole || '0') * size + fractionValue(fraction, size);
}

/** Go reckons the fraction in floating point, from as many digits as 63 bits hold, and cuts what is left. */
function fractionValue(digits: string, size: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (next > MAX) break;
    value = next;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(value) * (Number(size) / scale)));
}

/** The canonical text of nanoseconds, as Go's Duration.String prints it: `1h30m0s`, `1.5s`, `10ms`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const sign = nanoseconds < 0n ? '-' : '';
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`;
  const minutes = size / UNITS['m']!;
  const seconds = `${decimal(size % UNITS['m']!, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  return minutes < 60n
    ? `${sign}${minutes}m${seconds}`
    : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** `value / 10^digits` without trailing zeros. */
function decimal(value: bigint, digits: number): string {
  const scale = 10n ** BigInt(digits);
  const fraction = String(value % scale)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(value / scale) : `${value / scale}.${fraction}`;
}
