import type { Change } from '../../datastore.ts';
import type { KubeEvent } from '../api/api.ts';

/** What became of an object, as the watch of a datastore says it. */
export const CHANGES = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

/**
 * The events of the API server as changes; events that `change` makes nothing of, and bookmarks, are left out.
 * Written without a generator: one that waits for an event would leave whoever stops it waiting too.
 */
export function changesOf(
  events: AsyncIterable<KubeEvent>,
  change: (event: KubeEvent & { readonly type: keyof typeof CHANGES }) => Change | undefined,
): AsyncIterable<Change> {
  return {
    [Symbol.asyncIterator]() {
      const source = events[Symbol.asyncIterator]();
      return {
        async next(): Promise<IteratorResult<Change, undefined>> {
          for (;;) {
            const { done, value } = await source.next();
            if (done) return { done, value: undefined };
            const { type, object } = value as KubeEvent;
            const made = type === 'BOOKMARK' ? undefined : change({ type, object });
            if (made !== undefined) return { done: false, value: made };
          }
        },
        async return(): Promise<IteratorResult<Change, undefined>> {
          await source.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** What any of the sources yields, as it comes; ends when all have ended or one fails, which stops the others. */
export function merged<T>(sources: readonly AsyncIterable<T>[]): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const iterators = sources.map((source) => source[Symbol.asyncIterator]());
      const pending = new Map<number, Promise<Turn<T>>>();
      const ask = (index: number) => pending.set(index, turnOf(iterators[index]!, index));
      for (const index of iterators.keys()) ask(index);
      const stop = async () => {
        for (const turn of pending.values()) turn.catch(() => undefined);
        await Promise.all(iterators.map((iterator) => iterator.return?.()));
      };
      return {
        async next(): Promise<IteratorResult<T, undefined>> {
          try {
            while (pending.size > 0) {
              const { index, result } = await Promise.race(pending.values());
              pending.delete(index);
              if (result.done) continue;
              ask(index);
              return { done: false, value: result.value };
            }
          } catch (error) {
            await stop();
            throw error;
          }
          return { done: true, value: undefined };
        },
        async return(): Promise<IteratorResult<T, undefined>> {
          await stop();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

interface Turn<T> {
  readonly index: number;
  readonly result: IteratorResult<T>;
}

async function turnOf<T>(iterator: AsyncIterator<T>, index: number): Promise<Turn<T>> {
  return { index, result: await iterator.next() };
}
