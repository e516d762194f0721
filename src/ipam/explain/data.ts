import type { JsonObject } from '../../core/json.ts';
import { formatOwner } from '../../operations/ipam/objects.ts';
import { type Pool, usesOf } from '../../operations/ipam/pools.ts';
import { formatCidr } from '../../resources/net/cidr.ts';
import { exact } from '../numbers.ts';
import { conclusionOf } from './conclusion.ts';
import type { Explanation, PoolExplanation } from './explain.ts';
import type { PoolChoice } from './pools.ts';
import { type Ground, type PoolRoom, takenIn } from './room.ts';
import { freeIn, type OwnBlock, type Walk } from './walk.ts';

/** An explanation as data, for `-o json` and `-o yaml`. */
export function explanationData({ ground, node, pool }: Explanation): JsonObject {
  const { cluster, settings } = ground.survey;
  return {
    locked: cluster.locked,
    settings: { ...settings },
    ...(node === undefined ? {} : { node: { name: node.name, requests: node.walks.map(walkData) } }),
    ...(pool === undefined ? {} : { pool: poolData(ground, pool) }),
  };
}

export function walkData(walk: Walk): JsonObject {
  const { family, use, limit, mayClaim, mayBorrow, borrowable, outcome } = walk;
  const { text, advice } = conclusionOf(walk);
  return {
    family,
    use,
    outcome: outcome.from,
    ...(outcome.from === 'nowhere' ? { obstacle: outcome.why } : {}),
    conclusion: text,
    advice,
    pools: walk.pools.map(choiceData),
    blocks: walk.own.map(blockData),
    blocksInOtherPools: walk.elsewhere.map(blockData),
    blocksWithoutAffinity: walk.forgotten,
    limit: { blocks: limit.blocks, usual: limit.usual },
    newBlocks: {
      allowed: mayClaim,
      pools: walk.rooms.map(({ pool, room, reclaimable }) => ({
        name: pool.name,
        ...roomData(room),
        reclaimable,
      })),
    },
    borrowing: { allowed: mayBorrow, free: borrowable },
  };
}

function choiceData({ pool, chosen, reasons, condition }: PoolChoice): JsonObject {
  return {
    name: pool.name,
    cidr: formatCidr(pool.range),
    chosen,
    reasons,
    ...(condition === undefined ? {} : { condition }),
  };
}

function blockData(block: OwnBlock): JsonObject {
  const { name, state, room, stale } = block;
  return {
    cidr: name,
    affinity: state === '' ? 'confirmed' : state,
    exists: room !== undefined,
    ...(stale === undefined ? {} : { unusable: stale }),
    ...(room === undefined ? {} : { ...room }),
    free: exact(freeIn(block)),
  };
}

function roomData({ blocks, existing, reserved, unclaimed }: PoolRoom): JsonObject {
  return { blocks: exact(blocks), existing, reserved: exact(reserved), unclaimed: exact(unclaimed) };
}

function poolData(ground: Ground, explained: PoolExplanation): JsonObject {
  const { pool, use, walks, others } = explained;
  return {
    ...settingsOf(pool),
    use,
    addresses: takenData(ground, pool),
    blocks: { ...roomData(ground.roomIn(pool)), reclaimable: ground.reclaimable(pool, '-') },
    owners: walks.map((walk) => ({
      owner: formatOwner(walk.owner),
      outcome: walk.outcome.from,
      ...(walk.outcome.from === 'nowhere' ? { obstacle: walk.outcome.why } : {}),
      blocks: walk.own.length,
      free: exact(walk.own.reduce((sum, block) => sum + freeIn(block), 0n)),
      conclusion: conclusionOf(walk).text,
    })),
    others,
  };
}

function settingsOf(pool: Pool): JsonObject {
  return {
    name: pool.name,
    cidr: formatCidr(pool.range),
    blockSize: pool.blockSize,
    disabled: pool.disabled,
    nodeSelector: pool.nodeSelector,
    ...(pool.namespaceSelector === undefined ? {} : { namespaceSelector: pool.namespaceSelector }),
    allowedUses: usesOf(pool),
    assignmentMode: pool.manual === true ? 'Manual' : 'Automatic',
  };
}

function takenData(ground: Ground, pool: Pool): JsonObject {
  const { size, taken, resting, reserved, freeInBlocks } = takenIn(ground, pool);
  return { size: exact(size), taken, resting, reserved: exact(reserved), freeInBlocks };
}
