import { CalicoctlError, isError } from '../../core/errors.ts';
import { judge, type Repair, type Run } from './run.ts';

/** More at once would only disturb those who take addresses. */
const AT_ONCE = 32;

/** What says that nothing else will work either. */
export const OUT_OF_REACH = ['unavailable', 'timeout', 'unauthorized', 'cancelled'] as const;

/**
 * Does pieces of work, each for the repairs of one group. What a piece fails with is the verdict of those of its repairs
 * that have none yet. None is begun after an interruption, or once the datastore is out of reach.
 */
export async function attempted(
  run: Run,
  groups: readonly (readonly Repair[])[],
  work: (repairs: readonly Repair[], index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < groups.length && !run.signal.aborted && !run.broken.is) {
      const index = next++;
      const group = groups[index]!;
      try {
        await work(group, index);
      } catch (error) {
        if (!(error instanceof CalicoctlError)) throw error;
        run.broken.is ||= isError(error, ...OUT_OF_REACH);
        for (const repair of group)
          if (!run.verdicts.has(repair)) judge(run, repair, { is: 'failed', error });
      }
    }
  };
  const limit = Math.min(AT_ONCE, run.store.capabilities.concurrency, groups.length);
  await Promise.all(Array.from({ length: limit }, worker));
}
