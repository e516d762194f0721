import type { FindingCode } from '../../../src/ipam/catalogue.ts';
import { plain } from './healthy.ts';
import {
  addAffinity,
  addBlock,
  addEndpoint,
  addHandle,
  addNode,
  addPool,
  type Scene,
  scene,
} from './scene.ts';

/** Faults, each done to a healthy cluster, with all that has to be found of them. */
export interface Case {
  readonly name: string;
  readonly make: () => Scene;
  /** Codes with subjects, in any order. */
  readonly finds: readonly (readonly [FindingCode, subject: string])[];
  /** The write of the fix of the first of them. */
  readonly fix?: string;
}

function broken(change: (cluster: Scene) => void): () => Scene {
  return () => {
    const cluster = plain();
    change(cluster);
    return cluster;
  };
}

const KNOWN: readonly Case[] = [
  {
    name: 'a pod that went without giving its address back',
    make: broken((cluster) =>
      addBlock(cluster, {
        cidr: '10.0.0.64/29',
        owner: 'host:worker-1',
        taken: { 1: { pod: 'shop/gone', unused: true } },
      }),
    ),
    finds: [['CAL3001', '10.0.0.65']],
    fix: 'release-address',
  },
  {
    name: 'a pod with an address of no pool',
    make: broken((cluster) => addEndpoint(cluster, { pod: 'a/b', node: 'worker-1', address: '10.6.0.1' })),
    finds: [['CAL3002', '10.6.0.1']],
  },
  {
    name: 'a pod whose address is not allocated',
    make: broken((cluster) => addEndpoint(cluster, { pod: 'a/b', node: 'worker-1', address: '10.0.0.7' })),
    finds: [['CAL3003', '10.0.0.7']],
  },
  {
    name: 'a handle of nothing',
    make: broken((cluster) => addHandle(cluster, 'net.gone', '10.0.0.0/29')),
    finds: [['CAL3004', 'net.gone']],
    fix: 'delete-handle',
  },
  {
    name: 'an address whose handle is missing',
    make: broken((cluster) => cluster.remove('IPAMHandle', 'net.shop/web-0')),
    finds: [['CAL3005', 'net.shop/web-0']],
    fix: 'set-handle',
  },
  {
    name: 'a free address that is listed twice',
    make: broken((cluster) => cluster.change('IPAMBlock', '10.0.0.0/29', { unallocated: [3, 3, 4, 5, 6] })),
    finds: [['CAL3006', '10.0.0.0/29']],
  },
  {
    name: 'two pods with one address',
    make: broken((cluster) => addEndpoint(cluster, { pod: 'a/b', node: 'worker-2', address: '10.0.0.1' })),
    finds: [['CAL3007', '10.0.0.1']],
  },
];

