import { constants, promises, readFileSync, type Stats, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { CalicoctlError, isError } from '../core/errors.ts';
import type { Io } from '../core/io.ts';
import { inputFault } from './fault.ts';

/** One file to read, or standard input. */
export interface Source {
  /** As given, or below the folder as given; `-` for standard input. */
  readonly file: string;
  /** True where `bytes` may be called again: a regular file, not a pipe. */
  readonly replayable: boolean;
  bytes(): AsyncIterable<Uint8Array>;
}

/** Says which warnings are not wanted of the files beside it; it holds no resources itself. */
export const LINT_FILE = '.calicoctl-lint.yaml';

const EXTENSIONS = new Set(['.yaml', '.yml', '.json']);
const CHUNK = 256 * 1024;

export interface SourceOptions {
  readonly files: readonly string[];
  readonly recursive: boolean;
  readonly skipEmpty: boolean;
  readonly io: Io;
  /** Told of a file or folder that cannot be read or is empty; the others follow. Thrown where absent. */
  readonly onFault?: (error: CalicoctlError) => void;
}

/** The files behind the `-f` arguments, in order; folders in lexical order of names. */
export async function* listSources(options: SourceOptions): AsyncGenerator<Source> {
  const { files, io, onFault } = options;
  let stdinUsed = false;
  for (const file of files) {
    if (file === '-') {
      if (stdinUsed)
        throw new CalicoctlError('usage', 'standard input can be read only once: give "-f -" once');
      stdinUsed = true;
      yield { file, replayable: false, bytes: () => io.stdin() };
      continue;
    }
    try {
      yield* sourcesAt(file, options);
    } catch (error) {
      if (onFault === undefined || !isError(error, 'input')) throw error;
      onFault(error);
    }
  }
}

async function* sourcesAt(file: string, { recursive, skipEmpty, io }: SourceOptions): AsyncGenerator<Source> {
  const info = await attempt(file, async () => statSync(resolve(io.cwd, file)));
  if (!info.isDirectory()) {
    yield fileSource(file, io.cwd, info);
    return;
  }
  let found = false;
  for await (const source of walk(file, io.cwd, recursive)) {
    found = true;
    yield source;
  }
  if (!found && !skipEmpty) throw noResourcesInFolder(file, recursive);
}

async function* walk(folder: string, cwd: string, recursive: boolean): AsyncGenerator<Source> {
  const entries = await attempt(folder, () =>
    promises.readdir(resolve(cwd, folder), { withFileTypes: true }),
  );
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name === LINT_FILE) continue;
    if (entry.isDirectory()) {
      if (recursive) yield* walk(path, cwd, recursive);
    } else if (
      EXTENSIONS.has(extname(entry.name).toLowerCase()) ||
      EXTENSIONS.has(entry.name.toLowerCase())
    ) {
      const info = await attempt(path, () => promises.stat(resolve(cwd, path)));
      // A link to a folder is not entered: it may lead round in a circle.
      if (!info.isDirectory()) yield fileSource(path, cwd, info);
    }
  }
}

function fileSource(file: string, cwd: string, info: Stats): Source {
  const path = resolve(cwd, file);
  const isShort = info.isFile() && info.size < CHUNK;
  return {
    file,
    replayable: info.isFile(),
    bytes: () => (isShort ? readShortFile(file, path) : readFile(file, path)),
  };
}

/** In one piece: handles and threads would take longer than reading it. */
async function* readShortFile(file: string, path: string): AsyncGenerator<Uint8Array> {
  yield await attempt(file, async () => readFileSync(path));
}

/** The bytes of a file. Throws `input` that names it as `file`. */
export async function* readFile(file: string, path: string): AsyncGenerator<Uint8Array> {
  const handle = await attempt(file, () => promises.open(path, constants.O_RDONLY));
  try {
    for (;;) {
      const buffer = new Uint8Array(CHUNK);
      const { bytesRead } = await attempt(file, () => handle.read(buffer, 0, CHUNK, null));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'is a directory',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'file name too long',
};

async function attempt<T>(file: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const place = { file };
    const what = `cannot read ${file}: ${REASONS[code] ?? (code || message)}`;
    throw new CalicoctlError('input', what, {
      place,
      fault: inputFault('file', place, what),
      cause: error,
    });
  }
}

function noResourcesInFolder(folder: string, recursive: boolean): CalicoctlError {
  const where = recursive ? '' : ' in the folder itself';
  const place = { file: folder };
  const message = `no resources specified in directory ${folder}`;
  return new CalicoctlError('input', message, {
    place,
    fault: inputFault('empty', place, message),
    hint: `Files named *.yaml, *.yml or *.json${where} are read${recursive ? '' : '; -R reads sub-folders too'}.`,
  });
}
