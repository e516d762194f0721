import { promises } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { CalicoctlError } from '../core/errors.ts';

/** Keeps bytes that can be read only once: in memory up to `limit`, beyond it in a private file in `folder`. */
export interface Spool {
  write(chunk: Uint8Array): Promise<void>;
  /** All that was written; may be read again and again. */
  bytes(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

const CHUNK = 256 * 1024;

export function createSpool(limit: number, folder: string): Spool {
  let held: Uint8Array[] = [];
  let size = 0;
  let file: { readonly handle: FileHandle; readonly path: string } | undefined;

  return {
    async write(chunk) {
      size += chunk.length;
      // A stream may use its buffer again once we have taken the chunk.
      if (file === undefined && size <= limit) {
        held.push(chunk.slice());
        return;
      }
      try {
        file ??= await openPrivate(folder);
        for (const earlier of held.splice(0)) await file.handle.appendFile(earlier);
        await file.handle.appendFile(chunk);
      } catch (error) {
        throw unkept(error as Error);
      }
    },
    async *bytes() {
      if (file === undefined) {
        yield* held;
        return;
      }
      for (let position = 0; position < size; ) {
        const buffer = new Uint8Array(CHUNK);
        const { bytesRead } = await file.handle.read(buffer, 0, CHUNK, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    },
    async close() {
      held = [];
      const closing = file;
      file = undefined;
      if (closing === undefined) return;
      await closing.handle.close();
      await promises.unlink(closing.path).catch(() => undefined);
    },
  };
}

/** The name goes at once where the system lets it, so that nothing stays behind however the program ends. */
async function openPrivate(folder: string): Promise<{ handle: FileHandle; path: string }> {
  const path = join(folder, `calicoctl-${crypto.randomUUID()}`);
  const handle = await promises.open(path, 'wx+', 0o600);
  await promises.unlink(path).catch(() => undefined);
  return { handle, path };
}

function unkept(cause: Error): CalicoctlError {
  return new CalicoctlError('input', `cannot keep the input in a temporary file: ${cause.message}`, {
    hint: 'Give the input as a file with -f instead of a pipe, or set TMPDIR to a folder with room.',
    cause,
  });
}
