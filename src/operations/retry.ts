import { isError } from '../core/errors.ts';

/** As many tries as other writers of IPAM data make before they give up. */
const ATTEMPTS = 100;
const LONGEST_PAUSE = 200;

/**
 * Reads, decides and writes again until no one else got in between. `attempt` must read anew each time, and throws
 * `conflict` (or `already-exists`) only where its write lost a race.
 */
export async function untilUndisturbed<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isError(error, 'conflict', 'already-exists') || tries === ATTEMPTS) throw error;
      await pause(Math.min(LONGEST_PAUSE, 2 ** tries) * Math.random());
    }
  }
}

/** Waits so many milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
