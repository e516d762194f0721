import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { CalicoctlError } from '../../core/errors.ts';
import type { Io } from '../../core/io.ts';
import { decodeText, encodingOf } from '../../input/decode.ts';
import { listSources, type Source } from '../../input/sources.ts';
import { createSpool, type Spool } from '../../input/spool.ts';

/** The file of an export: three parts with lines of `===` between them. It may be too long to be held in memory. */
export interface ExportFile {
  /** As given; `-` for standard input. */
  readonly name: string;
  /** Of all its bytes, in hex; of a file in UTF-16, of its text in UTF-8. */
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
  readonly parts: readonly [resources: Part, information: Part, addresses: Part];
  close(): Promise<void>;
}

export interface Part {
  /** As given. */
  readonly file: string;
  /** Number of its first line in the file, from 0. */
  readonly line: number;
  /** In bytes. */
  readonly size: number;
  /** May be read again and again. */
  bytes(): AsyncIterable<Uint8Array>;
}

/** Standard input up to so many bytes is kept in memory, more of it in a file. */
const MEMORY = 16 * 1024 * 1024;

/**
 * Reads the file once, to know where its parts are and what it is. Throws `input` where it cannot be read or does not
 * have three parts.
 */
export async function openExportFile(name: string, io: Io): Promise<ExportFile> {
  const source = await sourceOf(name, io);
  const spool = source.replayable ? undefined : createSpool(MEMORY, io.env['TMPDIR'] || tmpdir());
  try {
    const { sha256, size, marks } = await scan(source, spool, io.signal);
    if (marks.length !== 2) throw notThreeParts(name);
    const bytes = () => (spool === undefined ? source.bytes() : spool.bytes());
    const [first, second] = marks as [Mark, Mark];
    const part = (line: number, from: number, to: number): Part => ({
      ...{ file: name, line, size: to - from },
      bytes: () => slice(bytes(), from, to),
    });
    return {
      ...{ name, sha256, size },
      parts: [
        part(0, 0, first.start),
        part(first.line + 1, first.end, second.start),
        part(second.line + 1, second.end, size),
      ],
      close: async () => spool?.close(),
    };
  } catch (error) {
    await spool?.close();
    throw error;
  }
}

async function sourceOf(name: string, io: Io): Promise<Source> {
  if (name === '') {
    throw new CalicoctlError('input', 'no file is given', {
      hint: 'Name what `calicoctl datastore migrate export` printed with `-f FILE`, or `-f -` for standard input.',
    });
  }
  const options = { files: [name], recursive: false, skipEmpty: true, io };
  for await (const source of listSources(options)) {
    if (source.file === name) return { ...source, bytes: () => inUtf8(name, source.bytes()) };
    break;
  }
  throw new CalicoctlError('input', `cannot read ${name}: is a directory`);
}

/** What PowerShell redirects into a file is UTF-16. */
async function* inUtf8(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = bytes[Symbol.asyncIterator]();
  try {
    let head = new Uint8Array(0);
    let next = await chunks.next();
    for (; !next.done && head.length < 2; next = await chunks.next())
      head = Buffer.concat([head, next.value]);
    const all = (async function* () {
      yield head;
      for (; !next.done; next = await chunks.next()) yield next.value;
    })();
    if (encodingOf(head).encoding === 'utf-8') return yield* all;
    const encoder = new TextEncoder();
    for await (const text of decodeText(name, all)) yield encoder.encode(text);
  } finally {
    await chunks.return?.();
  }
}

/** A line that parts two parts. */
interface Mark {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const EQUALS = 61;
const DASHES = 3;

async function scan(source: Source, spool: Spool | undefined, signal: AbortSignal) {
  const hash = createHash('sha256');
  const marks: Mark[] = [];
  let [size, line, lineStart] = [0, 0, 0];
  // The beginning of a line that goes on in the next chunk; no more of it than matters.
  let head: number[] = [];
  for await (const chunk of source.bytes()) {
    if (signal.aborted) throw new CalicoctlError('cancelled', 'interrupted while reading the file');
    hash.update(chunk);
    await spool?.write(chunk);
    let from = 0;
    for (let to = chunk.indexOf(LINE_FEED); to !== -1; to = chunk.indexOf(LINE_FEED, from)) {
      if (size + to - lineStart <= DASHES + 1 && isMark([...head, ...chunk.subarray(from, to)]))
        marks.push({ line, start: lineStart, end: size + to + 1 });
      head = [];
      from = to + 1;
      lineStart = size + from;
      line++;
    }
    if (head.length <= DASHES + 1) head.push(...chunk.subarray(from, from + DASHES + 2));
    size += chunk.length;
  }
  return { sha256: hash.digest('hex'), size, marks };
}

/** `===`, with the end of line of either kind. */
function isMark(bytes: readonly number[]): boolean {
  const length = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
  return length === DASHES && bytes.slice(0, DASHES).every((byte) => byte === EQUALS);
}

async function* slice(
  bytes: AsyncIterable<Uint8Array>,
  from: number,
  to: number,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const chunk of bytes) {
    const end = at + chunk.length;
    if (end > from && at < to) yield chunk.subarray(Math.max(0, from - at), Math.min(chunk.length, to - at));
    at = end;
    if (at >= to) return;
  }
}

function notThreeParts(name: string): CalicoctlError {
  return new CalicoctlError(
    'input',
    `imported file: ${name} is improperly formatted. Try recreating with 'calicoctl export'`,
    {
      place: { file: name },
      hint: 'An export has three parts (resources, ClusterInformation, IPAM) and a line of === before the second and the third. Was it cut off?',
    },
  );
}
