import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { CalicoctlError } from '../../core/errors.ts';
import { fileFailure, guarded, pause, throwIfAborted } from './failure.ts';
import { linkIfFree } from './files.ts';
import { describeOwner, isGone, type Owner, readOwner, thisOwner } from './owner.ts';

/**
 * The folder `.calicoctl` inside a datastore: temporary files, who wrote them, and the lock. docs/adr/0003 argues for
 * the lock; in short: it is held for the moment of a compare-and-rename only, by code that runs without a break, and
 * that of a dead process is inherited rather than removed, so that two can never hold it.
 */

const FOLDER = '.calicoctl';
const LOCK = 'lock';
export interface Workspace {
  /** Writes a file that is safely on disk, for renaming or linking into place. Returns its path. */
  stage(bytes: Uint8Array, mode: number | undefined): Promise<string>;
  discard(staged: string): void;
  /** Runs `work` while no other process of this kind does. It must not wait for anything. */
  exclusively<T>(work: () => T): Promise<T>;
  close(): void;
}

/** Nothing is created before something is written. */
export function openWorkspace(
  directory: string,
  patienceMs: number,
  signal: AbortSignal | undefined,
): Workspace {
  const folder = join(directory, FOLDER);
  let desk: Desk | undefined;
  let count = 0;
  const ready = (): Desk => {
    desk ??= guarded('write to', folder, () => setUp(folder));
    return desk;
  };
  return {
    async stage(bytes, mode) {
      const path = join(folder, `tmp-${ready().owner.id}-${count++}`);
      try {
        await writeDurably(path, bytes, mode);
      } catch (error) {
        discard(path);
        throw fileFailure(error, 'write to', directory);
      }
      return path;
    },
    discard,
    async exclusively(work) {
      const at = ready();
      const chain = await waitForLock(at, patienceMs, signal);
      try {
        return work();
      } finally {
        for (const link of chain) discard(link);
      }
    },
    close() {
      if (desk !== undefined) discard(desk.card);
      desk = undefined;
    },
  };
}

async function writeDurably(path: string, bytes: Uint8Array, mode: number | undefined): Promise<void> {
  const file = await open(path, 'wx', mode ?? 0o666);
  try {
    await file.writeFile(bytes);
    if (mode !== undefined) await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

function discard(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Swept by the next process that writes.
  }
}

/** This process's seat in the folder. */
interface Desk {
  readonly folder: string;
  readonly owner: Owner;
  /** File that names the owner; the lock is a hard link to it, so it is never seen half-written. */
  readonly card: string;
}

function setUp(folder: string): Desk {
  mkdirSync(folder, { recursive: true });
  if (!lstatSync(folder).isDirectory()) {
    throw new CalicoctlError('corrupt', `${folder} is not a plain folder`, { hint: `Remove ${folder}.` });
  }
  const owner = thisOwner();
  const desk = { folder, owner, card: writeCard(folder, owner) };
  const ignore = join(folder, '.gitignore');
  if (lstatSync(ignore, { throwIfNoEntry: false }) === undefined) writeFileSync(ignore, '*\n');
  sweep(desk);
  return desk;
}

/** Cards appear whole: of an empty one nobody could tell whether its owner is gone. */
function writeCard(folder: string, owner: Owner): string {
  const draft = join(folder, `new-${owner.id}`);
  const card = join(folder, `owner-${owner.id}`);
  const descriptor = openSync(draft, 'wx');
  try {
    writeFileSync(descriptor, `${JSON.stringify(owner)}\n`);
    // The lock is this file under another name, and has to be readable after a power cut.
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, card);
  return card;
}

const LEFTOVER = /^(new-|tmp-|lock\.|owner-)([0-9a-f-]{36})/;
/** A draft of a card is there for a few milliseconds; this old, it is nobody's any more. */
const OLD_DRAFT_MS = 60_000;

/** Removes what dead processes left. Skipped while somebody holds the lock: another time will do. */
function sweep(desk: Desk): void {
  const left = readdirSync(desk.folder).flatMap((name) => {
    const [, what, id] = LEFTOVER.exec(name) ?? [];
    const path = join(desk.folder, name);
    if (what === undefined || id === undefined || id === desk.owner.id) return [];
    return (what === 'new-' ? isOld(path) : hasLeft(desk, id)) ? [{ what, path }] : [];
  });
  if (left.length === 0) return;
  const taken = takeLock(desk);
  if (!Array.isArray(taken)) return;
  // Cards go last: whoever is killed here leaves the next one the means to go on.
  left.sort((a, b) => Number(a.what === 'owner-') - Number(b.what === 'owner-'));
  for (const { path } of left) if (!taken.includes(path)) discard(path);
  for (const link of taken) discard(link);
}

function isOld(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > OLD_DRAFT_MS;
}

/** A process puts up its card before it leaves anything else, and takes it down last. */
function hasLeft(desk: Desk, id: string): boolean {
  const card = join(desk.folder, `owner-${id}`);
  const owner = readOwner(card);
  return owner === undefined ? lstatSync(card, { throwIfNoEntry: false }) === undefined : isGone(owner);
}

async function waitForLock(
  desk: Desk,
  patienceMs: number,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const deadline = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(signal);
    const taken = guarded('lock', join(desk.folder, LOCK), () => takeLock(desk));
    if (Array.isArray(taken)) return taken;
    if (Date.now() > deadline) throw lockedOut(desk, taken as Holder);
    await pause(Math.min(1 + attempt, 20) * (0.5 + Math.random()), signal);
  }
}

/** Who is in the way; no owner where the lock names none. */
interface Holder {
  readonly path: string;
  readonly owner: Owner | undefined;
}

/**
 * Takes the lock, or says who holds it. The lock is the file `lock`. If its owner X is dead, the right to succeed X
 * goes to whoever creates `lock.<X>`, and so on: the last link is the holder. Returns the files of the chain in the
 * order in which to remove them. `lock` goes first: a slow heir of X who then manages to create `lock.<X>` once more
 * sees that X's lock is no longer there, and gives up.
 */
function takeLock(desk: Desk): string[] | Holder {
  const first = join(desk.folder, LOCK);
  if (linkIfFree(desk.card, first)) return [first];
  const root = readOwner(first);
  const chain = [first];
  for (let owner = root; ; owner = readOwner(chain.at(-1)!)) {
    if (owner === undefined || !isGone(owner)) return { path: chain.at(-1)!, owner };
    const next = join(desk.folder, `${LOCK}.${owner.id}`);
    chain.push(next);
    if (!linkIfFree(desk.card, next)) continue;
    if (readOwner(first)?.id === root?.id) return chain;
    discard(next);
    return { path: first, owner: undefined };
  }
}

function lockedOut(desk: Desk, { path, owner }: Holder): CalicoctlError {
  const who = describeOwner(owner);
  return new CalicoctlError('unavailable', `the datastore ${desk.folder} is locked by ${who}: ${path}`, {
    hint: `If that process no longer runs, remove ${path} and try again.`,
  });
}
