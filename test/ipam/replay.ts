import type { EtcdClient, KeyValue } from '../../src/datastore/etcdv3/wire/client.ts';
import { blockKey, parseBlock, type StoredBlock, type Taken } from './allocator.ts';

/** Everything that was ever written of blocks and handles, looked at write by write. */

const HANDLES = '/calico/ipam/v2/handle/';

/** An address while somebody had it. */
export interface Life extends Taken {
  /** Nobody but a repair ever frees it. */
  readonly isLeak: boolean;
  /** From this revision on nobody uses it. */
  endedAt?: bigint;
}

interface Event {
  readonly revision: bigint;
  readonly key: string;
  /** Absent: deleted. */
  readonly value?: string;
}

const END = '/calico/ipam/v2/end';

async function history(client: EtcdClient): Promise<readonly Event[]> {
  const events: Event[] = [];
  await client.put(END, '');
  const stop = new AbortController();
  const prefix = '/calico/ipam/v2/';
  for await (const batch of client.watch({ prefix }, { fromRevision: 1n, signal: stop.signal })) {
    for (const { type, kv } of batch.events as readonly { type: string; kv: KeyValue }[]) {
      const value = type === 'delete' ? {} : { value: new TextDecoder().decode(kv.value) };
      events.push({ revision: kv.modRevision, key: kv.key, ...value });
    }
    if (events.at(-1)?.key === END) break;
  }
  stop.abort();
  return events;
}

/** Who has each address: handle and sequence number, which no two lives of an address have in common. */
function holders({ cidr, allocations, attributes, sequenceNumberForAllocation }: StoredBlock) {
  const held = new Map<string, string>();
  for (const [ordinal, index] of allocations.entries())
    if (index !== null && attributes[index]!.releasedAt === undefined)
      held.set(`${cidr} ${ordinal} ${sequenceNumberForAllocation[ordinal]}`, attributes[index]!.handle_id!);
  return held;
}

export interface Replayed {
  /** What should never have happened. */
  readonly faults: readonly string[];
  /** Leaks that were freed. */
  readonly freed: number;
}

function isHeld(held: ReadonlyMap<string, string>, handle: string): boolean {
  return [...held.values()].includes(handle);
}

/** Goes through all writes: no address that is in use is ever freed, and none is ever taken without its handle. */
export async function replay(
  client: EtcdClient,
  cidrs: readonly string[],
  lives: readonly Life[],
): Promise<Replayed> {
  const events = await history(client);
  const byHandle = new Map(lives.map((life) => [life.handle, life]));
  const blocks = new Map(cidrs.map((cidr) => [blockKey(cidr), new Map<string, string>()]));
  const handles = new Set<string>();
  const faults: string[] = [];
  let freed = 0;
  const judgeFreed = (place: string, handle: string, at: bigint) => {
    const life = byHandle.get(handle);
    if (life === undefined) faults.push(`${place} of ${handle} is nobody's`);
    else if (life.isLeak) freed++;
    else if (life.endedAt === undefined || at < life.endedAt)
      faults.push(`${life.address} of ${handle} was freed at ${at}, and in use until ${life.endedAt}`);
  };
  for (const { key, value, revision: at } of events) {
    if (key.startsWith(HANDLES)) {
      const handle = key.slice(HANDLES.length);
      if (value !== undefined) handles.add(handle);
      else handles.delete(handle);
      if (value === undefined && [...blocks.values()].some((held) => isHeld(held, handle)))
        faults.push(`${handle} was deleted at ${at}, and has an address`);
    }
    const before = blocks.get(key);
    if (before === undefined) continue;
    const after = value === undefined ? new Map<string, string>() : holders(parseBlock(value));
    for (const [place, handle] of before) if (!after.has(place)) judgeFreed(place, handle, at);
    for (const [place, handle] of after)
      if (!before.has(place) && !handles.has(handle)) faults.push(`${place} was taken without ${handle}`);
    blocks.set(key, after);
  }
  for (const held of blocks.values())
    for (const handle of held.values())
      if (!handles.has(handle)) faults.push(`${handle} is missing in the end`);
  return { faults, freed };
}
