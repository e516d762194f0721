import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isError } from '../../core/errors.ts';
import type { Io } from '../../core/io.ts';
import { listSources } from '../../input/sources.ts';

/** What can be told of files without reading them. */
export interface Snapshot {
  /** Which file of its name it is, when it was written and how long it is, by name. */
  readonly files: ReadonlyMap<string, string>;
  /** Folders in which files may change or come: absolute paths, and which folder of its name it is. */
  readonly folders: ReadonlyMap<string, string>;
}

export interface SnapshotOptions {
  readonly files: readonly string[];
  readonly recursive: boolean;
  readonly io: Io;
}

/** Looks at the files that a command would read. What cannot be looked at is as if it were not there. */
export async function snapshotOf({ files, recursive, io }: SnapshotOptions): Promise<Snapshot> {
  const states = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const file of files) {
    const path = resolve(io.cwd, file);
    const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
    if (isFolder) await addFolders(path, recursive, folders);
    // A link may be turned to another file, and the file it leads to may change.
    else
      for (const name of new Set([path, await realpath(path).catch(() => path)]))
        await addFolder(dirname(name), folders);
    await addStates({ files: [file], recursive, io }, states);
  }
  return { files: states, folders };
}

export function isSame(a: Snapshot, b: Snapshot): boolean {
  return a.files.size === b.files.size && [...a.files].every(([file, state]) => b.files.get(file) === state);
}

async function addStates(options: SnapshotOptions, states: Map<string, string>): Promise<void> {
  try {
    for await (const { file } of listSources({ ...options, skipEmpty: true })) {
      const path = resolve(options.io.cwd, file);
      const info = await stat(path, { bigint: true }).catch(() => undefined);
      if (info) states.set(path, `${info.dev}:${info.ino}:${info.mtimeNs}:${info.size}`);
    }
  } catch (error) {
    if (!isError(error, 'input')) throw error;
  }
}

/** A folder that is not there cannot be watched, but may come. Numbers of inodes are given again at once. */
async function addFolder(folder: string, folders: Map<string, string>): Promise<void> {
  const info = await stat(folder, { bigint: true }).catch(() => undefined);
  folders.set(folder, info === undefined ? 'absent' : `${info.dev}:${info.ino}:${info.birthtimeNs}`);
}

async function addFolders(folder: string, recursive: boolean, folders: Map<string, string>): Promise<void> {
  await addFolder(folder, folders);
  if (!recursive) return;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries)
    if (entry.isDirectory()) await addFolders(join(folder, entry.name), recursive, folders);
}
