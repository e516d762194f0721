import { describe, expect, test } from 'bun:test';
import { explanationData } from '../../../src/ipam/explain/data.ts';
import { explainNamed } from '../../../src/ipam/explain/explain.ts';
import { explanationText } from '../../../src/ipam/explain/text.ts';
import type { Outcome } from '../../../src/ipam/explain/walk.ts';
import {
  addAffinity,
  addBlock,
  addNode,
  addPool,
  inMemory,
  type Scene,
  scene,
  type Taken,
} from '../findings/scene.ts';

const pods = (from: number, to: number): Record<number, Taken> =>
  Object.fromEntries(Array.from({ length: to - from }, (_, at) => [from + at, { handle: `h-${from + at}` }]));

const now = () => `${new Date().toISOString().slice(0, 19)}Z`;

/** Two nodes, a pool of two blocks of eight. */
function small(settings: object = {}, pool: object = {}): Scene {
  const cluster = scene();
  cluster.set('IPAMConfig', 'default', { autoAllocateBlocks: true, ...settings });
  addPool(cluster, 'pods', '10.0.0.0/28', pool);
  addNode(cluster, 'worker-1', {}, { rack: 'a' });
  addNode(cluster, 'worker-2', {}, { rack: 'b' });
  return cluster;
}

async function walkOf(cluster: Scene, node = 'worker-1', request = 0) {
  const { node: explained } = await explainNamed(await inMemory(cluster), {}, node);
  return explained!.walks[request]!;
}

const outcomeOf = async (cluster: Scene, node?: string): Promise<string> => {
  const outcome: Outcome = (await walkOf(cluster, node)).outcome;
  return outcome.from === 'nowhere' ? outcome.why : outcome.from;
};

const STRICT = { strictAffinity: true };
const own = (
  cluster: Scene,
  taken: Record<number, Taken> = pods(0, 8),
  cidr = '10.0.0.0/29',
  owner = 'worker-1',
) => addBlock(cluster, { cidr, owner: `host:${owner}`, taken });

