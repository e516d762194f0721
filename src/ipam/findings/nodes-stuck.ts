import type { Datastore } from '../../datastore/datastore.ts';
import { collectGarbage } from '../../operations/ipam/block.ts';
import { usesOf } from '../../operations/ipam/pools.ts';
import { conclusionOf } from '../explain/conclusion.ts';
import { walkData } from '../explain/data.ts';
import { affinitiesByOwner } from '../explain/explain.ts';
import { freeIn, type Walk, walk } from '../explain/walk.ts';
import type { IpamFinding } from '../finding.ts';
import { blocksNow, lookedAt } from '../survey/again.ts';
import type { Survey } from '../survey/survey.ts';
import { found } from './finding.ts';
import { leftIn } from './pools-full.ts';
import { roomyGround } from './room.ts';

/** Nodes that get no more addresses (CAL3031), and those that soon may not, for the limit of blocks (CAL3032). */
export default async function* nodesStuck(survey: Survey, store: Datastore): AsyncGenerator<IpamFinding> {
  const stuck: Walk[] = [];
  for (const each of walksOfNodes(survey)) {
    if (isStuck(each)) stuck.push(each);
    else if (isAtLimit(each)) yield atLimit(each);
  }
  yield* lookedAt(store, stuck, async (each) =>
    (await isFreeAgain(survey, store, each)) ? undefined : noMore(each),
  );
}

/** Families without any room are left out: that is told of their pools. */
function* walksOfNodes(survey: Survey): Generator<Walk> {
  const ground = roomyGround(survey);
  const families = ([4, 6] as const).filter((family) =>
    survey.pools.some(
      (pool) =>
        pool.range.address.family === family &&
        !pool.disabled &&
        !pool.manual &&
        usesOf(pool).includes('Workload') &&
        leftIn(ground, pool).left > 0n,
    ),
  );
  const affinities = affinitiesByOwner(survey);
  for (const name of survey.nodes.keys())
    for (const family of families)
      yield walk(
        ground,
        { type: 'host', name },
        { family, use: 'Workload' },
        affinities.get(`host:${name}`) ?? [],
      );
}

/** Nodes that no pool is meant for are none of ours; without blocks of their own they are not wronged by settings. */
function isStuck({ outcome, own }: Walk): boolean {
  if (outcome.from !== 'nowhere') return false;
  if (outcome.why === 'no-claims') return own.length > 0;
  return outcome.why === 'limit' || outcome.why === 'strict' || outcome.why === 'full';
}

function isAtLimit({ own, limit, outcome }: Walk): boolean {
  if (own.length < limit.blocks || (outcome.from !== 'own-block' && outcome.from !== 'borrowed'))
    return false;
  const size = own.reduce((sum, { room }) => sum + (room?.size ?? 0), 0);
  return freeInAll(own) * 10n < BigInt(size);
}

function freeInAll(own: Walk['own']): bigint {
  return own.reduce((sum, block) => sum + freeIn(block), 0n);
}

async function isFreeAgain(survey: Survey, store: Datastore, { own }: Walk): Promise<boolean> {
  const blocks = own.flatMap(({ name, stale }) =>
    stale === undefined ? (survey.blocks.named(name) ?? []) : [],
  );
  for await (const { seen, block } of blocksNow(store, survey, blocks)) {
    const freed = collectGarbage(block, survey.settings.cooldownSeconds, new Date());
    const reserved = own.find(({ name }) => name === seen.name)?.room?.reserved ?? 0;
    if (freed.spec.unallocated.length > reserved) return true;
  }
  return false;
}

function noMore(each: Walk): IpamFinding {
  const { text, advice } = conclusionOf(each);
  return found('CAL3031', {
    subject: { kind: 'node', name: each.owner.name },
    message: text.replace(/\.$/, ''),
    owner: `Node(${each.owner.name})`,
    evidence: walkData(each),
    ...(advice[0] === undefined ? {} : { advice: advice[0] }),
  });
}

function atLimit(each: Walk): IpamFinding {
  const { owner, own, limit, family } = each;
  return found('CAL3032', {
    subject: { kind: 'node', name: owner.name },
    message: `node ${owner.name} has ${own.length} IPv${family} blocks and may have ${limit.blocks}; ${freeInAll(own)} of their addresses are free`,
    owner: `Node(${owner.name})`,
    evidence: walkData(each),
  });
}
