import { textIn } from '../../core/json.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import type { Resource } from '../../resources/kind.ts';
import { type Address, addressBits, type Family } from '../../resources/net/address.ts';
import { type Cidr, containsAddress, networkOf } from '../../resources/net/cidr.ts';
import { DEFAULT_BLOCK_SIZE } from '../../resources/parts/poolrules.ts';
import { kindOf } from '../../resources/registry.ts';
import { type Labels, matchesSelector, parseSelector } from '../../resources/selector/index.ts';
import { cidrIn, listed } from './objects.ts';

/** A pool as address management sees it. */
export interface Pool {
  readonly name: string;
  readonly range: Cidr;
  /** Prefix length of its blocks. */
  readonly blockSize: number;
  readonly disabled: boolean;
  /** Empty for all nodes. */
  readonly nodeSelector: string;
  /** Which namespaces may use it; absent for all. */
  readonly namespaceSelector?: string;
  /** What its addresses are for; absent for workloads and tunnels. */
  readonly allowedUses?: readonly string[];
  /** Its addresses are only given to who asks for the pool. */
  readonly manual?: true;
}

/** Every pool whose CIDR can be read, disabled ones too, by name. */
export async function allPools(store: Datastore): Promise<readonly Pool[]> {
  const pools: Pool[] = [];
  for await (const resource of listed(store, { kind: await kindOf('IPPool') })) {
    const pool = poolOf(resource);
    if (pool !== undefined) pools.push(pool);
  }
  return pools.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The pool of a resource; undefined where its CIDR cannot be read. */
export function poolOf({ metadata, spec }: Resource): Pool | undefined {
  const range = cidrIn(spec);
  if (range === undefined) return undefined;
  const { namespaceSelector, allowedUses } = spec;
  return {
    name: metadata.name,
    range,
    blockSize: blockSizeOf(spec['blockSize'], range.address.family),
    disabled: spec['disabled'] === true,
    nodeSelector: textIn(spec['nodeSelector']),
    ...(namespaceSelector ? { namespaceSelector: String(namespaceSelector) } : {}),
    ...(Array.isArray(allowedUses) && allowedUses.length > 0 ? { allowedUses: allowedUses.map(String) } : {}),
    ...(spec['assignmentMode'] === 'Manual' ? { manual: true } : {}),
  };
}

/** What is no length of a prefix is as good as nothing. */
function blockSizeOf(written: unknown, family: Family): number {
  const size = Number(written || 0);
  return Number.isInteger(size) && size > 0 && size <= addressBits(family)
    ? size
    : DEFAULT_BLOCK_SIZE[family];
}

const USUAL_USES: readonly string[] = ['Workload', 'Tunnel'];

/** What the addresses of a pool may be used for: `Workload`, `Tunnel`, `LoadBalancer`. */
export function usesOf({ allowedUses }: Pool): readonly string[] {
  return allowedUses ?? USUAL_USES;
}

/** The first pool that has the address. */
export function poolWith(address: Address, pools: readonly Pool[]): Pool | undefined {
  return pools.find(({ range }) => containsAddress(range, address));
}

/** The block of the pool that has the address. */
export function blockRange(address: Address, pool: Pool): Cidr {
  return networkOf({ address, prefix: pool.blockSize });
}

/** True where nodes with these labels may not use the pool. A selector that cannot be read keeps nobody out. */
export function excludesNode({ nodeSelector }: Pool, labels: Labels): boolean {
  const parsed = parseSelector(nodeSelector);
  return parsed.ok && !matchesSelector(parsed.selector, labels);
}
