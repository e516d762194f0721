/** A number where it is exact, else as it is. */
export function exact(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** `3 addresses`, `1 block`. */
export function counted(count: number | bigint, noun: string): string {
  const plural = noun.endsWith('s') ? `${noun}es` : `${noun}s`;
  return `${count} ${count === 1 || count === 1n ? noun : plural}`;
}