const WALKS: readonly (readonly [string, () => Scene, expected: string])[] = [
  ['nothing yet', () => small(), 'new-block'],
  ['a block with room', () => after(small(), (c) => own(c, pods(0, 7))), 'own-block'],
  ['a full block', () => after(small(), (c) => own(c)), 'new-block'],
  [
    'an affinity whose block is yet to be made',
    () => after(small(), (c) => addAffinity(c, { name: 'worker-1', cidr: '10.0.0.0/29', state: 'pending' })),
    'own-block',
  ],
  [
    'a block whose affinity is gone, in a pool without others',
    () =>
      after(small(STRICT, { cidr: '10.0.0.0/29' }), (c) => {
        own(c, pods(0, 3));
        c.remove('BlockAffinity', 'host/worker-1/10.0.0.0/29');
      }),
    'own-block',
  ],
  [
    'only reserved addresses left',
    () =>
      after(small({}, { cidr: '10.0.0.0/29' }), (c) => {
        own(c, pods(0, 6));
        c.set('IPReservation', 'kept', { reservedCIDRs: ['10.0.0.6/31'] });
      }),
    'full',
  ],
  [
    'only resting addresses left',
    () =>
      after(small({ ipCooldownSeconds: 600, ...STRICT, maxBlocksPerHost: 1 }), (c) =>
        own(c, { ...pods(0, 7), 7: { releasedAt: now() } }),
      ),
    'limit',
  ],
  [
    'addresses that have rested',
    () =>
      after(small({ ipCooldownSeconds: 600, ...STRICT, maxBlocksPerHost: 1 }), (c) =>
        own(c, { ...pods(0, 7), 7: { releasedAt: '2026-01-01T00:00:00Z' } }),
      ),
    'own-block',
  ],
  [
    'an empty block of another',
    () => after(small(STRICT), (c) => [own(c), own(c, {}, '10.0.0.8/29', 'worker-2')]),
    'reclaimed-block',
  ],
  [
    'an empty block that another has just claimed',
    () =>
      after(small(STRICT), (c) => {
        own(c);
        addBlock(c, { cidr: '10.0.0.8/29', owner: 'host:worker-2', claimed: now() });
      }),
    'strict',
  ],
  [
    'room in a block of another',
    () => after(small(), (c) => [own(c), own(c, pods(0, 3), '10.0.0.8/29', 'worker-2')]),
    'borrowed',
  ],
  [
    'the same, strictly',
    () => after(small(STRICT), (c) => [own(c), own(c, pods(0, 3), '10.0.0.8/29', 'worker-2')]),
    'strict',
  ],
  [
    'no room at all',
    () => after(small(), (c) => [own(c), own(c, pods(0, 8), '10.0.0.8/29', 'worker-2')]),
    'full',
  ],
  ['the limit', () => after(small({ ...STRICT, maxBlocksPerHost: 1 }), (c) => own(c)), 'limit'],
  ['no claims', () => after(small({ ...STRICT, autoAllocateBlocks: false }), (c) => own(c)), 'no-claims'],
  ['a selector for others', () => small({}, { nodeSelector: "rack == 'b'" }), 'no-pool-chosen'],
  ['a disabled pool', () => small({}, { disabled: true }), 'no-pool-chosen'],
  ['a pool for load balancers', () => small({}, { allowedUses: ['LoadBalancer'] }), 'no-pool-chosen'],
  ['a pool to be asked for', () => small({}, { assignmentMode: 'Manual' }), 'no-pool-chosen'],
  ['no pool', () => after(small(), (c) => c.remove('IPPool', 'pods')), 'no-pool'],
  [
    'Windows without strict affinity',
    () => after(small(), (c) => addNode(c, 'worker-1', {}, { 'kubernetes.io/os': 'windows' })),
    'windows',
  ],
  [
    'Windows and blocks that are too small',
    () =>
      after(small(STRICT, { blockSize: 30 }), (c) =>
        addNode(c, 'worker-1', {}, { 'kubernetes.io/os': 'windows' }),
      ),
    'no-pool-chosen',
  ],
  [
    'a block in a pool that does not want the node any more',
    () => after(small({}, { nodeSelector: "rack == 'b'" }), (c) => own(c, pods(0, 2))),
    'no-pool-chosen',
  ],
];

function after(cluster: Scene, change: (cluster: Scene) => unknown): Scene {
  change(cluster);
  return cluster;
}

describe('the way of a request', () => {
  test.each(WALKS)('%s', async (_name, make, expected) => {
    expect(await outcomeOf(make())).toBe(expected);
  });

  test('the twenty-first block is not claimed', async () => {
    const cluster = scene();
    addPool(cluster, 'pods', '10.0.0.0/24', { blockSize: 32 });
    addNode(cluster, 'worker-1');
    for (let block = 0; block < 20; block++) own(cluster, pods(0, 1), `10.0.0.${block}/32`);
    const { limit, mayClaim, outcome } = await walkOf(cluster);
    expect({ limit, mayClaim, outcome }).toEqual({
      limit: { blocks: 20, usual: true },
      mayClaim: false,
      outcome: { from: 'nowhere', why: 'limit' },
    });
  });

  test('IPv6 goes its own way', async () => {
    const cluster = small();
    addPool(cluster, 'pods6', 'fd00::/124', { blockSize: 125 });
    own(cluster, pods(0, 3), 'fd00::/125');
    expect((await walkOf(cluster, 'worker-1', 1)).outcome).toEqual({
      from: 'own-block',
      block: 'fd00::/125',
    });
    expect((await walkOf(cluster)).outcome).toMatchObject({ from: 'new-block' });
  });
});

