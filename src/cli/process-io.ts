import { CalicoctlError } from '../core/errors.ts';
import type { Io } from '../core/io.ts';

/** The real process as an Io. A reader that went away (`| head`) ends the program quietly. */
export function processIo(): Io {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.exitCode = 130;
      interrupt.abort(new Error(`stopped by ${signal}`));
    });
  }
  process.stdout.on('error', endWithOutput);
  return {
    out(text) {
      if (process.stdout.write(text)) return;
      return new Promise((resolve) => process.stdout.once('drain', resolve));
    },
    err(text) {
      process.stderr.write(text);
    },
    stdin: () => stdinUntil(interrupt.signal),
    env: process.env,
    cwd: process.cwd(),
    terminal: {
      out: process.stdout.isTTY === true,
      err: process.stderr.isTTY === true,
      in: process.stdin.isTTY === true,
    },
    signal: interrupt.signal,
  };
}

/** What goes wrong with standard output shows after the write; what was begun has so long to set its exit status. */
const LAST_WORDS_MS = 50;

function endWithOutput(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') {
    setTimeout(() => process.exit(process.exitCode ?? 0), LAST_WORDS_MS);
    return;
  }
  process.stderr.write(`cannot write to standard output: ${error.message}\n`);
  process.exit(1);
}

/** A sender that is silent does not keep the program from ending. */
function stdinUntil(signal: AbortSignal): AsyncIterable<Uint8Array> {
  const stop = () =>
    process.stdin.destroy(new CalicoctlError('cancelled', 'interrupted while reading standard input'));
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return process.stdin;
}
