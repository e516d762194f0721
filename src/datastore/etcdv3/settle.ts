import { settle as settleWrite } from '../settle.ts';
import type { EtcdClient } from './wire/client.ts';
import { asNotDone, isRefusal } from './wire/errors.ts';
import type { KeyValue } from './wire/messages.ts';

/**
 * Runs a conditional write and finds out what became of it when its answer was lost. `judge` is shown what the key
 * holds now: it answers what the write would have, or undefined where it was not carried out; it is then made `again`.
 */
export async function settle<T>(
  client: EtcdClient,
  key: string,
  write: () => Promise<T>,
  judge: (found: KeyValue | undefined) => T | undefined,
  again: (found: KeyValue | undefined) => Promise<T> = write,
): Promise<T> {
  return settleWrite({
    ...{ write, judge, again },
    read: async () => (await client.get(key)).kv,
    refusal: (error) => (isRefusal(error) ? asNotDone(error) : undefined),
  });
}
