import { type Pool, usesOf } from '../../operations/ipam/pools.ts';
import { formatCidr, hostBits } from '../../resources/net/cidr.ts';
import { type Ground, takenIn } from '../explain/room.ts';
import type { IpamFinding } from '../finding.ts';
import { exact } from '../numbers.ts';
import type { Survey } from '../survey/survey.ts';
import { found } from './finding.ts';
import { roomyGround } from './room.ts';

/** Pools without a free address (CAL3029), or with few (CAL3030). Those whose addresses are asked for by name are not. */
export default function* poolsFull(survey: Survey): Generator<IpamFinding> {
  const ground = roomyGround(survey);
  for (const pool of survey.pools) {
    if (pool.disabled || pool.manual) continue;
    const { left, usable } = leftIn(ground, pool);
    if (usable === 0n || left * 10n >= usable) continue;
    yield left === 0n && !survey.pools.some((other) => replaces(ground, other, pool))
      ? full(ground, pool)
      : nearlyFull(ground, pool, left, usable);
  }
}

/** Addresses that can still be given out, and all that can be. */
export function leftIn(ground: Ground, pool: Pool): { readonly left: bigint; readonly usable: bigint } {
  const { size, reserved, freeInBlocks } = takenIn(ground, pool);
  const block = 1n << BigInt(hostBits(pool.range) - (pool.blockSize - pool.range.prefix));
  const left = BigInt(freeInBlocks) + ground.roomIn(pool).unclaimed * block;
  return { left, usable: size - reserved };
}

/** Another pool of the same family and for the same use that has room. */
function replaces(ground: Ground, other: Pool, pool: Pool): boolean {
  return (
    other !== pool &&
    !other.disabled &&
    !other.manual &&
    other.range.address.family === pool.range.address.family &&
    usesOf(other).some((use) => usesOf(pool).includes(use)) &&
    leftIn(ground, other).left > 0n
  );
}

function evidenceOf(ground: Ground, pool: Pool) {
  const { size, taken, resting, reserved, freeInBlocks } = takenIn(ground, pool);
  return {
    cidr: formatCidr(pool.range),
    addresses: exact(size),
    ...{ taken, resting, reserved: exact(reserved), freeInBlocks },
    blocksLeft: exact(ground.roomIn(pool).unclaimed),
  };
}

function full(ground: Ground, pool: Pool): IpamFinding {
  return found('CAL3029', {
    subject: { kind: 'pool', name: pool.name },
    message: `pool ${pool.name} (${formatCidr(pool.range)}) has no free address, and no other pool for ${usesOf(pool).join(' or ')} has any`,
    evidence: evidenceOf(ground, pool),
    advice: 'Add a pool, or release what is leaked.',
  });
}

function nearlyFull(ground: Ground, pool: Pool, left: bigint, usable: bigint): IpamFinding {
  return found('CAL3030', {
    subject: { kind: 'pool', name: pool.name },
    message: `pool ${pool.name} (${formatCidr(pool.range)}) has ${left} of ${usable} addresses left`,
    evidence: evidenceOf(ground, pool),
    advice: 'Add a pool, or release what is leaked.',
  });
}
