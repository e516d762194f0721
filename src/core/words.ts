/** `3 addresses`, `1 block`. */
export function counted(
  count: number | bigint,
  noun: string,
  plural = noun.endsWith('s') ? `${noun}es` : `${noun}s`,
): string {
  return `${count} ${count === 1 || count === 1n ? noun : plural}`;
}
