import { CalicoctlError, isError } from '../../core/errors.ts';
import type { EtcdClient } from './wire/client.ts';
import { isUnknownOutcome } from './wire/errors.ts';
import type { KeyValue } from './wire/messages.ts';

/**
 * Runs a conditional write and finds out what became of it when the connection broke before the answer came: such a
 * write may have been carried out. `judge` is shown what the key holds now: it answers what the write would have, or
 * undefined where it was not carried out; it is then made `again`, once, under a condition that still guards it.
 *
 * Whoever was interrupted gets the error that says that the write may have been made, and so does everybody when etcd
 * cannot be asked.
 */
export async function settle<T>(
  client: EtcdClient,
  key: string,
  write: () => Promise<T>,
  judge: (found: KeyValue | undefined) => T | undefined,
  again: (found: KeyValue | undefined) => Promise<T> = write,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isUnknownOutcome(error) || isError(error, 'cancelled')) throw error;
    const answer = await client.get(key).catch((reason: unknown) => {
      throw reason instanceof CalicoctlError ? error : reason;
    });
    return judge(answer.kv) ?? again(answer.kv);
  }
}
