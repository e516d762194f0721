import { fstatSync, readFileSync, writeSync } from 'node:fs';
import { CalicoctlError } from '../core/errors.ts';
import type { Io } from '../core/io.ts';

/** The real process as an Io; `flush` waits until everything is out. */
export interface ProcessIo extends Io {
  flush(): Promise<void>;
}

/**
 * So many bytes fit into a pipe that nobody has read from yet, on every system. They are written at once: making
 * `process.stdout` takes longer than all else that a short command does (docs/adr/0006-start-up.md).
 */
const AT_ONCE = 16_384;

/** Loading `node:tty` takes two milliseconds, a tenth of most commands: only where somebody asks and it may be one. */
function isTerminal(descriptor: number): boolean {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  return process.getBuiltinModule('node:tty').isatty(descriptor);
}

/** So it is under nohup, and a handler would undo that. Else a connection that is lost ends us as Ctrl-C does. */
function hangUpIsIgnored(): boolean {
  try {
    const ignored = /^SigIgn:\s*[0-9a-f]*([0-9a-f])$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    return ignored === undefined || (Number.parseInt(ignored, 16) & 1) === 1;
  } catch {
    return true;
  }
}

/** The real process as an Io. A reader that went away (`| head`) ends the program quietly. */
export function processIo(): ProcessIo {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', ...(hangUpIsIgnored() ? [] : ['SIGHUP' as const])] as const) {
    process.once(signal, () => {
      process.exitCode = 130;
      interrupt.abort(new Error(`stopped by ${signal}`));
    });
  }
  return {
    ...standardOutput(),
    err(text) {
      const rest = writeNow(2, Buffer.from(text), () => undefined);
      if (rest.length > 0) process.stderr.write(rest);
    },
    stdin: () => stdinUntil(interrupt.signal),
    env: process.env,
    cwd: process.cwd(),
    terminal: {
      get out() {
        return isTerminal(1);
      },
      get err() {
        return isTerminal(2);
      },
      get in() {
        return isTerminal(0);
      },
    },
    signal: interrupt.signal,
  };
}

/** The first bytes go out at once, the others through the stream, which waits for a slow reader without blocking. */
function standardOutput(): Pick<ProcessIo, 'out' | 'flush'> {
  let room = AT_ONCE;
  let stream: typeof process.stdout | undefined;
  const open = () => {
    stream = process.stdout;
    stream.on('error', endWithOutput);
    return stream;
  };
  return {
    out(text) {
      let left: string | Buffer = text;
      if (stream === undefined && text.length <= room) {
        const bytes = Buffer.from(text);
        room -= bytes.length;
        left = writeNow(1, bytes, endWithOutput);
        if (left.length === 0) return;
      }
      const sink = stream ?? open();
      if (sink.write(left)) return;
      return new Promise((resolve) => sink.once('drain', resolve));
    },
    flush: () =>
      new Promise((resolve) => (stream === undefined ? resolve() : stream.write('', () => resolve()))),
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

/** Writes what the descriptor takes and returns the rest, which is for a reader that is behind. */
function writeNow(descriptor: number, bytes: Buffer, failed: (error: NodeJS.ErrnoException) => void): Buffer {
  let left = bytes;
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(descriptor, left));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') return left;
      if (code === 'EINTR') continue;
      failed(error as NodeJS.ErrnoException);
      return left.subarray(left.length);
    }
  }
  return left;
}
