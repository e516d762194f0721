import { excludesNode, type Pool, usesOf } from '../../operations/ipam/pools.ts';
import { type Labels, matchesSelector, parseSelector } from '../../resources/selector/index.ts';
import { type Obstacle, obstacle, type Situation } from './obstacles.ts';

/** Who would find no pool, or another one than meant, once the old pool hands out nothing more. */

function covers(pool: Pool, labels: Labels, use: string): boolean {
  return !pool.manual && usesOf(pool).includes(use) && !excludesNode(pool, labels);
}

/** Nodes that the new pool leaves out. */
export function* nodeObstacles(situation: Situation): Iterable<Obstacle> {
  const { world, from, to, others, occupants } = situation;
  if (to.manual) return;
  const used = new Set(occupants.holders.filter(({ what }) => what !== 'service').map(({ node }) => node));
  const uses = usesOf(from).filter((use) => use !== 'LoadBalancer' && usesOf(to).includes(use));
  for (const [node, { labels }] of world.nodes) {
    if (!used.has(node) && excludesNode(from, labels)) continue;
    const left = uses.filter((use) => !covers(to, labels, use));
    if (left.length === 0) continue;
    const instead = others.filter((pool) => left.every((use) => covers(pool, labels, use)));
    const why = `the node selector of pool ${to.name} ("${to.nodeSelector}") leaves out node ${node}`;
    yield instead.length === 0
      ? obstacle(
          'error',
          `${why}, which would have no pool`,
          'Change the selector or the labels of the node.',
        )
      : obstacle('warning', `${why}: it will use ${instead.map(({ name }) => name).join(', ')} instead`);
  }
}

const USES = {
  pod: 'Workload',
  workload: 'Workload',
  tunnel: 'Tunnel',
  service: 'LoadBalancer',
  unknown: '',
} as const;

/** Uses that the new pool is not for. */
export function* useObstacles({ from, to, others, occupants }: Situation): Iterable<Obstacle> {
  const inUse = new Set<string>(occupants.holders.map(({ what }) => USES[what]).filter(Boolean));
  for (const use of new Set([...usesOf(from), ...inUse])) {
    if (usesOf(to).includes(use)) continue;
    const instead = others.filter((pool) => !pool.manual && usesOf(pool).includes(use));
    const why = `pool ${to.name} is not for ${use} (allowedUses), which pool ${from.name} is used for`;
    if (instead.length > 0)
      yield obstacle('warning', `${why}: those will use ${instead.map(({ name }) => name).join(', ')}`);
    else if (inUse.has(use)) yield obstacle('error', `${why}, and no other pool is`);
    else yield obstacle('warning', `${why}, and no other pool is; nobody uses it so now`);
  }
}

/** Namespaces that the new pool leaves out. */
export function* namespaceObstacles({ to, others, occupants, namespaces }: Situation): Iterable<Obstacle> {
  const admits = ({ namespaceSelector }: Pool, labels: Labels) => {
    const parsed = parseSelector(namespaceSelector ?? '');
    return !parsed.ok || matchesSelector(parsed.selector, labels);
  };
  const used = new Set(
    occupants.holders.filter(({ what }) => what === 'pod').map(({ namespace }) => namespace),
  );
  for (const namespace of used) {
    const labels = namespaces.get(namespace) ?? {};
    if (admits(to, labels)) continue;
    const instead = others.filter((pool) => !pool.manual && admits(pool, labels));
    const why = `the namespace selector of pool ${to.name} leaves out namespace ${namespace}`;
    yield instead.length === 0
      ? obstacle('error', `${why}, which would have no pool`)
      : obstacle(
          'warning',
          `${why}: its pods will use ${instead.map(({ name }) => name).join(', ')} instead`,
        );
  }
}
