import type { Pool } from '../../operations/ipam/pools.ts';
import { usesOf } from '../../operations/ipam/pools.ts';
import { formatCidr, networkOf } from '../../resources/net/cidr.ts';
import type { IpamSettings } from '../survey/survey.ts';
import type { Borrowed } from './borrowed.ts';
import type { BlockUsage, Counts } from './counts.ts';
import { type NodesOfPool, type NodeTally, nodesByName } from './nodes.ts';
import type { PoolUsage, Usage } from './usage.ts';

/** What `ipam show -o json|yaml` says. Fields keep their names and meanings; new ones may come. */
export interface UsageData {
  readonly pools: readonly PoolData[];
  readonly orphans: { readonly blocks: readonly BlockData[] } & NodesData;
  readonly borrowed: readonly Borrowed[];
  readonly configuration: IpamSettings;
}

interface NodesData {
  readonly resting: number;
  readonly withoutNode: number;
  readonly nodes: readonly {
    readonly node: string;
    readonly blocks: number;
    readonly inUse: number;
    readonly free: number;
    readonly borrowed: number;
  }[];
}

interface PoolData extends Counts, NodesData {
  readonly name: string;
  readonly cidr: string;
  readonly blockSize: number;
  readonly disabled: boolean;
  readonly nodeSelector: string;
  readonly allowedUses: readonly string[];
  readonly blocks: readonly BlockData[];
}

interface BlockData extends Counts {
  readonly cidr: string;
  /** As blocks say it, e.g. `host:worker-1`; null where nobody owns the block. */
  readonly affinity: string | null;
  readonly claimedAt?: string;
}

/** Everything that is known of use, as a value. */
export function usageData(
  { pools, orphans }: Usage,
  tally: NodeTally,
  borrowed: readonly Borrowed[],
  configuration: IpamSettings,
): UsageData {
  return {
    pools: pools.map((usage) => poolData(usage, tally)),
    orphans: { ...nodesData(tally.of(undefined)), blocks: orphans.map(blockData) },
    ...{ borrowed, configuration },
  };
}

function poolData({ pool, blocks, ...counts }: PoolUsage, tally: NodeTally): PoolData {
  return { ...poolFields(pool), ...counts, ...nodesData(tally.of(pool)), blocks: blocks.map(blockData) };
}

function poolFields(pool: Pool) {
  const { name, range, blockSize, disabled, nodeSelector } = pool;
  const cidr = formatCidr(networkOf(range));
  return { name, cidr, blockSize, disabled, nodeSelector, allowedUses: usesOf(pool) };
}

function blockData({ range, affinity, claimedAt, total, inUse, reserved, free }: BlockUsage): BlockData {
  const owned = { affinity: affinity || null, ...(claimedAt === undefined ? {} : { claimedAt }) };
  return { cidr: formatCidr(range), ...owned, total, inUse, reserved, free };
}

function nodesData(counts: NodesOfPool): NodesData {
  const { resting, withoutNode } = counts;
  return { resting, withoutNode, nodes: nodesByName(counts) };
}