const BLOCKS: readonly Case[] = [
  {
    name: 'a block within another',
    make: broken((cluster) =>
      addBlock(cluster, { cidr: '10.0.0.4/30', owner: 'host:worker-2', taken: { 1: { pod: 'a/b' } } }),
    ),
    finds: [
      ['CAL3008', '10.0.0.4/30'],
      ['CAL3011', '10.0.0.4/30'],
    ],
  },
  {
    name: 'an address that two blocks gave out',
    make: broken((cluster) =>
      addBlock(cluster, {
        cidr: '10.0.0.0/30',
        owner: 'host:worker-2',
        taken: { 2: { pod: 'a/b', unused: true } },
      }),
    ),
    finds: [
      ['CAL3008', '10.0.0.0/30'],
      ['CAL3009', '10.0.0.2'],
      ['CAL3011', '10.0.0.0/30'],
    ],
  },
  {
    name: 'a block of a pool that is no more',
    make: broken((cluster) => addBlock(cluster, { cidr: '10.5.0.0/29', owner: 'host:worker-1' })),
    finds: [['CAL3010', '10.5.0.0/29']],
    fix: 'release-affinity',
  },
  {
    name: 'a block of a pool that was made anew with larger blocks',
    make: broken((cluster) => {
      addPool(cluster, 'anew', '10.5.0.0/24', { blockSize: 28 });
      addBlock(cluster, { cidr: '10.5.0.0/29', owner: 'host:worker-1', taken: { 0: { pod: 'a/b' } } });
    }),
    finds: [['CAL3011', '10.5.0.0/29']],
  },
  {
    name: 'an empty block of nobody',
    make: broken((cluster) => addBlock(cluster, { cidr: '10.0.0.64/29' })),
    finds: [['CAL3012', '10.0.0.64/29']],
    fix: 'delete-block',
  },
  {
    name: 'an affinity whose block is gone',
    make: broken((cluster) => addAffinity(cluster, { name: 'worker-1', cidr: '10.0.0.64/29' })),
    finds: [['CAL3013', 'host/worker-1/10.0.0.64/29']],
    fix: 'delete-affinity',
  },
  {
    name: 'a claim that broke off before its block',
    make: broken((cluster) =>
      addAffinity(cluster, { name: 'worker-1', cidr: '10.0.0.64/29', state: 'pending' }),
    ),
    finds: [['CAL3014', 'host/worker-1/10.0.0.64/29']],
    fix: 'delete-affinity',
  },
  {
    name: 'a claim that broke off behind its block',
    make: broken((cluster) =>
      addAffinity(cluster, { name: 'worker-1', cidr: '10.0.0.0/29', state: 'pending' }),
    ),
    finds: [['CAL3014', 'host/worker-1/10.0.0.0/29']],
  },
  {
    name: 'a claim that lost against another',
    make: broken((cluster) =>
      addAffinity(cluster, { name: 'worker-2', cidr: '10.0.0.0/29', state: 'pending' }),
    ),
    finds: [['CAL3014', 'host/worker-2/10.0.0.0/29']],
    fix: 'delete-affinity',
  },
  {
    name: 'giving up that broke off',
    make: broken((cluster) =>
      addAffinity(cluster, { name: 'worker-1', cidr: '10.0.0.64/29', state: 'pendingDeletion' }),
    ),
    finds: [['CAL3014', 'host/worker-1/10.0.0.64/29']],
    fix: 'release-affinity',
  },
  {
    name: 'an affinity to a block of another node',
    make: broken((cluster) => addAffinity(cluster, { name: 'worker-2', cidr: '10.0.0.0/29' })),
    finds: [['CAL3015', 'host/worker-2/10.0.0.0/29']],
    fix: 'delete-affinity',
  },
  {
    name: 'an affinity to a block of nobody',
    make: broken((cluster) => {
      addBlock(cluster, { cidr: '10.0.0.64/29', taken: { 3: { pod: 'shop/left', node: 'worker-3' } } });
      addAffinity(cluster, { name: 'worker-2', cidr: '10.0.0.64/29' });
    }),
    finds: [['CAL3015', 'host/worker-2/10.0.0.64/29']],
    fix: 'delete-affinity',
  },
  {
    name: 'a block whose affinity is gone',
    make: broken((cluster) => cluster.remove('BlockAffinity', 'host/worker-1/10.0.0.0/29')),
    finds: [['CAL3016', '10.0.0.0/29']],
  },
];

const OWNERS: readonly Case[] = [
  {
    name: 'an empty block of a deleted node',
    make: broken((cluster) => addBlock(cluster, { cidr: '10.0.0.64/29', owner: 'host:gone' })),
    finds: [['CAL3017', 'host/gone/10.0.0.64/29']],
    fix: 'release-affinity',
  },
  {
    name: 'a block of a deleted node without affinity',
    make: broken((cluster) => {
      addBlock(cluster, { cidr: '10.0.0.64/29', owner: 'host:gone' });
      cluster.remove('BlockAffinity', 'host/gone/10.0.0.64/29');
    }),
    finds: [['CAL3017', '10.0.0.64/29']],
  },
  {
    name: 'a tunnel address of a deleted node',
    make: broken((cluster) =>
      addBlock(cluster, { cidr: '10.0.0.64/29', owner: 'host:gone', taken: { 0: { tunnel: 'vxlan' } } }),
    ),
    finds: [
      ['CAL3017', 'host/gone/10.0.0.64/29'],
      ['CAL3001', '10.0.0.64'],
      ['CAL3018', 'gone'],
    ],
    fix: 'release-affinity',
  },
  {
    name: 'an address that a deleted node borrowed, and its endpoint',
    make: broken((cluster) =>
      addBlock(cluster, {
        cidr: '10.0.0.64/29',
        owner: 'host:worker-1',
        taken: { 0: { pod: 'shop/old', node: 'gone' } },
      }),
    ),
    finds: [
      ['CAL3018', 'gone'],
      ['CAL3023', 'shop/gone-k8s-old-eth0'],
    ],
  },
  {
    name: 'a handle that counts too many',
    make: broken((cluster) =>
      cluster.change('IPAMHandle', 'net.shop/web-0', { block: { '10.0.0.0/29': 2 } }),
    ),
    finds: [['CAL3019', 'net.shop/web-0']],
    fix: 'set-handle',
  },
  {
    name: 'a handle that names a block that is not there',
    make: broken((cluster) =>
      cluster.change('IPAMHandle', 'net.shop/web-0', { block: { '10.0.0.0/29': 1, '10.0.0.80/29': 1 } }),
    ),
    finds: [['CAL3019', 'net.shop/web-0']],
    fix: 'set-handle',
  },
  {
    name: 'a handle that names the wrong block',
    make: broken((cluster) =>
      cluster.change('IPAMHandle', 'net.shop/web-0', { block: { '10.0.0.8/29': 1 } }),
    ),
    finds: [['CAL3019', 'net.shop/web-0']],
    fix: 'set-handle',
  },
  {
    name: 'a pod with endpoints on two nodes',
    make: broken((cluster) => {
      addBlock(cluster, {
        cidr: '10.0.0.64/29',
        owner: 'host:worker-2',
        taken: { 0: { pod: 'shop/web-0', handle: 'net.other', unused: true } },
      });
      addEndpoint(cluster, { pod: 'shop/web-0', node: 'worker-2', address: '10.0.0.64' });
    }),
    finds: [['CAL3024', 'shop/worker--1-k8s-web--0-eth0']],
  },
];

