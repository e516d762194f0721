import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { isError } from '../../../src/core/errors.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { viewData } from '../../../src/ipam/migrate/data.ts';
import type { Wishes } from '../../../src/ipam/migrate/goal.ts';
import { type View, viewOf } from '../../../src/ipam/migrate/view.ts';
import { viewText } from '../../../src/ipam/migrate/words.ts';
import { API_VERSION } from '../../../src/resources/kind.ts';
import { blockSpec, fileStore, type OpenStore, put, ref } from '../../operations/stores.ts';
import { simulatedPods } from './simulated.ts';

/** Planning, on a folder: what stands in it, what is wished, and what is said of it. */

let open: OpenStore;
beforeEach(async () => {
  open = await fileStore();
});
afterEach(() => open.stop());

const pool = (name: string, spec: object) =>
  put(open.store, 'IPPool', name, { nodeSelector: 'all()', ...spec });

async function node(name: string, labels: Record<string, string> = {}, spec: object = {}): Promise<void> {
  const resource = {
    apiVersion: API_VERSION,
    kind: 'Node',
    metadata: { name, labels },
    spec: spec as JsonObject,
  };
  await open.store.create(await ref('Node', name), resource);
}

const view = (wishes: Wishes, name = 'blue'): Promise<View> => viewOf(open.store, name, wishes);

/** What speaks against it: `error: …` and `warning: …`, each with its hint left out. */
async function against(wishes: Wishes): Promise<readonly string[]> {
  const { obstacles } = await view(wishes);
  return obstacles.map(({ severity, message }) => `${severity}: ${message}`);
}

const AWAY: Wishes = { toCidr: '10.60.0.0/24' };

