import { CalicoctlError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { collectGarbage } from '../../operations/ipam/block.ts';
import { formatOwner, type Owner } from '../../operations/ipam/objects.ts';
import { type Pool, usesOf } from '../../operations/ipam/pools.ts';
import { formatCidr } from '../../resources/net/cidr.ts';
import { blocksNow } from '../survey/again.ts';
import { drain, openSurvey, type SurveyOptions } from '../survey/read.ts';
import { COOLING, type Survey, type SurveyedAffinity, type SurveyedBlock } from '../survey/survey.ts';
import type { Request, Use } from './pools.ts';
import { type Ground, groundOf } from './room.ts';
import { type Walk, walk } from './walk.ts';

/** Why a node, or the nodes of a pool, get an address or none. */
export interface Explanation {
  readonly ground: Ground;
  /** Undefined where the name is no node's. */
  readonly node?: { readonly name: string; readonly walks: readonly Walk[] };
  /** Undefined where the name is no pool's. */
  readonly pool?: PoolExplanation;
}

export interface PoolExplanation {
  readonly pool: Pool;
  readonly use: Use;
  /** Of every node that may use it, or of what stands for load balancers; from this pool alone. */
  readonly walks: readonly Walk[];
  /** Nodes that may not use it. */
  readonly others: readonly string[];
}

/** Reads what an assignment looks at, and explains. Who uses addresses does not matter to it. */
export async function explainNamed(
  store: Datastore,
  options: SurveyOptions,
  name: string,
): Promise<Explanation> {
  const stages = openSurvey(store, options);
  await stages.cluster();
  await drain(stages.blocks());
  await stages.settings();
  await drain(stages.nodes());
  return explainFull(await stages.finish(), store, name, new Date());
}

/** Explains a node by its name, a pool by its name or CIDR, or both. Throws `not-found` where there is neither. */
export async function explainFull(
  survey: Survey,
  store: Datastore,
  name: string,
  now: Date,
): Promise<Explanation> {
  const node = survey.nodes.get(name);
  const pool = survey.pools.find((each) => each.name === name || formatCidr(each.range) === name);
  if (node === undefined && pool === undefined) throw unknown(survey, name);
  const concerned = (block: SurveyedBlock) =>
    pool !== undefined || (block.owner?.type === 'host' && block.owner.name === name);
  const ground = groundOf(survey, await ripeIn(survey, store, concerned, now), now);
  const affinities = affinitiesByOwner(survey);
  return {
    ground,
    ...(node === undefined ? {} : { node: { name, walks: nodeWalks(ground, name, affinities) } }),
    ...(pool === undefined ? {} : { pool: explainPool(ground, pool, affinities) }),
  };
}

function unknown({ nodes, pools }: Survey, name: string): CalicoctlError {
  const names = [...nodes.keys(), ...pools.map((pool) => pool.name)];
  return new CalicoctlError('not-found', `there is no node and no pool ${name}${didYouMean(name, names)}`, {
    hint: 'Give the name of a node, or the name or CIDR of a pool.',
  });
}

type Affinities = ReadonlyMap<string, readonly SurveyedAffinity[]>;

/** Under the owner as blocks name it, in the order listed. */
export function affinitiesByOwner({ affinities }: Survey): Affinities {
  const groups = new Map<string, SurveyedAffinity[]>();
  for (const affinity of affinities) {
    const owner = formatOwner(affinity.owner);
    const group = groups.get(owner);
    if (group === undefined) groups.set(owner, [affinity]);
    else group.push(affinity);
  }
  return groups;
}

function nodeWalks(ground: Ground, name: string, affinities: Affinities): readonly Walk[] {
  const owner: Owner = { type: 'host', name };
  const mine = affinities.get(formatOwner(owner)) ?? [];
  return requestsOf(ground.survey).map((request) => walk(ground, owner, request, mine));
}

/** IPv4 always; IPv6, and tunnels by themselves, where there are pools for them. */
function requestsOf({ pools }: Survey): readonly Request[] {
  const families = [4, 6] as const;
  const tunnels = (family: 4 | 6) =>
    pools.some(
      (pool) =>
        pool.range.address.family === family &&
        usesOf(pool).includes('Tunnel') &&
        !usesOf(pool).includes('Workload'),
    );
  return families
    .filter((family) => family === 4 || pools.some(({ range }) => range.address.family === family))
    .flatMap((family) => [
      { family, use: 'Workload' as const },
      ...(tunnels(family) ? [{ family, use: 'Tunnel' as const }] : []),
    ]);
}

function explainPool(ground: Ground, pool: Pool, affinities: Affinities): PoolExplanation {
  const uses = usesOf(pool);
  const use =
    (['Workload', 'Tunnel', 'LoadBalancer'] as const).find((each) => uses.includes(each)) ?? 'Workload';
  const owners: readonly Owner[] =
    use === 'LoadBalancer'
      ? [{ type: 'virtual', name: 'load-balancer' }]
      : [...ground.survey.nodes.keys()].map((name) => ({ type: 'host', name }));
  const request = { family: pool.range.address.family, use, byName: pool.manual === true };
  const walks = owners.map((owner) =>
    walk(ground, owner, request, affinities.get(formatOwner(owner)) ?? [], [pool]),
  );
  const mayUse = ({ pools: [choice] }: Walk) => choice?.chosen === true;
  return {
    pool,
    use,
    walks: walks.filter(mayUse),
    others: walks.filter((each) => !mayUse(each)).map(({ owner }) => owner.name),
  };
}

/** Reads those blocks again that have resting addresses, to see which of these have rested long enough. */
async function ripeIn(
  survey: Survey,
  store: Datastore,
  concerned: (block: SurveyedBlock) => boolean,
  now: Date,
): Promise<(block: SurveyedBlock) => number> {
  const ripe = new Map<string, number>();
  const resting = [...survey.blocks].filter(
    (block) => concerned(block) && block.states.some((state) => (state & COOLING) !== 0),
  );
  for await (const { seen, block } of blocksNow(store, survey, resting)) {
    const after = collectGarbage(block, survey.settings.cooldownSeconds, now);
    ripe.set(seen.name, after.spec.unallocated.length - block.spec.unallocated.length);
  }
  return ({ name }) => ripe.get(name) ?? 0;
}
