import { CalicoctlError } from '../core/errors.ts';
import type { Datastore } from '../datastore/datastore.ts';
import { formatLockNote, type LockNote, lockDatastore, lockState, unlockDatastore } from './lock.ts';

const PURPOSE = /^(.+), process (\d+)$/;

/** What the lock of a task is noted as being for: `ipam repair, process 7`. */
export function purposeOf(task: string, process: number): string {
  return `${task}, process ${process}`;
}

/**
 * Does work while the datastore is locked, and unlocks it whatever the work ends with. A lock that is there already
 * stays, but for one of the same task that was killed on this machine: that is taken over. Throws `not-supported` where
 * another run of the task holds it, which would unlock in the middle of the work. `isRunning` tells of a process of this
 * machine.
 */
export async function underLock<T>(
  store: Datastore,
  note: LockNote,
  isRunning: (process: number) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  const { locked, note: held } = await lockState(store);
  const [, task, other] = PURPOSE.exec(held?.purpose ?? '') ?? [];
  const isAnother = locked && task !== undefined && task === PURPOSE.exec(note.purpose)?.[1];
  const isOurs = isAnother && held?.holder === note.holder && !isRunning(Number(other));
  if (isAnother && !isOurs) throw lockedBy(held!, task);
  // Somebody else may lock in between; then the lock is theirs.
  const mine = isOurs ? held : locked ? undefined : (await lockDatastore(store, note)) ? note : undefined;
  try {
    return await work();
  } finally {
    if (mine !== undefined) await unlockOwn(store, mine);
  }
}

/** What somebody else has locked in the meantime stays locked. */
async function unlockOwn(store: Datastore, mine: LockNote): Promise<void> {
  try {
    const { locked, note } = await lockState(store);
    if (locked && note?.purpose === mine.purpose && note.holder === mine.holder) await unlockDatastore(store);
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
    throw new CalicoctlError(error.errorClass, `the datastore could not be unlocked: ${error.message}`, {
      ...error.details,
      hint: '`calicoctl datastore migrate unlock` unlocks it once it can be reached.',
      cause: error,
    });
  }
}

function lockedBy(note: LockNote, task: string): CalicoctlError {
  return new CalicoctlError('not-supported', `the datastore is locked ${formatLockNote(note)}`, {
    hint: `Wait until that ${task} has ended; where it was killed, \`calicoctl datastore migrate unlock\` removes its lock.`,
  });
}

/** Whether a process of this machine is running, somebody else's too. */
export function isRunning(process: number, kill: (process: number, signal: 0) => unknown): boolean {
  try {
    kill(process, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The same of the machine that we run on. */
export function processRuns(id: number): boolean {
  return isRunning(id, (each, signal) => process.kill(each, signal));
}
