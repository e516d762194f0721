import { setTimeout as pause } from 'node:timers/promises';
import { CalicoctlError, isError } from '../core/errors.ts';

/** A datastore that breaks off every time is given up: after two seconds and a half. */
const ATTEMPTS = 8;
const FIRST_PAUSE = 20;

/** A conditional write, and how to find out what became of it. */
export interface Settlement<Found, T> {
  readonly write: () => Promise<T>;
  /** What is there now; undefined where there is nothing. */
  readonly read: () => Promise<Found | undefined>;
  /**
   * Of what is there now: what the write would have answered; undefined where it was not carried out; `unknown` where
   * that cannot be told.
   */
  readonly judge: (found: Found | undefined) => T | 'unknown' | undefined;
  /** Makes the write again, under a condition that still guards it; `write` unless given. */
  readonly again?: (found: Found | undefined) => Promise<T>;
  /** Of an error that is a refusal, so that writing again is of no use: the same, now known to be without effect. */
  readonly refusal?: (error: CalicoctlError) => CalicoctlError | undefined;
}

/**
 * Runs a conditional write and finds out what became of it when the connection broke before the answer came: such a
 * write may have been carried out. It is made again where it was not; in a cluster the first write may land as late as
 * that, so what is there is judged also where the condition does not hold any more.
 *
 * Whoever was interrupted or has no time left gets the error that says that the write may have been made, and so does
 * everybody when the datastore cannot be asked.
 */
export async function settle<Found, T>(settlement: Settlement<Found, T>): Promise<T> {
  const { write, read, judge, again = write, refusal } = settlement;
  let next = write;
  let lost: unknown;
  for (let attempt = 1; ; attempt++) {
    try {
      return await next();
    } catch (error) {
      const unmet = attempt > 1 && isError(error, 'already-exists', 'conflict');
      if (!unmet && !canSettle(error)) throw error;
      if (!unmet) lost = error;
      const found = await read().catch((reason: unknown) => {
        throw reason instanceof CalicoctlError ? lost : reason;
      });
      const judged = judge(found);
      if (judged === 'unknown') throw lost;
      if (judged !== undefined) return judged;
      const refused = unmet ? undefined : refusal?.(error as CalicoctlError);
      if (refused !== undefined) throw refused;
      if (unmet || attempt === ATTEMPTS) throw error;
      // Once is bad luck; a server that fails again and again is in trouble.
      if (attempt > 1) await pause(FIRST_PAUSE * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
      next = () => again(found);
    }
  }
}

function canSettle(error: unknown): boolean {
  return (
    error instanceof CalicoctlError &&
    error.details.mayBeDone === true &&
    !isError(error, 'cancelled', 'timeout')
  );
}
