import { closeSync, constants, fstatSync, linkSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CalicoctlError } from '../../core/errors.ts';
import { codeOf, guarded } from './failure.ts';

/** Reads what is below the datastore's folder without ever leaving it: links are not followed. */

/** A file that is there but is not what a resource may be kept in. */
export class NotPlain extends Error {}

// Opening must not wait for the other end of a pipe somebody put there. Windows lacks both flags.
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The bytes of a file; undefined where there is none. Throws NotPlain for links, folders, pipes, devices. */
export function readPlain(path: string): Uint8Array<ArrayBuffer> | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, READ);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'ELOOP' || code === 'EMLINK') throw new NotPlain('is a symbolic link');
    if (code === 'ENXIO' || code === 'EISDIR') throw new NotPlain('is not a plain file');
    throw error;
  }
  try {
    if (!fstatSync(descriptor).isFile()) throw new NotPlain('is not a plain file');
    return new Uint8Array(readFileSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * False where a folder below `directory` is not there. A symbolic link among its parts is refused: a folder from a
 * stranger must not steer reads and writes elsewhere. `directory` itself may be one, the user named it.
 */
export function isFolder(directory: string, relative: string): boolean {
  let path = directory;
  for (const part of relative.split('/')) {
    path = join(path, part);
    const found = guarded('read', path, () => lstatSync(path, { throwIfNoEntry: false }));
    if (found === undefined) return false;
    if (found.isDirectory()) continue;
    const what = found.isSymbolicLink() ? 'a symbolic link' : 'not a folder';
    throw new CalicoctlError('corrupt', `${path} is ${what}: resources are kept in plain folders only`, {
      place: { file: path },
      hint: `Put a folder in place of ${path}.`,
    });
  }
  return true;
}

/** Gives a file a second name; false where that name is taken. */
export function linkIfFree(existing: string, path: string): boolean {
  try {
    linkSync(existing, path);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
    throw new CalicoctlError('not-supported', `cannot write to ${path}: its file system has no hard links`, {
      hint: 'Keep the datastore on a file system that has them, such as ext4, XFS, APFS or NTFS.',
      cause: error,
    });
  }
}
