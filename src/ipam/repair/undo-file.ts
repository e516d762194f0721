import { type FileHandle, open, readFile, truncate } from 'node:fs/promises';
import { CalicoctlError } from '../../core/errors.ts';
import { type JsonObject, parseJson, stringifyJson } from '../../core/json.ts';
import type { Ref, Resource } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';
import type { Purpose } from './run.ts';
import type { Write, WriteOutcome } from './store.ts';

/**
 * The undo file: a line of JSON before each write that says what was and what is going to be, and a line after it that
 * says what became of it. A run that is killed leaves at most the writes under way without the second line.
 */

const FORMAT = 'calicoctl ipam undo';

interface Head {
  readonly format: typeof FORMAT;
  readonly version: 1;
  readonly cluster: string;
  readonly began: string;
}

/** A write as it was noted. */
export interface NotedWrite extends Write {
  readonly number: number;
  readonly purpose: Purpose;
  /** Absent where the run was killed before it knew. */
  readonly outcome?: WriteOutcome;
  /** Versions that putting it back left, oldest first; empty texts where it left no object. */
  readonly undone?: string;
}

export interface UndoFile {
  /** GUID of the cluster; absent where the run was killed before it had noted, and so written, anything. */
  readonly cluster?: string;
  /** In the order in which they were made. */
  readonly writes: readonly NotedWrite[];
}

/** Appends lines that are on disk when the promise resolves; many at once are one write. */
export interface LineFile {
  append(line: JsonObject): Promise<void>;
  close(): Promise<void>;
}

export async function openLines(path: string, how: 'new' | 'append'): Promise<LineFile> {
  let file: FileHandle;
  try {
    if (how === 'append') await dropTornLine(path);
    file = await open(path, how === 'new' ? 'wx' : 'a', 0o600);
  } catch (cause) {
    throw fileError(path, 'written', cause);
  }
  let waiting: string[] = [];
  let flushing: Promise<void> | undefined;
  const flush = async () => {
    const text = waiting.join('');
    waiting = [];
    flushing = undefined;
    await file.appendFile(text);
    await file.datasync();
  };
  let last: Promise<void> = Promise.resolve();
  return {
    append(line) {
      waiting.push(`${stringifyJson(line)}\n`);
      // Those that come while one is being written wait for each other, not for their turn.
      flushing ??= last = last.then(flush).catch((cause) => {
        throw fileError(path, 'written', cause);
      });
      return flushing;
    },
    async close() {
      await last.catch(() => {});
      await file.close();
    },
  };
}

/** The last line of a run that was killed may have no end. */
async function dropTornLine(path: string): Promise<void> {
  const bytes = await readFile(path);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) await truncate(path, end);
}

function fileError(path: string, what: 'read' | 'written', cause: unknown): CalicoctlError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const why = code === 'EEXIST' ? 'it exists already' : message;
  return new CalicoctlError('input', `the undo file ${path} cannot be ${what}: ${why}`, { cause });
}

/** Writes the lines of a run; the file is made with its first write. */
export interface UndoLog {
  readonly path: string;
  /** False while there was nothing to write down. */
  readonly begun: boolean;
  note(write: Write, purpose: Purpose): Promise<(outcome: WriteOutcome) => Promise<void>>;
  close(): Promise<void>;
}

export function undoLog(path: string, cluster: string, began: Date): UndoLog {
  let lines: Promise<LineFile> | undefined;
  let count = 0;
  const begin = async () => {
    const opened = await openLines(path, 'new');
    await opened.append({ format: FORMAT, version: 1, cluster, began: began.toISOString() });
    return opened;
  };
  return {
    path,
    get begun() {
      return lines !== undefined;
    },
    async note(write, purpose) {
      lines ??= begin();
      const file = await lines;
      const number = ++count;
      const { kind, namespace, name } = write.ref;
      const object = { kind: kind.kind, ...(namespace === undefined ? {} : { namespace }), name };
      const { before, after } = write as unknown as { before?: JsonObject; after?: JsonObject };
      await file.append({ number, purpose: purpose as unknown as JsonObject, object, before, after });
      return (outcome) => file.append({ number, outcome: outcome as unknown as JsonObject });
    },
    async close() {
      await (await lines?.catch(() => undefined))?.close();
    },
  };
}

/** Notes in an undo file that a write was put back, at which version, or that it is left. */
export function undoneLine(number: number, version: string | undefined): JsonObject {
  return { number, undone: version ?? '' };
}

/** Reads an undo file. Its last line may be torn, since its run may have been killed. */
export async function readUndoFile(path: string): Promise<UndoFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw fileError(path, 'read', cause);
  }
  const lines = text.split('\n').filter((line) => line !== '');
  const whole = text.endsWith('\n') ? lines : lines.slice(0, -1);
  if (whole.length === 0 && isBeginning(text)) return { writes: [] };
  const [head, ...rest] = whole.map((line, index) => readLine(path, line, index + 1));
  const { format, version, cluster } = (head ?? {}) as unknown as Partial<Head>;
  if (format !== FORMAT || version !== 1) throw strange(path, 1);
  return { cluster: String(cluster), writes: await gathered(path, rest) };
}

/** What a run leaves that is killed while it writes its first line. */
function isBeginning(text: string): boolean {
  const begin = `{"format":"${FORMAT}"`;
  return text.startsWith(begin) || begin.startsWith(text);
}

function readLine(path: string, line: string, number: number): JsonObject {
  try {
    return parseJson(line) as JsonObject;
  } catch {
    throw strange(path, number);
  }
}

function strange(path: string, line: number): CalicoctlError {
  return new CalicoctlError('input', `${path} is no undo file of calicoctl: line ${line} cannot be read`, {
    place: { file: path, line },
  });
}

interface NotedObject {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

async function gathered(path: string, lines: readonly JsonObject[]): Promise<readonly NotedWrite[]> {
  const writes = new Map<number, NotedWrite>();
  for (const [index, line] of lines.entries()) {
    const number = Number(line['number']);
    const known = writes.get(number);
    if (known !== undefined && line['object'] === undefined) {
      writes.set(number, { ...known, ...(line as Pick<NotedWrite, 'outcome' | 'undone'>), number });
      continue;
    }
    const object = line['object'] as unknown as NotedObject | undefined;
    if (object === undefined || Number.isNaN(number)) throw strange(path, index + 2);
    const { kind, ...named } = object;
    const ref: Ref = { ...named, kind: await kindOf(kind) };
    const { before, after } = line as { before?: unknown; after?: unknown };
    writes.set(number, {
      ...{ number, ref, purpose: line['purpose'] as unknown as Purpose },
      ...(before === undefined ? {} : { before: before as Resource }),
      ...(after === undefined ? {} : { after: after as Resource }),
    });
  }
  return [...writes.values()];
}
