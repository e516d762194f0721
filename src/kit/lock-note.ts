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

/** A container's user may have no name; Bun knows names by $USER only, and says `unknown` where that is not set. */
function userName(): string {
  try {
    const { username } = userInfo();
    if (username !== '' && username !== 'unknown') return username;
  } catch {
    // The account is in no list.
  }
  return `uid ${process.getuid?.() ?? 'unknown'}`;
}
