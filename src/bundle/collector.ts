import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { safeName } from './archive.ts';
import { redactObject, redactStream, redactText } from './redact.ts';

/** What a step writes its findings with. Everything is redacted; nothing is written after the step was given up. */
export interface Collector {
  /** Aborted when the step's time is up, and by Ctrl-C. */
  readonly signal: AbortSignal;
  text(file: string, text: string): Promise<void>;
  /** As JSON. */
  value(file: string, value: unknown): Promise<void>;
  /** Text of any length, of which `limit` bytes are kept. Breaks off, and throws, when the step is given up. */
  stream(file: string, chunks: AsyncIterable<string | Uint8Array>): Promise<void>;
}

export interface CollectorOptions {
  /** The folder that the files lie in. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Characters kept of one stream. */
  readonly limit: number;
  /** Told the name of every file that was begun. */
  readonly wrote: (file: string) => void;
}

/** Writes files of mode 0600 into a folder, redacted. */
export function collector({ folder, signal, limit, wrote }: CollectorOptions): Collector {
  const placeOf = async (name: string) => {
    signal.throwIfAborted();
    const file = safeName(name);
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    signal.throwIfAborted();
    wrote(file);
    return path;
  };
  const write = async (name: string, text: string) => writeFile(await placeOf(name), text, { mode: 0o600 });
  return {
    signal,
    text: (name, text) => write(name, redactText(text)),
    value: (name, value) => write(name, `${JSON.stringify(redactObject(value), asText, 2)}\n`),
    async stream(name, chunks) {
      const sink = createWriteStream(await placeOf(name), { mode: 0o600 });
      await pipeline(Readable.from(bounded(redactStream(chunks), limit, signal)), sink);
      signal.throwIfAborted();
    },
  };
}

function asText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** Ends where the step is given up, too, with a line that says so: half a log is better than none. */
async function* bounded(
  chunks: AsyncIterable<string>,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let left = limit;
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await untilAborted(iterator.next(), signal);
      if (next === 'aborted') return yield '\n[broken off]\n';
      if (next.done) return;
      yield next.value.slice(0, left);
      left -= next.value.length;
      if (left <= 0) return yield `\n[cut off after ${limit} characters]\n`;
    }
  } finally {
    // What never answers must not be waited for.
    void iterator.return?.(undefined)?.catch(() => undefined);
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | 'aborted'> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve('aborted');
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
