import { isError } from '../../src/core/errors.ts';
import type { Io } from '../../src/core/io.ts';
import { readDocuments, type SourceDocument } from '../../src/input/documents.ts';
import { parseDocument } from '../../src/input/parse.ts';
import { locate } from '../../src/input/places.ts';
import { Splitter } from '../../src/input/split.ts';

/** Surroundings with the given standard input, in pieces of the given size. */
export function ioWith(stdin: string | Uint8Array = '', cwd = '/', piece = 1 << 16): Io {
  const bytes = typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin;
  return {
    out() {},
    err() {},
    async *stdin() {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    },
    env: {},
    cwd,
    terminal: { out: false, err: false, in: false },
    signal: new AbortController().signal,
  };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The documents of a text given on standard input. */
export function documentsOf(text: string | Uint8Array, piece?: number): Promise<SourceDocument[]> {
  return collect(
    readDocuments({ files: ['-'], recursive: false, skipEmpty: true, io: ioWith(text, '/', piece) }),
  );
}

/** The values of a text, without any surroundings. */
export function valuesOf(text: string): unknown[] {
  return docs(text).map(({ value }) => value);
}

/** Documents of a text in one piece, with their place function. */
export function docs(text: string) {
  const splitter = new Splitter('f');
  return [...splitter.push(text), ...splitter.end()].flatMap((raw) => {
    const value = parseDocument(raw);
    if (value === undefined) return [];
    const place = (path: readonly (string | number)[] = [], at: 'key' | 'value' = 'value') => {
      const { line, column } = locate(raw, path, at);
      return `${line}:${column}`;
    };
    return [{ value, place, raw }];
  });
}

/** `line:column message` of the input error that a text makes, or `no error`. */
export function faultOf(text: string): string {
  try {
    docs(text);
  } catch (error) {
    if (!isError(error, 'input')) throw error;
    return `${error.details.place?.line}:${error.details.place?.column} ${error.message}`;
  }
  return 'no error';
}
