import { type EtcdClient, openEtcd } from '../../src/datastore/etcdv3/wire/client.ts';

/**
 * Takes and frees addresses in an etcd as the CNI plug-in does, written from the facts of Calico's data alone: nothing
 * of the program's own address management is used. The handle is counted up before the block is written, the block is
 * written before the handle is counted down, every write only over what was read.
 */

const IPAM = '/calico/ipam/v2';
const RESOURCES = '/calico/resources/v3/projectcalico.org';

export interface StoredAttribute {
  readonly handle_id?: string;
  readonly secondary?: Readonly<Record<string, string>>;
  readonly releasedAt?: string;
}

/** A block as it is stored. */
export interface StoredBlock {
  cidr: string;
  affinity: string | null;
  allocations: (number | null)[];
  unallocated: number[];
  attributes: StoredAttribute[];
  deleted: boolean;
  sequenceNumber: bigint;
  sequenceNumberForAllocation: Record<string, bigint>;
}

/** Reads JSON; numbers of blocks that count beyond 2^53 are exact. */
export function parseBlock(text: string): StoredBlock {
  const value = JSON.parse(text, ((key: string, item: unknown, context: { source?: string }) =>
    typeof item === 'number' && (key === 'sequenceNumber' || item > Number.MAX_SAFE_INTEGER)
      ? BigInt(context.source!)
      : item) as never) as StoredBlock;
  value.attributes ??= [];
  return value;
}

function print(value: unknown): string {
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
  return JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? rawJSON(`${item}`) : item));
}

export const blockKey = (cidr: string) => `${IPAM}/assignment/ipv4/block/${cidr.replace('/', '-')}`;
export const handleKey = (id: string) => `${IPAM}/handle/${id}`;
export const endpointKey = (pod: string) => `${RESOURCES}/workloadendpoints/default/node--1-k8s-${pod}-eth0`;

const text = (value: Uint8Array) => new TextDecoder().decode(value);

export interface Taken {
  readonly address: string;
  readonly cidr: string;
  readonly ordinal: number;
  readonly handle: string;
  /** Of the write of the block. */
  readonly revision: bigint;
}

export interface Allocator {
  readonly client: EtcdClient;
  /** Writes pool, node, cluster and empty blocks of 64 addresses, which one node owns. */
  setUp(cidrs: readonly string[]): Promise<void>;
  /** Takes a free address of the block, or the one given; undefined where there is none. */
  assign(cidr: string, handle: string, options?: AssignOptions): Promise<Taken | undefined>;
  /** Frees what the handle has. Returns the revision of the last block written; undefined where it had nothing. */
  release(handle: string): Promise<bigint | undefined>;
  putEndpoint(pod: string, address: string): Promise<bigint>;
  deleteEndpoint(pod: string): Promise<bigint>;
  block(cidr: string): Promise<StoredBlock>;
  /** Writes a block whatever is there. */
  putBlock(block: StoredBlock): Promise<void>;
  close(): void;
}

export interface AssignOptions {
  readonly ordinal?: number;
  /** Time that is noted for the address. */
  readonly at?: Date;
  /** Milliseconds between counting the handle and writing the block. */
  readonly gap?: number;
}

interface Found<T> {
  readonly value: T;
  readonly revision: bigint;
}

type Counts = Record<string, number>;

/** Opens an allocator on an etcd. */
export function openAllocator(url: string): Allocator {
  const client = openEtcd({ endpoints: [url] });

  const read = async <T>(key: string, parse: (text: string) => T): Promise<Found<T> | undefined> => {
    const { kv } = await client.get(key);
    return kv && { value: parse(text(kv.value)), revision: kv.modRevision };
  };

  /** The revision of the write; undefined where somebody was faster. `revision` 0: there must be nothing. */
  const swap = async (key: string, revision: bigint, value: unknown): Promise<bigint | undefined> => {
    const compare = [{ key, target: 'mod', equals: revision }] as const;
    const success =
      value === undefined
        ? ([{ op: 'delete', key }] as const)
        : ([{ op: 'put', key, value: print(value) }] as const);
    const done = await client.txn({ compare, success });
    return done.succeeded ? done.revision : undefined;
  };

  const countHandle = async (id: string, cidr: string, by: number): Promise<void> => {
    for (;;) {
      const found = await read(handleKey(id), (json) => JSON.parse(json) as { block: Counts });
      const counts = { ...found?.value.block };
      const next = (counts[cidr] ?? 0) + by;
      // Nothing to count down: whoever freed the addresses has done so.
      if (next < 0 || (by < 0 && counts[cidr] === undefined)) return;
      if (next === 0) delete counts[cidr];
      else counts[cidr] = next;
      const value = Object.keys(counts).length === 0 ? undefined : { block: counts, deleted: false };
      if ((await swap(handleKey(id), found?.revision ?? 0n, value)) !== undefined) return;
    }
  };

  const assign: Allocator['assign'] = async (cidr, handle, options = {}) => {
    for (;;) {
      const found = (await read(blockKey(cidr), parseBlock))!;
      const block = found.value;
      const ordinal = options.ordinal ?? block.unallocated[0];
      if (ordinal === undefined || block.allocations[ordinal] !== null) return undefined;
      await countHandle(handle, cidr, 1);
      if (options.gap) await Bun.sleep(options.gap);
      take(block, ordinal, handle, options.at ?? new Date());
      const revision = await swap(blockKey(cidr), found.revision, block);
      if (revision !== undefined)
        return { address: addressOf(cidr, ordinal), cidr, ordinal, handle, revision };
      await countHandle(handle, cidr, -1);
    }
  };

  const releaseIn = async (cidr: string, handle: string): Promise<bigint | undefined> => {
    for (;;) {
      const found = await read(blockKey(cidr), parseBlock);
      const count = found === undefined ? 0 : free(found.value, handle);
      if (found === undefined || count === 0) {
        return undefined;
      }
      const revision = await swap(blockKey(cidr), found.revision, found.value);
      if (revision === undefined) continue;
      await countHandle(handle, cidr, -count);
      return revision;
    }
  };

  return {
    client,
    assign,
    async setUp(cidrs) {
      for (const [key, value] of surroundings(cidrs)) await client.put(key, print(value));
    },
    async release(handle) {
      const found = await read(handleKey(handle), (json) => JSON.parse(json) as { block: Counts });
      let last: bigint | undefined;
      for (const cidr of Object.keys(found?.value.block ?? {}))
        last = (await releaseIn(cidr, handle)) ?? last;
      return last;
    },
    putEndpoint: async (pod, address) =>
      (await client.put(endpointKey(pod), print(endpoint(pod, address)))).revision,
    deleteEndpoint: async (pod) => (await client.delete(endpointKey(pod))).revision,
    block: async (cidr) => (await read(blockKey(cidr), parseBlock))!.value,
    async putBlock(block) {
      await client.put(blockKey(block.cidr), print(block));
    },
    close: () => client.close(),
  };
}

