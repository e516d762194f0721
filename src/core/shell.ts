/** A word as a POSIX shell takes it back: quoted where it has to be. For command lines that are shown; none is ever run by a shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
