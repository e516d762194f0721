/** Writes entries into an etcd as fast as it takes them. */
import { isError } from '../../src/core/errors.ts';
import { openEtcd } from '../../src/datastore/etcdv3/wire/client.ts';
import type { Entry } from './ipam-model.ts';

/** As many writes as etcd takes in a transaction, and so many of those under way. */
const PUTS = 128;
const AT_ONCE = 4;
/** A server that is busy with so much may be late. */
const TRIES = 10;

/** No more bytes than so many in a transaction: etcd takes 1.5 MiB. */
const BYTES = 1_000_000;

function take(from: Iterator<Entry>): readonly Entry[] {
  const taken: Entry[] = [];
  let bytes = 0;
  while (taken.length < PUTS && bytes < BYTES) {
    const { value, done } = from.next();
    if (done) break;
    taken.push(value);
    bytes += value[1].length;
  }
  return taken;
}

/** Puts may be made twice. */
async function untilDone(write: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await write();
      return;
    } catch (error) {
      if (!isError(error, 'unavailable', 'timeout') || tries === TRIES) throw error;
    }
  }
}

export async function writeEntries(endpoint: string, all: Iterable<Entry>): Promise<void> {
  const client = openEtcd({ endpoints: [endpoint], requestTimeoutMs: 60_000 });
  const iterator = all[Symbol.iterator]();
  const worker = async () => {
    for (let puts = take(iterator); puts.length > 0; puts = take(iterator)) {
      const success = puts.map(([key, value]) => ({ op: 'put' as const, key, value }));
      await untilDone(() => client.txn({ compare: [], success }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  client.close();
}
