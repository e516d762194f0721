import { CalicoctlError } from '../../core/errors.ts';
import { endsAll } from '../../operations/refusals.ts';

/**
 * Runs `work` over the items, at most `limit` at once; `lane` says which items may go together: all of the same name, and
 * for undefined none. Returns the failures of single items in their order; what would befall all others is thrown once
 * those under way have ended.
 */
export async function pump<T>(
  items: AsyncIterable<T>,
  limit: number,
  lane: (item: T) => string | undefined,
  work: (item: T) => Promise<void>,
): Promise<readonly CalicoctlError[]> {
  const under = new Set<Promise<void>>();
  const failures: { readonly index: number; readonly error: CalicoctlError }[] = [];
  let fatal: { readonly error: unknown } | undefined;
  let current: string | undefined;
  let index = 0;
  const start = (item: T, at: number) => {
    const running: Promise<void> = work(item)
      .catch((error: unknown) => {
        if (!(error instanceof CalicoctlError) || endsAll(error)) fatal ??= { error };
        else failures.push({ index: at, error });
      })
      .finally(() => under.delete(running));
    under.add(running);
  };
  try {
    for await (const item of items) {
      const name = lane(item);
      if (name === undefined || name !== current) await Promise.all(under);
      current = name;
      while (under.size >= limit) await Promise.race(under);
      if (fatal !== undefined) break;
      start(item, index++);
    }
  } finally {
    await Promise.all(under);
  }
  if (fatal !== undefined) throw fatal.error;
  return failures.sort((a, b) => a.index - b.index).map(({ error }) => error);
}