const TUNNELS: readonly Case[] = [
  {
    name: 'a node without VXLAN address',
    make: broken((cluster) => {
      cluster.set('IPPool', 'pods6', { cidr: 'fd00::/116', blockSize: 125 });
      const bgp = { ipv4Address: '192.0.2.9/24' };
      cluster.set('Node', 'worker-4', { bgp }, { created: '2026-01-01T00:00:00Z' });
    }),
    finds: [['CAL3020', 'worker-4']],
  },
  {
    name: 'a node without WireGuard address',
    make: broken((cluster) => {
      cluster.set('FelixConfiguration', 'default', { wireguardEnabled: true });
      cluster.change('Node', 'worker-1', { wireguard: { interfaceIPv4Address: '10.0.0.64' } });
      addBlock(cluster, {
        cidr: '10.0.0.64/29',
        owner: 'host:worker-1',
        taken: { 0: { tunnel: 'wireguard' } },
      });
      const worker = [...cluster.objects.values()].find(({ name }) => name === 'worker-2')!;
      cluster.set('Node', 'worker-2', worker.spec, { status: { wireguardPublicKey: 'key' } });
    }),
    finds: [['CAL3020', 'worker-2']],
  },
  {
    name: 'a tunnel address that is given to a pod as well',
    make: broken((cluster) => {
      addPool(cluster, 'other', '10.1.0.0/24');
      addNode(cluster, 'worker-4', {
        ipv4VXLANTunnelAddr: '10.1.0.0',
        ipv6VXLANTunnelAddr: 'fd00::80',
      });
      addBlock(cluster, {
        cidr: 'fd00::80/125',
        owner: 'host:worker-4',
        taken: { 0: { tunnel: 'vxlan-v6' } },
      });
      addBlock(cluster, {
        cidr: '10.1.0.0/29',
        owner: 'host:worker-4',
        taken: { 0: { pod: 'a/b', unused: true } },
      });
    }),
    finds: [['CAL3021', '10.1.0.0']],
  },
  {
    name: 'a tunnel address that its node does not use',
    make: broken((cluster) =>
      addBlock(cluster, {
        cidr: '10.0.0.64/29',
        owner: 'host:worker-1',
        taken: { 0: { tunnel: 'ipip' } },
      }),
    ),
    finds: [
      ['CAL3001', '10.0.0.64'],
      ['CAL3022', '10.0.0.64'],
    ],
  },
];