describe('what speaks against a migration', () => {
  const cases: readonly (readonly [string, () => Promise<unknown>, Wishes, readonly string[]])[] = [
    ['nothing', async () => undefined, AWAY, []],
    [
      'another pool in the range',
      () => pool('red', { cidr: '10.60.0.128/25', blockSize: 28 }),
      AWAY,
      ['error: the new range 10.60.0.0/24 overlaps 10.60.0.128/25 of pool red'],
    ],
    [
      'a pool of the name',
      () => pool('green', { cidr: '10.99.0.0/24' }),
      { ...AWAY, toName: 'green' },
      ['error: a pool named green is there already'],
    ],
    [
      'a block of an earlier pool in the range',
      () => put(open.store, 'IPAMBlock', '10.60.0.0/30', blockSpec('10.60.0.0/30', 4, { 0: 'old' })),
      AWAY,
      ['error: block 10.60.0.0/30 of another size lies in the new range 10.60.0.0/24'],
    ],
    [
      'the address of a machine in the range',
      () => node('w9', {}, { bgp: { ipv4Address: '10.60.0.9/28' } }),
      AWAY,
      ['error: node w9 has an address in the new range 10.60.0.0/24'],
    ],
    [
      'no room for a block',
      async () => undefined,
      { toCidr: '10.60.0.0/29' },
      [
        'error: 10.60.0.0/29 has no room for a block of /28',
        'warning: the nodes need 2 block(s) of /28, but pool blue-10-60-0-0-29 has 0 to give: some nodes will take addresses from blocks of others',
      ],
    ],
    [
      'fewer addresses than are in use',
      async () => undefined,
      { toCidr: '10.60.0.0/31', toBlockSize: 32 },
      [
        'error: pool blue-10-60-0-0-31 (10.60.0.0/31) has 2 address(es) to give, fewer than the 3 in use',
        'warning: the nodes need 3 block(s) of /32, but pool blue-10-60-0-0-31 has 2 to give: some nodes will take addresses from blocks of others',
      ],
    ],
    [
      'addresses that are reserved, each counted once',
      () =>
        put(open.store, 'IPReservation', 'kept', {
          reservedCIDRs: ['10.60.0.0/25', '10.60.0.0/26', '10.60.0.128/25', '10.60.0.128/25', '10.99.0.0/16'],
        }),
      AWAY,
      ['error: pool blue-10-60-0-0-24 (10.60.0.0/24) has 0 address(es) to give, fewer than the 3 in use'],
    ],
    [
      'strict affinity with too few blocks',
      () => settings({ strictAffinity: true, autoAllocateBlocks: true }),
      { toCidr: '10.60.0.0/28' },
      [
        "error: the nodes need 2 block(s) of /28, but pool blue-10-60-0-0-28 has 1 to give, and with strict affinity no node takes addresses from another's block",
      ],
    ],
    [
      'the limit of blocks',
      () => settings({ strictAffinity: true, autoAllocateBlocks: true, maxBlocksPerHost: 1 }),
      { toCidr: '10.60.0.0/24', toBlockSize: 32 },
      [
        'error: node w1 needs 2 block(s) of /32, more than the limit of 1',
        'warning: node w2 has 1 block(s) and needs 1 more, which is beyond the limit of 1 until its old ones are given up',
      ],
    ],
    [
      'nodes that get no blocks by themselves',
      () => settings({ strictAffinity: true }),
      AWAY,
      ['error: autoAllocateBlocks is off: nodes would get no blocks of the new pool'],
    ],
    [
      'a pool that is there but disabled, and only gives to who asks',
      () => pool('green', { cidr: '10.60.0.0/24', disabled: true, assignmentMode: 'Manual' }),
      { to: 'green' },
      [
        'error: pool green is disabled, so nobody would get an address of it',
        'error: pool green gives addresses only to who asks for it (assignmentMode Manual)',
      ],
    ],
    [
      'a selector that leaves out a node',
      () => pool('green', { cidr: '10.60.0.0/24', nodeSelector: "zone == 'a'" }),
      { to: 'green' },
      [`error: the node selector of pool green ("zone == 'a'") leaves out node w2, which would have no pool`],
    ],
    [
      'a selector that leaves out a node with another pool',
      async () => {
        await pool('green', { cidr: '10.60.0.0/24', nodeSelector: "zone == 'a'" });
        await pool('red', { cidr: '10.70.0.0/24', nodeSelector: "zone == 'b'" });
      },
      { to: 'green' },
      [
        `warning: the node selector of pool green ("zone == 'a'") leaves out node w2: it will use red instead`,
      ],
    ],
    [
      'a pool for other uses',
      () => pool('green', { cidr: '10.60.0.0/24', allowedUses: ['LoadBalancer'] }),
      { to: 'green' },
      [
        'error: pool green is not for Workload (allowedUses), which pool blue is used for, and no other pool is',
        'warning: pool green is not for Tunnel (allowedUses), which pool blue is used for, and no other pool is; nobody uses it so now',
      ],
    ],
    [
      'a selector that leaves out a namespace',
      () => pool('green', { cidr: '10.60.0.0/24', namespaceSelector: "team == 'x'" }),
      { to: 'green' },
      ['error: the namespace selector of pool green leaves out namespace shop, which would have no pool'],
    ],
    [
      'a locked datastore',
      () => put(open.store, 'ClusterInformation', 'default', { clusterGUID: 'g', datastoreReady: false }),
      AWAY,
      ['warning: the datastore is locked: nobody gets an address until it is unlocked'],
    ],
    [
      'addresses that nobody seems to have',
      () => put(open.store, 'IPAMBlock', '10.20.0.240/28', blockSpec('10.20.0.240/28', 16, { 3: 'gone' })),
      AWAY,
      [
        'warning: 1 allocated address(es) are used by nobody that can be seen; the pool cannot go while they are allocated',
      ],
    ],
    [
      'blocks that are too few once the range is cut anew',
      () => settings({ strictAffinity: true, autoAllocateBlocks: true }),
      { toBlockSize: 24, viaCidr: '10.61.0.0/24' },
      [
        "error: the nodes need 2 block(s) of /24, but pool blue has 1 to give, and with strict affinity no node takes addresses from another's block",
      ],
    ],
  ];

  test.each(cases)('%s', async (_what, arrange, wishes, expected) => {
    await pool('blue', { cidr: '10.20.0.0/24', blockSize: 28 });
    await node('w1', { zone: 'a' });
    await node('w2', { zone: 'b' });
    const pods = simulatedPods(open);
    for (const [name, where] of [
      ['web-1', 'w1'],
      ['web-2', 'w1'],
      ['web-3', 'w2'],
    ] as const)
      await pods.start(name, where);
    await arrange();
    expect(await against(wishes)).toEqual(expected);
  });
});

