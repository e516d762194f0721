import { CalicoctlError } from '../../core/errors.ts';

/** Turns what `node:fs` throws into the errors that callers know. */

/** The code of a system error (`ENOENT`), undefined for anything else. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'disk quota exceeded',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the path is too long',
  EIO: 'input/output error',
};

/** `cannot <doing> <path>: <why>`. Errors that are ours already, or bugs, come back as they are. */
export function fileFailure(error: unknown, doing: string, path: string): unknown {
  const code = codeOf(error);
  if (code === undefined || error instanceof CalicoctlError) return error;
  const denied = code === 'EACCES' || code === 'EPERM';
  return new CalicoctlError(
    denied ? 'unauthorized' : 'datastore',
    `cannot ${doing} ${path}: ${REASONS[code] ?? code}`,
    { cause: error },
  );
}

/** Runs `work` and translates what it throws. */
export function guarded<T>(doing: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fileFailure(error, doing, path);
  }
}

/** Throws `cancelled` once the signal is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CalicoctlError('cancelled', 'cancelled');
}

/** Resolves after so many milliseconds, or at once when the signal is aborted. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
  });
}
