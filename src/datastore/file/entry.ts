import { join } from 'node:path';
import { CalicoctlError, formatPlace } from '../../core/errors.ts';
import { formatRef, type Ref, type Resource } from '../../resources/kind.ts';
import { codeOf, fileFailure } from './failure.ts';
import { isFolder, NotPlain, readPlain } from './files.ts';
import { parseManifest, unreadable } from './manifest.ts';
import { ENDINGS, stemOf } from './names.ts';
import { versionOf } from './version.ts';
import { loadYaml } from './yaml.ts';

/** The bytes that stand for a resource. */
export interface Entry {
  readonly file: string;
  readonly ending: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly version: string;
}

/** Finds the file of a resource; undefined where there is none. Throws `corrupt` where there are two, or a link. */
export async function findEntry(directory: string, ref: Ref): Promise<Entry | undefined> {
  const stem = stemOf(ref);
  if (!isFolder(directory, stem.slice(0, stem.lastIndexOf('/')))) return undefined;
  const files = ENDINGS.map((ending) => join(directory, stem + ending));
  return readEntry(ref, files);
}

/** Reads the one of these files that is there. */
export async function readEntry(ref: Ref, files: readonly string[]): Promise<Entry | undefined> {
  const found = files.flatMap((file) => {
    const bytes = readOne(ref, file);
    return bytes === undefined ? [] : [{ file, bytes }];
  });
  const [first, second] = found;
  if (first === undefined) return undefined;
  if (second !== undefined) {
    throw unreadable(ref, `another file holds the same resource: ${second.file}`, {
      place: { file: first.file },
      hint: 'Remove one of the two by hand.',
    });
  }
  const ending = first.file.slice(first.file.lastIndexOf('.'));
  return { ...first, ending, version: await versionOf(first.bytes) };
}

function readOne(ref: Ref, file: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return readPlain(file);
  } catch (error) {
    if (error instanceof NotPlain) throw unreadable(ref, error.message, { place: { file } });
    // A name no file system takes is the name of nothing.
    if (codeOf(error) === 'ENAMETOOLONG') return undefined;
    throw fileFailure(error, 'read', file);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of an entry; `corrupt` where it is not UTF-8. */
export function textOf(ref: Ref, { file, bytes }: Entry): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw unreadable(ref, 'the file is not UTF-8 text', { place: { file }, cause });
  }
}

/** The resource that an entry holds, with its version. Throws `corrupt`. */
export async function readResource(ref: Ref, entry: Entry): Promise<Resource> {
  const yaml = await loadYaml();
  return parseManifest(yaml, textOf(ref, entry), entry.file, ref, entry.version);
}

/** Nothing is stored for a reference. */
export function missing(ref: Ref): CalicoctlError {
  return new CalicoctlError('not-found', `resource does not exist: ${formatRef(ref)}`, {
    resource: formatRef(ref),
  });
}

/** A `corrupt` error as a list shows it: the file, and `line:column: what`. */
export function corruptEntry({ message, details }: CalicoctlError, fallback: string) {
  const { file, ...rest } = details.place ?? { file: fallback };
  const where = 'line' in rest ? `${formatPlace({ file: '', ...rest }).slice(1)}: ` : '';
  return { entry: file, reason: `${where}${message}` };
}
