import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, guarded } from './failure.ts';
import { isFolder } from './files.ts';

/** Makes the folders that resources live in, and makes what changed in them last. */

/** Only the owner may look into a datastore that is made here; who wants to share it opens the one folder. */
export function makeRoot(directory: string): void {
  guarded('create', directory, () => {
    mkdirSync(dirname(directory), { recursive: true });
    try {
      mkdirSync(directory, { mode: 0o700 });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  });
}

/** True where there is a folder now that was not there. */
export function makeFolders(directory: string, folder: string): boolean {
  if (isFolder(directory, folder)) return false;
  const path = join(directory, folder);
  guarded('create', path, () => mkdirSync(path, { recursive: true }));
  return true;
}

/** The same for every folder above, up to the one that holds the datastore. */
export async function syncAncestors(directory: string, folder: string): Promise<void> {
  for (let path = folder; path !== directory; ) {
    path = dirname(path);
    await syncFolder(path);
  }
  await syncFolder(dirname(directory));
}

const syncing = new Map<string, Promise<void>>();
const waiting = new Map<string, Promise<void>>();

/**
 * Makes the entries of a folder durable. Writers that arrive while one sync runs share the next one: a thousand
 * creations need a few dozen syncs.
 */
export async function syncFolder(path: string): Promise<void> {
  const running = syncing.get(path);
  if (running === undefined) return startSync(path);
  let next = waiting.get(path);
  if (next === undefined) {
    next = running.then(() => {
      waiting.delete(path);
      return startSync(path);
    });
    waiting.set(path, next);
  }
  return next;
}

function startSync(path: string): Promise<void> {
  const run = syncOnce(path).finally(() => syncing.delete(path));
  syncing.set(path, run);
  return run;
}

async function syncOnce(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {
    // Some systems cannot open or sync a folder; the rename is atomic there all the same.
  }
}
