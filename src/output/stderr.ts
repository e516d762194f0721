import type { Io } from '../core/io.ts';

/** Colour is for people: only where standard error is a terminal, and never against their wish (NO_COLOR). */
function wantsColour({ terminal, env }: Io): boolean {
  return terminal.err && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** Prints what went wrong: on a terminal what happened is red, the details and the advice below it are not. */
export async function printFailure(text: string, io: Io): Promise<void> {
  if (!wantsColour(io)) return io.err(text);
  const { Chalk } = await import('chalk');
  const paint = new Chalk({ level: 1 });
  const lines = text
    .split('\n')
    .map((line) => (line === '' || line.startsWith(' ') ? line : paint.red(line)));
  io.err(lines.join('\n'));
}
