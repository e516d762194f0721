import { addBlock, addNode, addPool, type Scene, scene } from './scene.ts';

/** Clusters without fault, of every kind; nothing is to be found in them. */

const second = (offset: number) => `${new Date(Date.now() + offset * 1000).toISOString().slice(0, 19)}Z`;

/** Three nodes with tunnels, pods, a borrowed address, both families. */
export function plain(): Scene {
  const cluster = scene();
  addPool(cluster, 'pods', '10.0.0.0/24', { vxlanMode: 'Always' });
  addPool(cluster, 'pods6', 'fd00::/116', { vxlanMode: 'Always' });
  for (const [index, name] of ['worker-1', 'worker-2', 'worker-3'].entries()) {
    const [v4, v6] = [
      `10.0.0.${index * 8}/29`,
      index === 0 ? 'fd00::/125' : `fd00::${(index * 8).toString(16)}/125`,
    ];
    addNode(cluster, name, {
      bgp: { ipv6Address: 'fd01::1/64' },
      ipv4VXLANTunnelAddr: `10.0.0.${index * 8}`,
      ipv6VXLANTunnelAddr: v6.split('/')[0]!,
    });
    addBlock(cluster, {
      cidr: v4,
      owner: `host:${name}`,
      taken: { 0: { tunnel: 'vxlan' }, 1: { pod: `shop/web-${index}` }, 2: { pod: `shop/cart-${index}` } },
    });
    addBlock(cluster, { cidr: v6, owner: `host:${name}`, taken: { 0: { tunnel: 'vxlan-v6' } } });
  }
  addBlock(cluster, {
    cidr: '10.0.0.24/29',
    owner: 'host:worker-1',
    taken: { 5: { pod: 'shop/guest', node: 'worker-2' } },
  });
  return cluster;
}

function windows(): Scene {
  const cluster = scene();
  cluster.set('IPAMConfig', 'default', { strictAffinity: true, autoAllocateBlocks: true });
  addPool(cluster, 'pods', '10.0.0.0/24');
  addNode(cluster, 'win-1', {}, { 'kubernetes.io/os': 'windows' });
  addBlock(cluster, {
    cidr: '10.0.0.0/29',
    owner: 'host:win-1',
    windows: true,
    taken: { 3: { pod: 'shop/web' } },
  });
  return cluster;
}

function loadBalancers(): Scene {
  const cluster = scene();
  addPool(cluster, 'services', '10.9.0.0/24', { allowedUses: ['LoadBalancer'] });
  addPool(cluster, 'pods', '10.0.0.0/24');
  addNode(cluster, 'worker-1');
  cluster.set('KubeControllersConfiguration', 'default', {
    controllers: { loadBalancer: { assignIPs: 'AllServices' } },
  });
  const attributes = { service: 'web', namespace: 'shop', type: 'LoadBalancer' };
  addBlock(cluster, {
    cidr: '10.9.0.0/29',
    owner: 'virtual:load-balancer',
    taken: { 0: { handle: 'lb-abc', attributes } },
  });
  return cluster;
}

/** Addresses that rest, one of them for longer than it has to: nobody has written the block since. */
function coolDown(): Scene {
  const cluster = plain();
  cluster.set('IPAMConfig', 'default', { autoAllocateBlocks: true, ipCooldownSeconds: 300 });
  addBlock(cluster, {
    cidr: '10.0.0.32/29',
    owner: 'host:worker-1',
    taken: { 0: { releasedAt: second(-10) }, 1: { releasedAt: second(-3600) } },
  });
  return cluster;
}

/** Its node was deleted, its pod runs on under another one. */
function disowned(): Scene {
  const cluster = plain();
  addBlock(cluster, { cidr: '10.0.0.40/29', taken: { 3: { pod: 'shop/left', node: 'worker-3' } } });
  return cluster;
}

function reservedElsewhere(): Scene {
  const cluster = plain();
  cluster.set('IPReservation', 'kept', { reservedCIDRs: ['10.0.0.3', '10.0.0.128/25', 'fd00::100/120'] });
  addPool(cluster, 'old', '10.8.0.0/24', { disabled: true });
  addPool(cluster, 'named', '10.7.0.0/30', { blockSize: 30, assignmentMode: 'Manual' });
  addBlock(cluster, {
    cidr: '10.7.0.0/30',
    owner: 'host:worker-1',
    taken: { 0: { pod: 'a/a' }, 1: { pod: 'a/b' }, 2: { pod: 'a/c' }, 3: { pod: 'a/d' } },
  });
  return cluster;
}

/** Nodes that Calico does not run on, that pools leave out, or that use no tunnel. */
function mixedNodes(): Scene {
  const cluster = plain();
  cluster.change('IPPool', 'pods', { nodeSelector: '!has(virtual)' });
  cluster.change('IPPool', 'pods6', { nodeSelector: '!has(virtual)' });
  addNode(cluster, 'kubelet', {}, { virtual: 'true' });
  cluster.set('Node', 'no-calico', {});
  addNode(cluster, 'win', {}, { 'kubernetes.io/os': 'windows' });
  cluster.set('Node', 'new', { bgp: { ipv4Address: '192.0.2.9/24' } }, { created: second(-20) });
  return cluster;
}

function empty(): Scene {
  return scene();
}

export const HEALTHY = {
  plain,
  windows,
  loadBalancers,
  coolDown,
  disowned,
  reservedElsewhere,
  mixedNodes,
  empty,
};
