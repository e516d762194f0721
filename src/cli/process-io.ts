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
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return {
    out(text) {
      if (process.stdout.write(text)) return;
      return new Promise((resolve) => process.stdout.once('drain', resolve));
    },
    err(text) {
      process.stderr.write(text);
    },
    stdin: () => process.stdin,
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
