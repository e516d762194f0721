import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { CalicoctlError } from '../../core/errors.ts';

/** So much text is gathered for one write. */
const CHUNK = 1 << 16;

/** A file that is written piece by piece and is there only when it is whole. */
export interface WholeFile {
  write(text: string): Promise<void>;
  /** Puts it in its place. */
  keep(): Promise<void>;
  /** Removes what was written. Does nothing once it is kept. */
  drop(): Promise<void>;
}

/** Begins a file beside its place. What is no regular file, such as a pipe, is written to directly. */
export async function beginFile(path: string): Promise<WholeFile> {
  try {
    const place = await realpath(path).catch(() => path);
    const isPlain = await stat(place).then(
      (found) => found.isFile(),
      () => true,
    );
    const draft = isPlain ? `${place}.${process.pid}.tmp` : place;
    const file = await open(draft, 'w', 0o666);
    return wholeFile(path, file, draft, place);
  } catch (error) {
    throw unwritten(path, error);
  }
}

function wholeFile(path: string, file: FileHandle, draft: string, place: string): WholeFile {
  let pending: string[] = [];
  let size = 0;
  let isOpen = true;
  const flush = async () => {
    const text = pending.join('');
    pending = [];
    size = 0;
    await file.writeFile(text).catch((error: unknown) => Promise.reject(unwritten(path, error)));
  };
  const close = async () => {
    isOpen = false;
    await file.close();
  };
  return {
    async write(text) {
      pending.push(text);
      size += text.length;
      if (size >= CHUNK) await flush();
    },
    async keep() {
      await flush();
      await close();
      if (draft !== place)
        await rename(draft, place).catch((error: unknown) => Promise.reject(unwritten(path, error)));
    },
    async drop() {
      if (!isOpen) return;
      await close();
      if (draft !== place) await rm(draft, { force: true });
    },
  };
}

function unwritten(path: string, cause: unknown): CalicoctlError {
  return new CalicoctlError('input', `the report ${path} cannot be written: ${(cause as Error).message}`, {
    cause,
    hint: 'Name a file in a folder that exists and may be written to.',
  });
}
