import { isError } from '../../core/errors.ts';
import type { Change, Query, Version } from '../datastore.ts';
import { decodeDeleted, decodeEntry, nameOnly, revisionOf } from './entries.ts';
import { isMeant, prefixesOf } from './keys.ts';
import { type EtcdClient, prefixEnd } from './wire/client.ts';
import type { WatchEvent } from './wire/messages.ts';

/** Changes after `from`, until the consumer stops or `closed` is aborted: both end it as if there were no more. */
export function watchChanges(
  client: EtcdClient,
  query: Query,
  from: Version,
  closed: AbortSignal,
): AsyncIterable<Change> {
  return {
    [Symbol.asyncIterator]() {
      const stop = new AbortController();
      const signal = AbortSignal.any([stop.signal, closed]);
      const changes = changesOf(client, query, from, signal);
      return {
        next: () => changes.next(),
        // A generator that waits for the next change would leave its consumer waiting too.
        async return() {
          stop.abort();
          return changes.return(undefined);
        },
      };
    },
  };
}

async function* changesOf(
  client: EtcdClient,
  query: Query,
  from: Version,
  signal: AbortSignal,
): AsyncGenerator<Change, undefined, undefined> {
  const fromRevision = revisionOf(query.kind.kind, from) + 1n;
  const prefixes = prefixesOf(query);
  // One watch over all prefixes keeps changes in their order.
  const keys = { from: prefixes[0]!, to: prefixEnd(prefixes.at(-1)!) };
  for await (const { events } of client.watch(keys, { fromRevision, prevKv: true, signal })) {
    for (const event of events) {
      const change = isMeant(query, event.kv.key) ? changeOf(query, event) : undefined;
      if (signal.aborted) return undefined;
      if (change !== undefined) yield change;
    }
  }
  return undefined;
}

/** Undefined for an entry that cannot be decoded: there is nothing to show until it is mended. */
function changeOf({ kind }: Query, { type, kv, previous }: WatchEvent): Change | undefined {
  const version = String(kv.modRevision);
  if (type === 'delete') {
    const resource = previous === undefined ? nameOnly(kind, kv.key) : decodeDeleted(kind, previous);
    return { type: 'deleted', resource, version };
  }
  try {
    const resource = decodeEntry(kind, kv);
    return { type: kv.version === 1n ? 'added' : 'modified', resource, version };
  } catch (error) {
    if (!isError(error, 'corrupt')) throw error;
    return undefined;
  }
}
