import type { Pool } from '../../operations/ipam/pools.ts';
import type { Resource } from '../../resources/kind.ts';
import { ownerIn, takenIn } from './borrowed.ts';
import type { BlockUsage } from './counts.ts';

/** What one node has of one pool. */
export interface NodeUsage {
  readonly node: string;
  /** Blocks that it owns. */
  blocks: number;
  /** Addresses of these blocks that nobody has, and that are not reserved. */
  free: number;
  /** Addresses that it uses, borrowed ones among them. */
  inUse: number;
  /** Those of them that are in blocks of others. */
  borrowed: number;
}

/** What nodes have of one pool, or of no pool. */
export interface NodesOfPool {
  readonly nodes: ReadonlyMap<string, NodeUsage>;
  /** Released addresses that rest until they may be given out again. */
  resting: number;
  /** Addresses of nobody that is a node, such as those of services. */
  withoutNode: number;
}

interface Tally extends NodesOfPool {
  readonly nodes: Map<string, NodeUsage>;
}

/** Counts by pool and node while blocks pass by. */
export class NodeTally {
  readonly #pools = new Map<Pool | undefined, Tally>();

  /** What was counted of a pool; undefined for the blocks of none. */
  of(pool: Pool | undefined): NodesOfPool {
    return this.#tally(pool);
  }

  take(stored: Resource, block: BlockUsage, pool: Pool | undefined): void {
    const tally = this.#tally(pool);
    const host = block.affinity.startsWith('host:') ? ownerIn(block.affinity) : '';
    if (host !== '') {
      const own = nodeOf(tally, host);
      own.blocks++;
      own.free += Number(block.free);
    }
    for (const { attribute } of takenIn(stored)) {
      const node = attribute?.secondary?.['node'] || host;
      if (attribute?.releasedAt !== undefined) tally.resting++;
      else if (node === '') tally.withoutNode++;
      else {
        const usage = nodeOf(tally, node);
        usage.inUse++;
        if (node !== host) usage.borrowed++;
      }
    }
  }

  #tally(pool: Pool | undefined): Tally {
    let tally = this.#pools.get(pool);
    if (tally === undefined) {
      tally = { nodes: new Map(), resting: 0, withoutNode: 0 };
      this.#pools.set(pool, tally);
    }
    return tally;
  }
}

function nodeOf({ nodes }: Tally, node: string): NodeUsage {
  let usage = nodes.get(node);
  if (usage === undefined) {
    usage = { node, blocks: 0, free: 0, inUse: 0, borrowed: 0 };
    nodes.set(node, usage);
  }
  return usage;
}

/** Nodes in the order of their names. */
export function nodesByName({ nodes }: NodesOfPool): readonly NodeUsage[] {
  return [...nodes.values()].sort((a, b) => (a.node < b.node ? -1 : 1));
}
