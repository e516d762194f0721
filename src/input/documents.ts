import { tmpdir } from 'node:os';
import { CalicoctlError, isError, type Place } from '../core/errors.ts';
import type { Io } from '../core/io.ts';
import { decodeText } from './decode.ts';
import { noResourcesInFile } from './fault.ts';
import { parseDocument } from './parse.ts';
import { locate } from './places.ts';
import { lineOf, type RawDocument } from './raw.ts';
import { listSources, type Source } from './sources.ts';
import { Splitter } from './split.ts';
import { createSpool, type Spool } from './spool.ts';

export { noResourcesInFile } from './fault.ts';

/** One document of a file: one JSON-like value and where its fields stand. */
export interface SourceDocument {
  /** As given; `-` for standard input. */
  readonly file: string;
  /** Number of the document in its file, from 0. */
  readonly index: number;
  /** File and line where it begins. */
  readonly start: Place;
  /** Object, array or scalar; a tree of the caller's own. Integers beyond ±2^53 are bigint. */
  readonly value: unknown;
  /** The place of a field, or of its nearest ancestor that is there. Dear only for the first call on a document. */
  place(path?: readonly (string | number)[], at?: 'key' | 'value'): Place;
  /** A line of the document by its number in the file, without its end; undefined where it has none of this number. */
  line(number: number): string | undefined;
}

export interface InputOptions {
  /** Files, folders, `-`; read in this order. */
  readonly files: readonly string[];
  /** Read sub-folders too. */
  readonly recursive: boolean;
  /** Pass over files and folders without documents instead of failing. */
  readonly skipEmpty: boolean;
  /** Pass over files without documents, but not over folders without files. */
  readonly skipEmptyFiles?: boolean;
  readonly io: Io;
  /** Told of what cannot be read, and its text where that is known; reading then goes on behind it. Thrown where absent. */
  readonly onFault?: (error: CalicoctlError, line?: SourceDocument['line'], text?: string) => void;
}

export interface ReadAllOptions extends InputOptions {
  /**
   * Called once for each document while everything is read through; an error it throws stops the reading. `held` is
   * false from the moment on when there is too much input to stay in memory.
   */
  readonly check?: (document: SourceDocument, held: boolean) => void | Promise<void>;
  /** Bytes of input up to which documents stay in memory (default 16 MiB). */
  readonly memory?: number;
}

/** Documents that have all been read and parsed once. May be gone through any number of times until closed. */
export interface DocumentSet extends AsyncIterable<SourceDocument> {
  readonly count: number;
  /** Lets go of memory and of the temporary file, if there is one. */
  close(): Promise<void>;
}

const MEMORY = 16 * 1024 * 1024;

/** The documents of all input as they come, one in memory at a time. Throws CalicoctlError of class `input`. */
export async function* readDocuments(options: InputOptions): AsyncGenerator<SourceDocument> {
  for await (const source of listSources(options)) {
    try {
      yield* readSource(source, options);
    } catch (error) {
      if (options.onFault === undefined || !isError(error, 'input')) throw error;
      options.onFault(error);
    }
  }
}

/**
 * Reads and parses everything once, so that one bad document stops the caller before anything is written. Small input
 * then stays in memory; larger input is read a second time, one document in memory at a time.
 */
export async function readAll(options: ReadAllOptions): Promise<DocumentSet> {
  const pass = new FirstPass(options);
  try {
    for await (const source of listSources(options)) await pass.read(source);
  } catch (error) {
    await pass.close();
    throw error;
  }
  const { count, held } = pass;
  return {
    count,
    close: () => pass.close(),
    [Symbol.asyncIterator]: () => (held ? replay(held) : replaySources(pass.sources, options)),
  };
}

/** Reads sources through, keeping documents while they are few and whatever is needed to read all again. */
class FirstPass {
  /** The sources as they can be read again. */
  readonly sources: Source[] = [];
  held: SourceDocument[] | undefined = [];
  count = 0;
  readonly #options: ReadAllOptions;
  readonly #memory: number;
  readonly #spools: Spool[] = [];
  #size = 0;

  constructor(options: ReadAllOptions) {
    this.#options = options;
    this.#memory = options.memory ?? MEMORY;
  }

  async read(source: Source): Promise<void> {
    const spool = source.replayable
      ? undefined
      : createSpool(this.#memory, this.#options.io.env['TMPDIR'] || tmpdir());
    if (spool) this.#spools.push(spool);
    this.sources.push(spool ? { ...source, bytes: () => spool.bytes() } : source);
    const observed = { ...source, bytes: () => this.#observe(source.bytes(), spool) };
    for await (const document of readSource(observed, this.#options)) {
      this.count++;
      await this.#options.check?.(document, this.held !== undefined);
      this.held?.push(document);
    }
  }

  async *#observe(bytes: AsyncIterable<Uint8Array>, spool: Spool | undefined): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      this.#size += chunk.length;
      if (this.#size > this.#memory) this.held = undefined;
      await spool?.write(chunk);
      yield chunk;
    }
  }

  async close(): Promise<void> {
    this.held = undefined;
    await Promise.all(this.#spools.splice(0).map((spool) => spool.close()));
  }
}

async function* replay(documents: readonly SourceDocument[]): AsyncGenerator<SourceDocument> {
  yield* documents;
}

async function* replaySources(
  sources: readonly Source[],
  options: InputOptions,
): AsyncGenerator<SourceDocument> {
  for (const source of sources) yield* readSource(source, options);
}

async function* readSource(source: Source, options: InputOptions): AsyncGenerator<SourceDocument> {
  const { skipEmpty, skipEmptyFiles = skipEmpty, io, onFault } = options;
  const splitter = new Splitter(source.file);
  let index = 0;
  const parsed = function* (raws: readonly RawDocument[]) {
    for (const raw of raws) {
      let value: unknown;
      try {
        value = parseDocument(raw);
      } catch (error) {
        if (onFault === undefined || !isError(error, 'input')) throw error;
        index++;
        onFault(error, (line) => lineOf(raw, line), raw.text);
      }
      if (value !== undefined) yield sourceDocument(raw, index++, value);
    }
  };
  for await (const text of decodeText(source.file, source.bytes())) {
    if (io.signal.aborted) throw new CalicoctlError('cancelled', 'interrupted while reading input');
    yield* parsed(splitter.push(text));
  }
  yield* parsed(splitter.end());
  if (index === 0 && !skipEmptyFiles) throw noResourcesInFile(source.file);
}

/** The document of a text that a caller has cut out itself; undefined where it has no content. Throws `input`. */
export function parsedDocument(raw: RawDocument, index: number): SourceDocument | undefined {
  const value = parseDocument(raw);
  return value === undefined ? undefined : sourceDocument(raw, index, value);
}

/** Before the first line that says anything. */
const MARKER = /^---[ \t]*[\r\n]/;

function sourceDocument(raw: RawDocument, index: number, value: unknown): SourceDocument {
  return {
    file: raw.file,
    index,
    start: { file: raw.file, line: raw.line + (MARKER.test(raw.text) ? 2 : 1) },
    value,
    place: (path = [], at = 'value') => locate(raw, path, at),
    line: (number) => lineOf(raw, number),
  };
}
