import { hostname, userInfo } from 'node:os';
import type { LockNote } from '../operations/lock.ts';

/** Who locks the datastore now, what for, and since when: what `datastore status` tells others. */
export function lockNote(purpose: string): LockNote {
  return {
    holder: `${userName()}@${hostname()}`,
    purpose,
    since: `${new Date().toISOString().slice(0, 19)}Z`,
  };
}

/** A container's user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
