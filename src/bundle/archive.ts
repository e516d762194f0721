import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { fileHeader, folderHeader, linkHeader, padding, TRAILER } from './tar.ts';

/** What an archive holds: a text, a file of this machine, or a symbolic link to another entry, as seen from its folder. */
export interface ArchiveEntry {
  /** With `/` between folders. What would lead out of the archive is made harmless. */
  readonly name: string;
  readonly content: string | Uint8Array | { readonly file: string } | { readonly link: string };
}

export interface ArchiveOptions {
  /** Written anew, mode 0600; complete or not there at all. */
  readonly file: string;
  /** Of every entry; now unless given. */
  readonly time?: Date;
  readonly signal?: AbortSignal;
}

const LONGEST_SEGMENT = 200;

/** A name that stays below the folder in which an archive is unpacked, on every system. */
export function safeName(name: string): string {
  const segments = name
    .replace(/[\p{Cc}\\:*?"<>|]/gu, '_')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .map((segment) => (segment === '..' ? '__' : cut(segment)));
  return segments.length === 0 ? '_' : segments.join('/');
}

function cut(segment: string): string {
  let text = segment.toWellFormed();
  while (Buffer.byteLength(text) > LONGEST_SEGMENT) text = text.slice(0, -1).toWellFormed();
  return text;
}

/** Files of a folder and of those in it, in the order of their names. Links and sockets are left out. */
export async function folderEntries(folder: string, prefix: string): Promise<readonly ArchiveEntry[]> {
  const found: ArchiveEntry[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = join(folder, entry.name);
    const name = `${prefix}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await folderEntries(file, name)));
    else if (entry.isFile()) found.push({ name, content: { file } });
  }
  return found;
}

/** Writes a tar.gz, beside its place and then into it. Throws as the file system does; nothing remains then. */
export async function writeArchive(entries: Iterable<ArchiveEntry>, options: ArchiveOptions): Promise<void> {
  const { file, time = new Date(), signal } = options;
  const partial = `${file}.part-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const sink = createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true });
  try {
    await pipeline(
      Readable.from(blocks(entries, time)),
      createGzip(),
      sink,
      signal === undefined ? {} : { signal },
    );
    await rename(partial, file);
  } catch (error) {
    // On a file system that may only be read, removing what is not there fails too.
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function* blocks(entries: Iterable<ArchiveEntry>, time: Date): AsyncGenerator<Uint8Array> {
  const taken = new Set<string>();
  const folders = new Set<string>();
  for (const { name: wanted, content } of entries) {
    const name = unused(safeName(wanted), taken);
    const segments = name.split('/');
    for (let depth = 1; depth < segments.length; depth++) {
      const folder = segments.slice(0, depth).join('/');
      if (!folders.has(folder)) yield folderHeader(`${folder}/`, time);
      folders.add(folder);
    }
    if (typeof content === 'object' && 'link' in content) yield linkHeader(name, content.link, time);
    else if (typeof content === 'object' && 'file' in content) yield* fileBlocks(name, content.file, time);
    else {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      yield fileHeader(name, bytes.length, time);
      yield bytes;
      yield padding(bytes.length);
    }
  }
  yield TRAILER;
}

function unused(name: string, taken: Set<string>): string {
  let free = name;
  // Some systems do not tell upper case from lower.
  for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${name}~${number}`;
  taken.add(free.toLowerCase());
  return free;
}

/** A file that grows meanwhile is cut, one that shrinks is filled up: its size stands before it. */
async function* fileBlocks(name: string, file: string, time: Date): AsyncGenerator<Uint8Array> {
  const { size } = await stat(file);
  yield fileHeader(name, size, time);
  let left = size;
  if (size > 0)
    for await (const chunk of createReadStream(file, { end: size - 1 })) {
      left -= (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  for (; left > 0; left -= 65_536) yield new Uint8Array(Math.min(left, 65_536));
  yield padding(size);
}