export function addressOf(cidr: string, ordinal: number): string {
  const [a, b, c, d] = cidr.split('/')[0]!.split('.').map(Number);
  return `${a}.${b}.${c}.${d! + ordinal}`;
}

/** Go prints times so. */
function goTime(at: Date): string {
  return `${at.toISOString().slice(0, 23).replace('T', ' ')}456789 +0000 UTC`;
}

function take(block: StoredBlock, ordinal: number, handle: string, at: Date): void {
  const secondary = { namespace: 'default', node: 'node-1', pod: `pod-of-${handle}`, timestamp: goTime(at) };
  block.allocations[ordinal] = block.attributes.push({ handle_id: handle, secondary }) - 1;
  block.unallocated = block.unallocated.filter((each) => each !== ordinal);
  block.sequenceNumberForAllocation[ordinal] = block.sequenceNumber;
  block.sequenceNumber++;
}

/** Without a cool-down addresses are free at once. Returns how many they were. */
function free(block: StoredBlock, handle: string): number {
  const freed = block.allocations.flatMap((index, ordinal) =>
    index !== null && block.attributes[index]!.handle_id === handle ? [ordinal] : [],
  );
  for (const ordinal of freed) {
    block.allocations[ordinal] = null;
    block.unallocated.push(ordinal);
    delete block.sequenceNumberForAllocation[ordinal];
  }
  const used = block.attributes.map((_, index) => block.allocations.includes(index));
  const kept = block.attributes.filter((_, index) => used[index]);
  const places = used.map((_, index) => used.slice(0, index).filter(Boolean).length);
  block.allocations = block.allocations.map((index) => (index === null ? null : places[index]!));
  block.attributes = kept;
  block.sequenceNumber++;
  return freed.length;
}

function resource(kind: string, plural: string, name: string, spec: object): readonly [string, object] {
  const metadata = { name, uid: crypto.randomUUID(), creationTimestamp: '2026-01-01T00:00:00Z' };
  return [`${RESOURCES}/${plural}/${name}`, { kind, apiVersion: 'projectcalico.org/v3', metadata, spec }];
}

function* surroundings(cidrs: readonly string[]): Generator<readonly [string, object]> {
  yield resource('IPPool', 'ippools', 'pods', {
    ...{ cidr: '10.65.0.0/16', blockSize: 26, ipipMode: 'Never', vxlanMode: 'Never', nodeSelector: 'all()' },
    allowedUses: ['Workload', 'Tunnel'],
  });
  yield resource('Node', 'nodes', 'node-1', { bgp: { ipv4Address: '172.16.0.1/16' } });
  yield resource('KubeControllersConfiguration', 'kubecontrollersconfigurations', 'default', {
    controllers: { node: {} },
  });
  yield resource('ClusterInformation', 'clusterinformations', 'default', {
    ...{ clusterGUID: 'c0ffee', datastoreReady: true },
  });
  for (const cidr of cidrs) {
    const ordinals = Array.from({ length: 64 }, (_, ordinal) => ordinal);
    yield [
      blockKey(cidr),
      {
        ...{ cidr, affinity: 'host:node-1', affinity_claim_time: '2026-01-01T00:00:00Z' },
        allocations: ordinals.map(() => null),
        ...{ unallocated: ordinals, attributes: [], deleted: false },
        sequenceNumber: BigInt(Date.now()) * 1_000_000n,
        sequenceNumberForAllocation: {},
      },
    ];
    const affinity = { state: 'confirmed', deleted: false };
    yield [`${IPAM}/host/node-1/ipv4/block/${cidr.replace('/', '-')}`, affinity];
  }
}

function endpoint(pod: string, address: string): object {
  const name = `node--1-k8s-${pod}-eth0`;
  const metadata = { name, namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' };
  const spec = {
    ...{ orchestrator: 'k8s', node: 'node-1', pod, endpoint: 'eth0', containerID: 'c' },
    ...{ ipNetworks: [`${address}/32`], profiles: ['kns.default'], interfaceName: 'cali1' },
  };
  return { kind: 'WorkloadEndpoint', apiVersion: 'projectcalico.org/v3', metadata, spec };
}
