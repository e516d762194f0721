import { counted } from '../../../core/words.ts';
import type { PoolUsage } from '../../../ipam/usage/usage.ts';
import { excludesNode, usesOf } from '../../../operations/ipam/pools.ts';
import { formatCidr, networkOf } from '../../../resources/net/cidr.ts';
import { type Cause, cause, listed, subjects } from '../cause.ts';
import type { Facts, KubeNode } from '../facts.ts';
import { seenValue } from '../seen.ts';

/** A pool with less than a tenth of its addresses left is nearly full, as `ipam check` has it. */
const TENTHS = 10n;

/** Whether there are addresses left, and whether the records of them can be read. */
export function* judgeAddresses(facts: Facts): Generator<Cause> {
  const usage = seenValue(facts.usage);
  if (usage === undefined) return;
  const nodes = seenValue(facts.nodes) ?? [];
  for (const pool of usage.pools) yield* judgePool(pool, usage.pools, nodes);
  const { corrupt, orphans } = usage;
  if (corrupt.length > 0)
    yield cause('block-unreadable', {
      subjects: subjects(
        'IPAMBlock',
        corrupt.map(({ entry }) => entry),
      ),
      message: `${counted(corrupt.length, 'block')} of addresses cannot be read: ${listed(corrupt.map(({ entry, reason }) => `${entry} (${reason})`))}`,
      evidence: {},
      advice: 'Calico stops at such a block too: look at it, and mend it by hand.',
      command: 'calicoctl ipam check',
    });
  const astray = orphans.filter(({ inUse }) => inUse > 0n);
  if (astray.length > 0)
    yield cause('block-outside-pools', {
      subjects: astray.map(({ range }) => ({ kind: 'IPAMBlock', name: formatCidr(range) })),
      message: `${counted(astray.length, 'block')} with addresses in use ${astray.length === 1 ? 'is' : 'are'} of no pool: ${listed(astray.map(({ range }) => formatCidr(range)))}`,
      evidence: { inUse: String(astray.reduce((sum, { inUse }) => sum + inUse, 0n)) },
      advice: 'Make their pool again, or restart the workloads that use them.',
      command: 'calicoctl ipam check -o yaml',
    });
}

function* judgePool(
  usage: PoolUsage,
  all: readonly PoolUsage[],
  nodes: readonly KubeNode[],
): Generator<Cause> {
  const { pool, free, inUse } = usage;
  const usable = free + inUse;
  if (pool.disabled || pool.manual || usable === 0n || free * TENTHS >= usable) return;
  const name = `pool ${pool.name} (${formatCidr(networkOf(pool.range))})`;
  const told = {
    subjects: [{ kind: 'IPPool', name: pool.name }],
    evidence: { inUse: String(inUse), usable: String(usable), free: String(free) },
    advice: 'Add a pool, or release what is leaked (`calicoctl ipam check`).',
    command: 'calicoctl ipam show --show-blocks',
  };
  const others = all.filter((each) => replaces(each, usage));
  const other = others[0];
  const without = nodes.filter(
    ({ labels }) => !excludesNode(pool, labels) && others.every((each) => excludesNode(each.pool, labels)),
  );
  const uses = usesOf(pool);
  // One for services alone may be just as large as it has to be.
  const isForNodes = uses.includes('Workload') || uses.includes('Tunnel');
  if (free === 0n && isForNodes && (other === undefined || without.length > 0)) {
    const where = other && ` on ${counted(without.length, 'node')}`;
    const who = uses.includes('Workload') ? 'pods' : 'tunnels';
    yield cause('pool-full', {
      ...told,
      message: `${name} has no free address of ${usable}, and no other pool can stand in${where ?? ''}: new ${who}${where ? ' there' : ''} get none`,
    });
  } else
    yield cause('pool-nearly-full', {
      ...told,
      message: `${name} has ${free} of ${usable} addresses left${other === undefined ? '' : `; ${other.pool.name} has room`}`,
    });
}

/** Another pool of the same family and for the same use that has room. */
function replaces({ pool, free }: PoolUsage, { pool: full }: PoolUsage): boolean {
  return (
    pool !== full &&
    !pool.disabled &&
    !pool.manual &&
    free > 0n &&
    pool.range.address.family === full.range.address.family &&
    (pool.namespaceSelector === undefined || pool.namespaceSelector === full.namespaceSelector) &&
    usesOf(pool).some((use) => usesOf(full).includes(use))
  );
}
