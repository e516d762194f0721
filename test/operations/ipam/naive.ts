import type { JsonObject } from '../../../src/core/json.ts';
import { API_VERSION, type Resource } from '../../../src/resources/kind.ts';
import { formatAddress, parseAddress } from '../../../src/resources/net/address.ts';
import { type Cidr, cidrSize, firstAddress, formatCidr } from '../../../src/resources/net/cidr.ts';

/**
 * A block as anybody would first think of it: who has which address, and a queue of those that nobody has. It follows
 * the written rules of address management, knows nothing of src/operations/ipam, and is what tests measure that by.
 */
export interface Holding {
  readonly handle?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly sequence: bigint;
  /** Milliseconds, whole seconds; the address rests. */
  readonly releasedAt?: number;
}

export interface Naive {
  readonly range: Cidr;
  owner: string | null;
  sequence: bigint;
  /** By address as text. */
  readonly held: Map<string, Holding>;
  readonly queue: string[];
}

const WINDOWS = 'windows-reserved-ipam-handle';

/** A new block; of one for Windows the first three addresses and the last are kept back, and have no sequence number. */
export function naiveBlock(range: Cidr, sequence: bigint, windows: boolean): Naive {
  const size = Number(cidrSize(range));
  const all = Array.from({ length: size }, (_, ordinal) => addressOf(range, ordinal));
  const kept = windows ? [...all.slice(0, 3), all.at(-1)!] : [];
  // Kubernetes and etcd may differ in its spelling.
  const handle = sequence % 2n === 0n ? WINDOWS : 'Windows-Reserved-IPAM-Handle';
  const held = new Map(
    kept.map((address) => [address, { handle, attributes: { note: 'kept' }, sequence: 0n }]),
  );
  return { range, owner: 'host:worker-1', sequence, held, queue: all.filter((each) => !held.has(each)) };
}

export function addressOf(range: Cidr, ordinal: number): string {
  const { family, value } = firstAddress(range);
  return formatAddress({ family, value: value + BigInt(ordinal) });
}

/** Takes addresses from the front of the queue; returns them. */
export function assign(
  block: Naive,
  count: number,
  handle: string | undefined,
  attributes: Readonly<Record<string, string>>,
): readonly string[] {
  const taken = block.queue.splice(0, count);
  for (const address of taken)
    block.held.set(address, {
      ...(handle === undefined ? {} : { handle }),
      attributes,
      sequence: block.sequence,
    });
  block.sequence += 1n;
  return taken;
}

export interface Wish {
  readonly address: string;
  readonly handle?: string;
  readonly sequenceNumber?: bigint;
}

/** What release does, or undefined where one wish does not hold and nothing is done. Sequence is left to `written`. */
export function release(
  block: Naive,
  wishes: readonly Wish[],
  now: number,
): { readonly released: readonly string[]; readonly absent: readonly string[] } | undefined {
  const last = new Map(wishes.map((wish) => [wish.address, wish]));
  const isHeld = (address: string) =>
    block.held.get(address)?.releasedAt === undefined && block.held.has(address);
  for (const { address, handle, sequenceNumber } of last.values()) {
    if (!isHeld(address)) continue;
    const holding = block.held.get(address)!;
    if (sequenceNumber !== undefined && sequenceNumber !== holding.sequence) return undefined;
    if (handle !== undefined && handle !== (holding.handle ?? '')) return undefined;
  }
  const released = [...last.keys()].filter(isHeld);
  for (const address of released)
    block.held.set(address, { sequence: block.sequence, releasedAt: Math.floor(now / 1000) * 1000 });
  return { released, absent: [...last.keys()].filter((address) => !released.includes(address)) };
}

/** Ends the rest of those whose time is over, in the order of addresses. */
export function collect(block: Naive, cooldown: number, now: number): void {
  for (const [address, { releasedAt }] of [...block.held].sort(([a], [b]) => compare(a, b))) {
    if (releasedAt === undefined) continue;
    const rested = now - releasedAt;
    const isOver = cooldown < 0 || (cooldown === 0 ? rested >= 0 : rested > cooldown * 1000);
    if (!isOver) continue;
    block.held.delete(address);
    block.queue.push(address);
  }
}

function compare(left: string, right: string): number {
  const difference = parseAddress(left)!.value - parseAddress(right)!.value;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export const isEmptyNaively = (block: Naive) =>
  [...block.held.values()].every(({ handle }) => handle?.toLowerCase() === WINDOWS);

/** As another program leaves the block in the datastore: equal owners share an attribute. */
export function storedBlock(block: Naive): Resource {
  const size = Number(cidrSize(block.range));
  const attributes: object[] = [];
  const texts = new Map<string, number>();
  const indexOf = ({ handle, attributes: secondary, releasedAt }: Holding) => {
    const attribute =
      releasedAt === undefined
        ? { ...(handle === undefined ? {} : { handle_id: handle }), secondary }
        : { releasedAt: new Date(releasedAt).toISOString().replace('.000', '') };
    const text = JSON.stringify(attribute);
    if (!texts.has(text)) texts.set(text, attributes.push(attribute) - 1);
    return texts.get(text)!;
  };
  const ordinals = Array.from({ length: size }, (_, ordinal) => addressOf(block.range, ordinal));
  const spec = {
    cidr: formatCidr(block.range),
    affinity: block.owner,
    ...(block.owner === null ? {} : { affinityClaimTime: '2026-01-01T00:00:00Z' }),
    allocations: ordinals.map((address) => {
      const holding = block.held.get(address);
      return holding === undefined ? null : indexOf(holding);
    }),
    unallocated: block.queue.map((address) => ordinals.indexOf(address)),
    attributes,
    sequenceNumber: exact(block.sequence),
    sequenceNumberForAllocation: Object.fromEntries(
      ordinals.flatMap((address, ordinal) => {
        const holding = block.held.get(address);
        return holding === undefined || holding.sequence === 0n ? [] : [[ordinal, exact(holding.sequence)]];
      }),
    ),
    deleted: false,
  };
  return {
    apiVersion: API_VERSION,
    kind: 'IPAMBlock',
    metadata: { name: spec.cidr },
    spec: spec as JsonObject,
  };
}

/** As JSON is read: a bigint only where a number would not be exact. */
function exact(value: bigint): number | bigint {
  return value <= 2n ** 53n - 1n ? Number(value) : value;
}
