import { describe, expect, test } from 'bun:test';
import type { KubeEvent } from '../../../../src/datastore/kubernetes/api/api.ts';
import { changesOf, merged } from '../../../../src/datastore/kubernetes/objects/changes.ts';
import { API_VERSION } from '../../../../src/resources/kind.ts';
import { all, kubeObject } from './kube.ts';

/** Yields what it is given, then waits until it is stopped, or fails. */
function waiting<T>(items: readonly T[], failure?: Error) {
  const state = { stopped: false };
  let release: (result: IteratorResult<T>) => void = () => {};
  let at = 0;
  const source: AsyncIterable<T> = {
    [Symbol.asyncIterator]: () => ({
      next() {
        if (at < items.length) return Promise.resolve({ done: false, value: items[at++]! });
        if (failure !== undefined) return Promise.reject(failure);
        return new Promise((resolve) => {
          release = resolve;
        });
      },
      async return() {
        state.stopped = true;
        const end = { done: true, value: undefined } as const;
        release(end);
        return end;
      },
    }),
  };
  return { source, state };
}

async function* finite<T>(...items: readonly T[]) {
  yield* items;
}

describe('sources as one', () => {
  test('yield everything of all, each in its order, and end with the last', async () => {
    const found = await all(merged<number>([finite(1, 2, 3), finite(), finite(10, 20)]));
    expect(found.filter((item) => item < 10)).toEqual([1, 2, 3]);
    expect(found.filter((item) => item >= 10)).toEqual([10, 20]);
    expect(await all(merged([]))).toEqual([]);
  });

  test('do not wait for the slow one', async () => {
    const slow = waiting<number>([]);
    const iterator = merged([slow.source, finite(1)])[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    await iterator.return?.();
    expect(slow.state.stopped).toBe(true);
  });

  test('are stopped while somebody waits for more', async () => {
    const one = waiting<number>([]);
    const other = waiting<number>([]);
    const iterator = merged([one.source, other.source])[Symbol.asyncIterator]();
    const next = iterator.next();
    await iterator.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    expect([one.state.stopped, other.state.stopped]).toEqual([true, true]);
  });

  test('fail together', async () => {
    const other = waiting([1]);
    const failing = waiting<number>([], new Error('gone'));
    await expect(all(merged([other.source, failing.source]))).rejects.toThrow('gone');
    expect(other.state.stopped).toBe(true);
  });
});

describe('changes', () => {
  const event = (type: KubeEvent['type'], name: string): KubeEvent => ({
    type,
    object: kubeObject({ name }),
  });
  const named = ({ object: { metadata } }: KubeEvent) =>
    metadata.name === 'none'
      ? undefined
      : ({
          type: 'added',
          resource: { apiVersion: API_VERSION, kind: 'X', metadata, spec: {} },
          version: '1',
        } as const);

  test('are of events that mean something', async () => {
    const events = finite(
      event('ADDED', 'a'),
      event('BOOKMARK', 'b'),
      event('MODIFIED', 'none'),
      event('DELETED', 'c'),
    );
    const found = await all(changesOf(events, named));
    expect(found.map(({ resource }) => resource.metadata.name)).toEqual(['a', 'c']);
  });

  test('are stopped while somebody waits for more', async () => {
    const events = waiting([event('ADDED', 'a')]);
    const iterator = changesOf(events.source, named)[Symbol.asyncIterator]();
    await iterator.next();
    const next = iterator.next();
    await iterator.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(events.state.stopped).toBe(true);
  });
});
