import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Refusal } from './edits.ts';

/**
 * Puts new bytes in the place of a file's, all or nothing: under another name first, then in one step. Throws Refusal
 * where the file is no longer what was read.
 */
export async function replaceFile(path: string, before: Uint8Array, after: Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  const handle = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await fill(handle, path, after);
    if (Buffer.compare(await readFile(path), before) !== 0) throw new Refusal('it was changed meanwhile');
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

async function fill(handle: FileHandle, path: string, bytes: Uint8Array): Promise<void> {
  try {
    const { mode, uid, gid } = await stat(path);
    await handle.writeFile(bytes);
    const own = await handle.stat();
    // Only root may give files away; another user's file then becomes ours, as with every editor.
    if (own.uid !== uid || own.gid !== gid) await handle.chown(uid, gid).catch(() => undefined);
    await handle.chmod(mode & 0o7777);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The rename itself has to outlive a power failure; systems that cannot sync folders do without. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