function settings(spec: object): Promise<unknown> {
  return put(open.store, 'IPAMConfig', 'default', spec);
}

describe('annotations of a cluster', () => {
  const ASKING: Readonly<Record<string, readonly (readonly [string, string | undefined, string, string])[]>> =
    {
      Pod: [
        ['web-0', 'shop', 'cni.projectcalico.org/ipv4pools', '["other", "blue"]'],
        ['web-1', 'shop', 'cni.projectcalico.org/ipv4pools', '["10.20.0.0/24"]'],
        ['web-2', 'shop', 'cni.projectcalico.org/ipv4pools', '["bluest", "10.20.0.0/25"]'],
        ['web-3', 'shop', 'cni.projectcalico.org/ipv4pools', 'blue'],
        ['web-4', 'shop', 'cni.projectcalico.org/ipAddrs', '["10.20.0.9"]'],
      ],
      Namespace: [['lab', undefined, 'cni.projectcalico.org/ipv4pools', '["blue"]']],
      Service: [['web', 'shop', 'projectcalico.org/loadBalancerIPs', '["192.0.2.1"]']],
    };

  test('that ask for the old pool or an address of it are told of', async () => {
    await pool('blue', { cidr: '10.20.0.0/24', blockSize: 28 });
    const { list, capabilities } = open.store;
    const kubernetes: Datastore = {
      ...open.store,
      capabilities: { ...capabilities, name: 'kubernetes' },
      async *list(query) {
        const asking = ASKING[query.kind.kind];
        if (asking === undefined) return yield* list(query);
        const items = asking.map(([name, namespace, key, text]) => ({
          ...{ apiVersion: 'v1', kind: query.kind.kind, spec: {} },
          metadata: { name, ...(namespace && { namespace }), annotations: { [key]: text } },
        }));
        yield { items, version: '1', corrupt: [] };
      },
    };
    const { obstacles } = await viewOf(kubernetes, 'blue', AWAY);
    expect(obstacles.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
      'warning: annotations ask for pool blue or an address of it, of Namespace lab',
      'warning: annotations ask for pool blue or an address of it, of Pod shop/web-0, shop/web-1, shop/web-4',
    ]);
  });
});

