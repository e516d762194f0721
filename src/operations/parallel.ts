import { CalicoctlError, isError } from '../core/errors.ts';

export interface ParallelOutcome {
  /** How many items were worked on with success. */
  readonly done: number;
  /** In the order of the items. */
  readonly failures: readonly CalicoctlError[];
}

/**
 * Runs `work` over all items, at most `limit` at once. The failure of one stops none of the others, unless it says that
 * the datastore is out of reach or the user has had enough: then no further item is begun.
 */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<unknown>,
): Promise<ParallelOutcome> {
  const failures = new Map<number, CalicoctlError>();
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      try {
        await work(items[index]!);
        done++;
      } catch (error) {
        if (!(error instanceof CalicoctlError)) throw error;
        failures.set(index, error);
        if (isError(error, 'unavailable', 'timeout', 'unauthorized', 'cancelled')) next = items.length;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return { done, failures: [...failures].sort(([a], [b]) => a - b).map(([, error]) => error) };
}
