import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import {
  formatLockNote,
  type LockNote,
  lockDatastore,
  lockState,
  unlockDatastore,
} from '../../operations/lock.ts';

const PURPOSE = /^ipam repair, process (\d+)$/;

/** What the lock of a repair is noted as being for. */
export function purposeOf(process: number): string {
  return `ipam repair, process ${process}`;
}

/**
 * Does work while the datastore is locked, and unlocks it whatever the work ends with. A lock that is there already
 * stays, but for one of a repair that was killed on this machine: that is taken over. Throws `not-supported` where
 * another repair holds it, which would unlock in the middle of the work. `isRunning` tells of a process of this machine.
 */
export async function underLock<T>(
  store: Datastore,
  note: LockNote,
  isRunning: (process: number) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  const { locked, note: held } = await lockState(store);
  const other = PURPOSE.exec(held?.purpose ?? '');
  const isOurs = locked && other !== null && held?.holder === note.holder && !isRunning(Number(other[1]));
  if (locked && other !== null && !isOurs) throw repairing(held!);
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

function repairing(note: LockNote): CalicoctlError {
  return new CalicoctlError('not-supported', `the datastore is locked ${formatLockNote(note)}`, {
    hint: 'Wait until that repair has ended; where it was killed, `calicoctl datastore migrate unlock` removes its lock.',
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
