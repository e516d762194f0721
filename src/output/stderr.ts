import type { Io } from '../core/io.ts';

/** How parts of a text on standard error look. */
export type Paint = Readonly<Record<'red' | 'yellow' | 'bold' | 'dim', (text: string) => string>>;

const plain = (text: string) => text;
const PLAIN: Paint = { red: plain, yellow: plain, bold: plain, dim: plain };

/** Colour is for people: only where standard error is a terminal, and never against their wish (NO_COLOR). */
export async function paintFor({ terminal, env }: Io): Promise<Paint> {
  if (!terminal.err || env['NO_COLOR'] || env['TERM'] === 'dumb') return PLAIN;
  const { Chalk } = await import('chalk');
  return new Chalk({ level: 1 });
}

/** Prints what went wrong: on a terminal what happened is red, the details and the advice below it are not. */
export async function printFailure(text: string, io: Io): Promise<void> {
  const { red } = await paintFor(io);
  const lines = text.split('\n').map((line) => (line === '' || line.startsWith(' ') ? line : red(line)));
  io.err(lines.join('\n'));
}
