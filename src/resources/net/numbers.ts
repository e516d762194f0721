/** Decimal digits as Go's strconv.ParseUint reads them (leading zeros, no sign), at most `max`. */
export function parseDecimal(text: string, max: number): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

/** An integer from 0 to `max`, given as a number or as decimal digits. */
export function parseInteger(value: unknown, max: number): number | undefined {
  if (typeof value === 'string') return parseDecimal(value, max);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max
    ? value + 0 // -0 is 0
    : undefined;
}
