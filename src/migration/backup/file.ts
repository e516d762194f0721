import { createWriteStream } from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { CalicoctlError } from '../../core/errors.ts';
import { readFile } from '../../input/sources.ts';
import { createSpool, type Spool } from '../../input/spool.ts';
import type { Sink } from './backup.ts';
import type { BackupFile } from './read.ts';

/** Where backups are written to and read from. */

/** So much of what comes by a pipe is kept in memory. */
const KEPT = 16 << 20;

export interface FileSink {
  readonly sink: Sink;
  /** Puts what was written last in the place of the file. */
  commit(): Promise<void>;
  /** Takes away what was not committed. */
  discard(): Promise<void>;
}

/**
 * A file for its owner alone, which appears whole or not at all; packed where its name ends in `.gz`. A link stays, and
 * what it leads to is the file. `name` is what the command line calls it.
 */
export async function fileSink(name: string, given: string): Promise<FileSink> {
  const path = await placeOf(name, given);
  const draft = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}`);
  // On a file system that may only be read, removing what is not there fails too.
  const discard = () => rm(draft, { force: true }).catch(() => undefined);
  return {
    async sink(text) {
      await discard();
      const file = createWriteStream(draft, { flags: 'wx', mode: 0o600 });
      try {
        const source = Readable.from(text);
        await (given.endsWith('.gz') ? pipeline(source, createGzip(), file) : pipeline(source, file));
        await synced(draft);
      } catch (cause) {
        throw writeFailure(name, cause);
      }
    },
    async commit() {
      try {
        await rename(draft, path);
        // So that the new name outlives a power cut; some file systems cannot.
        await synced(dirname(path)).catch(() => undefined);
      } catch (cause) {
        throw writeFailure(name, cause);
      }
    },
    discard,
  };
}

/** Where the file is to be. Told before anything is read: a device or a pipe would be replaced by a file. */
async function placeOf(name: string, given: string): Promise<string> {
  try {
    if (!(await stat(dirname(given))).isDirectory()) throw writeFailure(name, { code: 'ENOTDIR' });
    const place = await realpath(given).catch(() => given);
    const found = await stat(place).catch(() => undefined);
    if (found === undefined || found.isFile()) return place;
    const what = found.isDirectory() ? 'a folder' : 'no regular file';
    throw new CalicoctlError('input', `the backup ${name} cannot be written: it is ${what}`, {
      hint: 'Name a file, or write to standard output with -o -.',
    });
  } catch (cause) {
    throw writeFailure(name, cause);
  }
}

async function synced(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function writeFailure(name: string, cause: unknown): unknown {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (cause instanceof CalicoctlError || code === undefined) return cause;
  const why = code === 'ENOENT' || code === 'ENOTDIR' ? 'there is no such folder' : message;
  return new CalicoctlError('input', `the backup ${name} cannot be written: ${why}`, { cause });
}

/** Keeps a text until it is known to be good. */
export function spoolSink(): { readonly sink: Sink; text(): AsyncIterable<string>; close(): Promise<void> } {
  let spool: Spool = createSpool(KEPT, tmpdir());
  return {
    async sink(text) {
      await spool.close();
      spool = createSpool(KEPT, tmpdir());
      const utf8 = new TextEncoder();
      for await (const chunk of text) await spool.write(utf8.encode(chunk));
    },
    async *text() {
      const utf8 = new TextDecoder();
      for await (const chunk of spool.bytes()) yield utf8.decode(chunk, { stream: true });
    },
    close: () => spool.close(),
  };
}

/** A backup in a file; `name` is what the command line calls it. */
export async function backupFile(name: string, path: string): Promise<BackupFile> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new CalicoctlError('input', `${name} is a folder, not a backup`);
  if (found === undefined || found.isFile()) return { name, bytes: () => readFile(name, path) };
  return spooled(name, readFile(name, path));
}

/** A backup that can be read only once, kept meanwhile. */
export async function spooled(name: string, bytes: AsyncIterable<Uint8Array>): Promise<BackupFile> {
  const spool = createSpool(KEPT, tmpdir());
  for await (const chunk of bytes) await spool.write(chunk);
  return { name, bytes: () => spool.bytes() };
}
