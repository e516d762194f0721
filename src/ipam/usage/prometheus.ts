import { formatCidr, networkOf } from '../../resources/net/cidr.ts';
import { type NodeTally, type NodeUsage, nodesByName } from './nodes.ts';
import type { PoolUsage, Usage } from './usage.ts';

/**
 * Numbers of addresses in Prometheus' text format, e.g. for the textfile collector. Names and labels stay as they are.
 * What belongs to no pool has the label `pool=""`.
 */

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: bigint | number];

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** The whole exposition, ending in a newline. */
export function prometheusText(usage: Usage, tally: NodeTally): string {
  return [...poolMetrics(usage, tally), ...nodeMetrics(usage, tally), ...orphanMetrics(usage)]
    .map(metricText)
    .join('');
}

function poolMetrics({ pools }: Usage, tally: NodeTally): readonly Metric[] {
  const each = (value: (usage: PoolUsage) => bigint | number): readonly Sample[] =>
    pools.map((usage) => [poolLabels(usage), value(usage)]);
  const metric = (name: string, help: string, value: (usage: PoolUsage) => bigint | number): Metric => ({
    ...{ name: `calico_ipam_pool_${name}`, help, samples: each(value) },
  });
  return [
    metric('size', 'Addresses of the pool.', ({ total }) => total),
    metric('in_use', 'Addresses of the pool that are taken or resting.', ({ inUse }) => inUse),
    metric('reserved', 'Addresses of the pool that IPReservations cover.', ({ reserved }) => reserved),
    metric('free', 'Addresses of the pool that are neither taken nor reserved.', ({ free }) => free),
    metric('resting', 'Released addresses of the pool that nobody gets yet.', ({ pool }) => {
      return tally.of(pool).resting;
    }),
    metric('blocks', 'Blocks of the pool.', ({ blocks }) => blocks.length),
    metric('disabled', '1 for a pool that gives out no addresses, else 0.', ({ pool }) =>
      Number(pool.disabled),
    ),
  ];
}

function poolLabels({ pool }: PoolUsage): Labels {
  return { pool: pool.name, cidr: formatCidr(networkOf(pool.range)) };
}

function nodeMetrics({ pools }: Usage, tally: NodeTally): readonly Metric[] {
  const places = [...pools.map(({ pool }) => pool), undefined];
  const each = (value: (node: NodeUsage) => number): readonly Sample[] =>
    places.flatMap((pool) =>
      nodesByName(tally.of(pool)).map(
        (node): Sample => [{ node: node.node, pool: pool?.name ?? '' }, value(node)],
      ),
    );
  const metric = (name: string, help: string, value: (node: NodeUsage) => number): Metric => ({
    ...{ name: `calico_ipam_node_${name}`, help, samples: each(value) },
  });
  return [
    metric('blocks', 'Blocks that the node owns.', ({ blocks }) => blocks),
    metric('in_use', 'Addresses that the node uses, borrowed ones among them.', ({ inUse }) => inUse),
    metric('free', "Addresses of the node's own blocks that nobody has.", ({ free }) => free),
    metric('borrowed', 'Addresses that the node uses out of blocks of others.', ({ borrowed }) => borrowed),
  ];
}

function orphanMetrics({ orphans }: Usage): readonly Metric[] {
  const families = [4, 6].map((family) => ({
    labels: { family: `ipv${family}` },
    blocks: orphans.filter(({ range }) => range.address.family === family),
  }));
  const blocks = families.map((family): Sample => [family.labels, family.blocks.length]);
  const inUse = families.map(
    (family): Sample => [family.labels, family.blocks.reduce((sum, block) => sum + block.inUse, 0n)],
  );
  return [
    { name: 'calico_ipam_orphan_blocks', help: 'Blocks that no pool has.', samples: blocks },
    {
      name: 'calico_ipam_orphan_in_use',
      help: 'Addresses in use in blocks that no pool has.',
      samples: inUse,
    },
  ];
}

function metricText({ name, help, samples }: Metric): string {
  const lines = samples.map(([labels, value]) => `${name}{${labelsText(labels)}} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}
