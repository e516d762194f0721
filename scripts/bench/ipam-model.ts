/** What generated clusters hold, always the same: blocks of 64 addresses, given to pods of 40 namespaces one after the other. */
import { createHash } from 'node:crypto';

export const BLOCK = 64;
/** Blocks of a node: 256 addresses, about as many as a large node has pods. */
const BLOCKS_PER_NODE = 4;
export const NAMESPACES = 40;
/** 2026-05-04T10:00:00Z in nanoseconds, as a block that was made then begins to count. */
const SEQUENCE = 1_777_888_800_000_000_000n;
export const CREATED = '2026-05-04T10:00:00Z';
export const POOL = '10.64.0.0/10';

/** A key of etcd and the text below it. */
export type Entry = readonly [key: string, value: string];

export interface Size {
  readonly allocations: number;
  /** So many of them belong to no workload. */
  readonly leaks: number;
}

export const json = (value: unknown) =>
  JSON.stringify(value, (_key, item) =>
    typeof item === 'bigint'
      ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(`${item}`)
      : item,
  );

export const identity = (text: string) => createHash('sha256').update(text).digest('hex');

export const blocksOf = ({ allocations }: Size) => Math.ceil(allocations / BLOCK);

export const usedOf = (block: number, { allocations }: Size) => Math.min(BLOCK, allocations - block * BLOCK);

export const address = (block: number, ordinal: number) =>
  `10.${64 + (block >> 10)}.${(block >> 2) & 255}.${(block & 3) * BLOCK + ordinal}`;

export const cidrOf = (block: number) => `${address(block, 0)}/26`;

export const nodeOf = (block: number) =>
  `node-${String(Math.floor(block / BLOCKS_PER_NODE)).padStart(5, '0')}`;

/** Names of the nodes and their addresses. */
export function* nodesOf(size: Size): Generator<readonly [name: string, address: string]> {
  const nodes = Math.ceil(blocksOf(size) / BLOCKS_PER_NODE);
  for (let node = 0; node < nodes; node++)
    yield [nodeOf(node * BLOCKS_PER_NODE), `172.16.${node >> 8}.${node & 255}`];
}

export function placeOf(block: number, ordinal: number) {
  const number = block * BLOCK + ordinal;
  const namespace = `team-${number % NAMESPACES}`;
  const pod = `service-${number % 500}-7d9c5b8f6d-${number.toString(36).padStart(5, '0')}`;
  return { number, namespace, pod, handle: `k8s-pod-network.${identity(`handle ${number}`)}` };
}

/** What a block says of its addresses, in the words that all datastores share. */
export function contentOf(block: number, size: Size) {
  const used = usedOf(block, size);
  const node = nodeOf(block);
  const ordinals = Array.from({ length: BLOCK }, (_, ordinal) => ordinal);
  const taken = ordinals.slice(0, used);
  return {
    cidr: cidrOf(block),
    affinity: `host:${node}`,
    allocations: ordinals.map((ordinal) => (ordinal < used ? ordinal : null)),
    unallocated: ordinals.slice(used),
    attributes: taken.map((ordinal) => {
      const { namespace, pod, handle } = placeOf(block, ordinal);
      const secondary = { namespace, node, pod, timestamp: '2026-05-04 10:00:00 +0000 UTC' };
      return { handle_id: handle, secondary };
    }),
    deleted: false,
    sequenceNumber: SEQUENCE + BigInt(used),
    sequenceNumberForAllocation: Object.fromEntries(
      taken.map((ordinal) => [ordinal, SEQUENCE + BigInt(ordinal)]),
    ),
  };
}
