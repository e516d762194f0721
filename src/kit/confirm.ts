import type { Io } from '../core/io.ts';

/** Asks on the terminal; anything but a yes is a no. The answer of nobody (no terminal) is undefined. */
export async function confirm(io: Io, question: string): Promise<boolean | undefined> {
  if (!io.terminal.in || !io.terminal.err) return undefined;
  io.err(`${question} [y/N] `);
  let answer = '';
  const decoder = new TextDecoder();
  for await (const bytes of io.stdin()) {
    answer += decoder.decode(bytes, { stream: true });
    if (answer.includes('\n')) break;
  }
  if (!answer.includes('\n')) io.err('\n');
  return /^\s*y(es)?\s*$/i.test(answer.split('\n')[0]!);
}