describe('what is told', () => {
  test('of a node: every step with its numbers', async () => {
    const cluster = small({ ...STRICT, maxBlocksPerHost: 1 });
    addPool(cluster, 'other', '10.1.0.0/24', { nodeSelector: "rack == 'b'" });
    own(cluster);
    const text = explanationText(await explainNamed(await inMemory(cluster), {}, 'worker-1'));
    expect(
      text,
    ).toBe(`Settings: strict affinity on, blocks are claimed as needed, at most 1 block a node and family, released addresses rest for 0 seconds.

worker-1: IPv4 address for a pod
  1. Pools
    other (10.1.0.0/24): not used, its nodeSelector rack == 'b' does not match: the node has rack=a
    pods (10.0.0.0/28): used
  2. Blocks of worker-1: 1 of at most 1
    10.0.0.0/29: 0 free, 0 reserved, 0 resting, 8 taken
  3. New blocks: forbidden, the limit is reached
    pods (10.0.0.0/28): 1 of 2 blocks left (1 exist, 0 reserved), 0 empty ones of others
  4. Borrowing: forbidden by strict affinity, with 0 free addresses in blocks of others
  A pod on worker-1 that wants an IPv4 address gets no address: it has 1 block without a free address, and may have 1; strict affinity forbids to borrow from others.
  - Raise the limit with \`calicoctl ipam configure --max-blocks-per-host N\`, which needs strict affinity.
  - Look for addresses that are lost with \`calicoctl ipam check\`, and release them with \`calicoctl ipam repair\`.
`);
  });

  test('of a pool: where its nodes get addresses, and who gets none', async () => {
    const cluster = small(STRICT);
    own(cluster);
    own(cluster, pods(0, 3), '10.0.0.8/29', 'worker-2');
    const explained = await explainNamed(await inMemory(cluster), {}, '10.0.0.0/28');
    expect(explanationData(explained)['pool']).toMatchObject({
      name: 'pods',
      addresses: { size: 16, taken: 11, resting: 0, reserved: 0, freeInBlocks: 5 },
      blocks: { blocks: 2, existing: 2, reserved: 0, unclaimed: 0, reclaimable: 0 },
      owners: [
        { owner: 'host:worker-1', outcome: 'nowhere', obstacle: 'strict', blocks: 1, free: 0 },
        { owner: 'host:worker-2', outcome: 'own-block', blocks: 1, free: 5 },
      ],
      others: [],
    });
    expect(explanationText(explained)).toContain(
      'Addresses come from own blocks for 1, from nowhere for 1\n',
    );
  });

  test('of a pool for load balancers, and of one to be asked for', async () => {
    const cluster = small({}, { allowedUses: ['LoadBalancer'] });
    addPool(cluster, 'named', '10.1.0.0/24', { assignmentMode: 'Manual', nodeSelector: "rack == 'b'" });
    const store = await inMemory(cluster);
    const owners = async (name: string) =>
      (await explainNamed(store, {}, name)).pool!.walks.map(
        ({ owner, outcome }) => `${owner.name} ${outcome.from}`,
      );
    expect(await owners('pods')).toEqual(['load-balancer new-block']);
    expect(await owners('named')).toEqual(['worker-1 new-block', 'worker-2 new-block']);
  });

  test('that the lock of the datastore keeps everybody from addresses', async () => {
    const cluster = small();
    cluster.change('ClusterInformation', 'default', { datastoreReady: false });
    const explained = await explainNamed(await inMemory(cluster), {}, 'worker-1');
    expect(explanationText(explained)).toContain('The datastore is locked');
    expect(explanationData(explained)['locked']).toBe(true);
  });

  test('that namespaces decide', async () => {
    const explained = await walkOf(small({}, { namespaceSelector: "team == 'x'" }));
    expect(explained.pools[0]).toMatchObject({
      chosen: true,
      condition: "only for pods of namespaces that match team == 'x'",
    });
  });

  test('what was meant by a name that nothing has', async () => {
    const store = await inMemory(small());
    expect(explainNamed(store, {}, 'worker-3')).rejects.toThrow(
      'there is no node and no pool worker-3 (did you mean "worker-1"?)',
    );
  });
});
