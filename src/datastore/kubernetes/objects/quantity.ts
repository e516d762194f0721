/** Quantities of Kubernetes, e.g. `1500m`, `10M`, `1.5Gi`, `2e6`. */

const FORM = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)?|[eE]([+-]?\d+))$/;

const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };

/** Larger exponents than anybody means would only cost memory. */
const MAX_EXPONENT = 1_000;

/** The value as a whole number, rounded away from zero; undefined for text that is no quantity. */
export function parseQuantity(text: string): bigint | undefined {
  const [, sign, number, suffix = '', exponentText] = FORM.exec(text) ?? [];
  if (number === undefined) return undefined;
  const [whole = '', fraction = ''] = number.split('.');
  const digits = BigInt(whole + fraction) << (BINARY[suffix] ?? 0n);
  const exponent = Number(exponentText ?? DECIMAL[suffix] ?? 0) - fraction.length;
  if (Math.abs(exponent) > MAX_EXPONENT) return undefined;
  const scale = 10n ** BigInt(Math.abs(exponent));
  const value = exponent >= 0 ? digits * scale : (digits + scale - 1n) / scale;
  return sign === '-' ? -value : value;
}
