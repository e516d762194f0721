import { CalicoctlError, isError } from '../../core/errors.ts';
import type { EtcdClient } from './wire/client.ts';
import { asNotDone, isRefusal, isUnknownOutcome } from './wire/errors.ts';
import type { KeyValue } from './wire/messages.ts';

/** An etcd that breaks off every time is given up. */
const ATTEMPTS = 5;

/**
 * Runs a conditional write and finds out what became of it when the connection broke before the answer came: such a
 * write may have been carried out. `judge` is shown what the key holds now: it answers what the write would have, or
 * undefined where it was not carried out; it is then made `again`, under a condition that still guards it. In a cluster
 * the first write may land as late as that, so the key is judged also where this condition does not hold.
 *
 * Whoever was interrupted or has no time left gets the error that says that the write may have been made, and so does
 * everybody when etcd cannot be asked.
 */
export async function settle<T>(
  client: EtcdClient,
  key: string,
  write: () => Promise<T>,
  judge: (found: KeyValue | undefined) => T | undefined,
  again: (found: KeyValue | undefined) => Promise<T> = write,
): Promise<T> {
  let next = write;
  for (let attempt = 1; ; attempt++) {
    try {
      return await next();
    } catch (error) {
      const unmet = attempt > 1 && isError(error, 'already-exists', 'conflict');
      if (!unmet && !canSettle(error)) throw error;
      const { kv } = await client.get(key).catch((reason: unknown) => {
        throw reason instanceof CalicoctlError ? error : reason;
      });
      const judged = judge(kv);
      if (judged !== undefined) return judged;
      if (isUnknownOutcome(error) && isRefusal(error)) throw asNotDone(error);
      if (unmet || attempt === ATTEMPTS) throw error;
      next = () => again(kv);
    }
  }
}

function canSettle(error: unknown): boolean {
  return isUnknownOutcome(error) && !isError(error, 'cancelled', 'timeout');
}