const TIMES: readonly Case[] = [
  {
    name: 'reserved addresses in use',
    make: broken((cluster) => cluster.set('IPReservation', 'late', { reservedCIDRs: ['10.0.0.0/30'] })),
    finds: [['CAL3025', 'late']],
  },
  {
    name: 'an address that rests since January',
    make: broken((cluster) =>
      addBlock(cluster, {
        cidr: '10.0.0.64/29',
        owner: 'host:worker-1',
        taken: { 0: { releasedAt: '2026-01-01T10:00:00Z' } },
      }),
    ),
    finds: [['CAL3026', '10.0.0.64/29']],
  },
  {
    name: 'an address that was released in a time to come',
    make: broken((cluster) =>
      addBlock(cluster, {
        cidr: '10.0.0.64/29',
        owner: 'host:worker-1',
        taken: { 0: { releasedAt: '2099-01-01T10:00:00Z' } },
      }),
    ),
    finds: [
      ['CAL3006', '10.0.0.64/29'],
      ['CAL3027', '10.0.0.64/29'],
    ],
  },
  {
    name: 'an address of a virtual machine that is stopped',
    make: broken((cluster) =>
      addBlock(cluster, {
        cidr: '10.0.0.64/29',
        owner: 'host:worker-1',
        taken: {
          0: { handle: 'net.vmi.lab.machine', attributes: { namespace: 'lab', 'vmi-name': 'machine' } },
        },
      }),
    ),
    finds: [
      ['CAL3001', '10.0.0.64'],
      ['CAL3028', '10.0.0.64'],
    ],
  },
];

const pods = (from: number, to: number, block: string) =>
  Object.fromEntries(
    Array.from({ length: to - from }, (_, index) => [from + index, { pod: `${block}/pod-${from + index}` }]),
  );

/** One node with a block of eight, filled so far, in a pool of two blocks. */
function small(filled: number, settings: object = {}): Scene {
  const cluster = scene();
  cluster.set('IPAMConfig', 'default', { autoAllocateBlocks: true, ...settings });
  addPool(cluster, 'pods', '10.0.0.0/28');
  addNode(cluster, 'worker-1');
  addBlock(cluster, { cidr: '10.0.0.0/29', owner: 'host:worker-1', taken: pods(0, filled, 'one') });
  return cluster;
}

const ROOM: readonly Case[] = [
  {
    name: 'a full pool',
    make: () => {
      const cluster = small(8);
      addNode(cluster, 'worker-2');
      addBlock(cluster, { cidr: '10.0.0.8/29', owner: 'host:worker-2', taken: pods(0, 8, 'two') });
      return cluster;
    },
    finds: [['CAL3029', 'pods']],
  },
  {
    name: 'a full pool beside another',
    make: () => {
      const cluster = small(8);
      addBlock(cluster, { cidr: '10.0.0.8/29', owner: 'host:worker-1', taken: pods(0, 8, 'two') });
      addPool(cluster, 'more', '10.1.0.0/24');
      return cluster;
    },
    finds: [['CAL3030', 'pods']],
  },
  {
    name: 'a pool that is nearly full',
    make: () => {
      const cluster = small(8);
      addNode(cluster, 'worker-2');
      addBlock(cluster, { cidr: '10.0.0.8/29', owner: 'host:worker-2', taken: pods(0, 7, 'two') });
      return cluster;
    },
    finds: [['CAL3030', 'pods']],
  },
  {
    name: 'strict affinity, and no block left for a node without',
    make: () => {
      const cluster = small(8, { strictAffinity: true });
      addBlock(cluster, { cidr: '10.0.0.8/29', owner: 'host:worker-1', taken: pods(0, 2, 'two') });
      addNode(cluster, 'worker-2');
      return cluster;
    },
    finds: [['CAL3031', 'worker-2']],
  },
  {
    name: 'full blocks at the limit, and strict affinity',
    make: () => small(8, { strictAffinity: true, maxBlocksPerHost: 1 }),
    finds: [['CAL3031', 'worker-1']],
  },
  {
    name: 'full blocks, and none claimed as needed',
    make: () => small(8, { strictAffinity: true, autoAllocateBlocks: false }),
    finds: [['CAL3031', 'worker-1']],
  },
  {
    name: 'hardly an address left at the limit of blocks',
    make: () => {
      const cluster = small(8, { strictAffinity: true, maxBlocksPerHost: 2 });
      addPool(cluster, 'pods', '10.0.0.0/24');
      addBlock(cluster, { cidr: '10.0.0.8/29', owner: 'host:worker-1', taken: pods(0, 7, 'two') });
      return cluster;
    },
    finds: [['CAL3032', 'worker-1']],
  },
];

export const CASES: readonly Case[] = [...KNOWN, ...BLOCKS, ...OWNERS, ...TUNNELS, ...TIMES, ...ROOM];