describe('a plan', () => {
  test('names the steps, the nodes, namespaces and pods, and the commands that restart them', async () => {
    await pool('blue', { cidr: '10.20.0.0/24', blockSize: 28 });
    await node('w1', {}, { ipv4VXLANTunnelAddr: '10.20.0.33' });
    const pods = simulatedPods(open);
    await pods.start('web-1', 'w1');
    await pods.start('db-1', 'w1');
    const tunnel = { allocations: [null, 0, null, null], unallocated: [0, 2, 3] };
    const attributes = [
      { handle_id: 'vxlan-tunnel-addr-w1', secondary: { node: 'w1', type: 'vxlanTunnelAddress' } },
    ];
    await put(open.store, 'IPAMBlock', '10.20.0.32/30', {
      ...blockSpec('10.20.0.32/30', 4, {}),
      ...tunnel,
      attributes,
    });
    const text = viewText(await view(AWAY));
    expect(text).toContain(`Migration of pool blue, not begun
  from blue (10.20.0.0/24, blocks of /28)
  to blue-10-60-0-0-24 (10.60.0.0/24, blocks of /28)
`);
    expect(text).toContain(`  node w1
    namespace shop: db-1, web-1
  tunnels: w1 10.20.0.33
`);
    expect(text).toContain(`  Restart them when it suits you:
    kubectl rollout restart -n shop deployment/db
    kubectl rollout restart -n shop deployment/web
`);
    expect(text).toEndWith(`Next: step 1, by
  calicoctl ippool migrate blue --to-cidr 10.60.0.0/24 --apply
`);
  });

  test('reads only', async () => {
    await pool('blue', { cidr: '10.20.0.0/24', blockSize: 28 });
    const refuse = async () => {
      throw new Error('a plan writes nothing');
    };
    const reading = { ...open.store, create: refuse, update: refuse, delete: refuse };
    const { steps } = await viewOf(reading, 'blue', AWAY);
    expect(steps.map(({ what, state }) => `${what} ${state}`)).toEqual([
      'make next',
      ...['disable', 'wait', 'give-up', 'delete', 'finish'].map((what) => `${what} later`),
    ]);
  });

  test('goes through a temporary pool where ranges overlap, and proposes a free range for it', async () => {
    await pool('blue', { cidr: '10.20.0.0/24', blockSize: 28 });
    await pool('next', { cidr: '10.20.1.0/24' });
    await node('w1', {}, { addresses: [{ address: '10.20.2.7' }] });
    const found = await view({ toBlockSize: 26 });
    expect(found.suggestedVia).toBe('10.20.3.0/24');
    expect(found.steps.map(({ what, pool: name }) => `${what} ${name}`)).toEqual([
      ...['make blue-migration', 'disable blue', 'wait blue', 'give-up blue', 'delete blue'],
      ...['make blue', 'disable blue-migration', 'wait blue-migration', 'give-up blue-migration'],
      ...['delete blue-migration', 'finish blue'],
    ]);
    expect(viewData(found)).toMatchObject({
      state: 'planned',
      from: { name: 'blue', cidr: '10.20.0.0/24', blockSize: 28, exists: true },
      via: { name: 'blue-migration', cidr: '10.20.3.0/24', blockSize: 28, exists: false },
      to: { name: 'blue', cidr: '10.20.0.0/24', blockSize: 26 },
      blocked: false,
      estimates: { addresses: 0, moves: 2 },
      next: {
        step: 1,
        command: 'calicoctl ippool migrate blue --to-block-size 26 --via-cidr 10.20.3.0/24 --apply',
      },
    });
  });

  test('grows a range in place', async () => {
    await pool('blue', { cidr: 'fd00:20::/120', blockSize: 122 });
    const found = await view({ toCidr: 'fd00:20::/112' });
    expect(viewData(found)).toMatchObject({
      via: { cidr: 'fd00:20::1:0/120' },
      to: { name: 'blue', cidr: 'fd00:20::/112', blockSize: 122 },
    });
  });

  test.each([
    ['nothing wished', {}, 'no migration of IPPool(blue) is under way; say where it should go'],
    ['the same again', { toBlockSize: 28 }, 'IPPool(blue) is 10.20.0.0/24 with blocks of /28 already'],
    ['no CIDR', { toCidr: 'x' }, "--to-cidr 'x' is not a CIDR"],
    [
      'the other family',
      { toCidr: 'fd00::/64' },
      "--to-cidr fd00::/64 is of the other IP version than the pool's 10.20.0.0/24",
    ],
    ['itself', { to: 'blue' }, '--to must be another pool'],
    [
      'two goals',
      { to: 'red', toCidr: '10.9.0.0/24' },
      '--to names a pool that is there: leave out the flags that describe a new one',
    ],
    [
      'a needless way',
      { toCidr: '10.9.0.0/24', viaCidr: '10.8.0.0/24' },
      '--via-cidr is for ranges that overlap: this migration needs no pool in between',
    ],
    ['no such pool', { to: 'red' }, 'resource does not exist: IPPool(red)'],
  ] as const)('is refused with %s', async (_what, wishes, message) => {
    await pool('blue', { cidr: '10.20.0.0/24', blockSize: 28 });
    const error = await view(wishes).catch((thrown) => thrown);
    expect(isError(error, 'usage', 'not-found')).toBe(true);
    expect(error.message).toBe(message);
  });
});
