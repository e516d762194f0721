import type { Datastore } from '../../../src/datastore/datastore.ts';
import { API_VERSION, type Resource } from '../../../src/resources/kind.ts';

/** Made-up addresses for the map, in a datastore that can only be listed. */

export function resource(kind: string, name: string, spec: object): Resource {
  return { apiVersion: API_VERSION, kind, metadata: { name }, spec: { ...spec } } as Resource;
}

/** A datastore with these resources; what the map does not need, it does not have. */
export function listOnly(resources: readonly Resource[]): Datastore {
  const store = {
    capabilities: { name: 'etcdv3', serverSideIdentity: false, concurrency: 1 },
    async *list({ kind }: { kind: { kind: string } }) {
      yield { items: resources.filter((each) => each.kind === kind.kind), version: '1', corrupt: [] };
    },
    async get({ kind, name }: { kind: { kind: string }; name: string }) {
      const found = resources.find((each) => each.kind === kind.kind && each.metadata.name === name);
      const { CalicoctlError } = await import('../../../src/core/errors.ts');
      if (found === undefined) throw new CalicoctlError('not-found', `${kind.kind}(${name}) does not exist`);
      return found;
    },
  };
  return store as unknown as Datastore;
}

interface Attributes {
  readonly handle_id?: string;
  readonly secondary?: Readonly<Record<string, string>>;
  readonly releasedAt?: string;
}

export function block(
  cidr: string,
  affinity: string | null,
  size: number,
  taken: Readonly<Record<number, Attributes>>,
): Resource {
  const ordinals = Array.from({ length: size }, (_, ordinal) => ordinal);
  const used = Object.keys(taken).map(Number);
  return resource('IPAMBlock', cidr, {
    ...{ cidr, affinity, affinityClaimTime: '2026-05-04T10:00:00Z', deleted: false },
    allocations: ordinals.map((ordinal) => (ordinal in taken ? used.indexOf(ordinal) : null)),
    unallocated: ordinals.filter((ordinal) => !(ordinal in taken)),
    attributes: used.map((ordinal) => taken[ordinal]),
    sequenceNumber: 1_800_000_000_000_000_100n,
    sequenceNumberForAllocation: Object.fromEntries(
      used.map((ordinal) => [ordinal, 1_800_000_000_000_000_000n + BigInt(ordinal)]),
    ),
  });
}

export function pod(name: string, namespace: string, node: string): Attributes {
  return {
    handle_id: `k8s-pod-network.${hex(`${namespace}/${name}`)}`,
    secondary: { pod: name, namespace, node, timestamp: '2026-05-04 10:00:00 +0000 UTC' },
  };
}

function hex(text: string): string {
  return Array.from({ length: 64 }, (_, at) =>
    ((text.charCodeAt(at % text.length) * (at + 7) * 31) & 15).toString(16),
  ).join('');
}

export function node(number: number): string {
  return `worker-${String(number).padStart(2, '0')}`;
}

/** The same numbers on every run. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A workload endpoint, so that its address is in use. */
export function endpoint(name: string, address: string): Resource {
  const made = resource('WorkloadEndpoint', name, {
    node: 'any',
    ipNetworks: [address.includes(':') ? `${address}/128` : `${address}/32`],
  });
  return { ...made, metadata: { name, namespace: 'any' } };
}

/** So many blocks of /26 in 10.64.0.0/10, spread as Calico spreads them, on a tenth as many nodes. */
export function manyBlocks(count: number, nodes: number): readonly Resource[] {
  const next = random(7);
  const places = new Set<number>();
  while (places.size < count) {
    // Four next to each other now and then: nodes take the next block when one is full.
    const start = Math.floor(next() * 65_536);
    for (let more = 0; more < 1 + next() * 6 && places.size < count; more++)
      places.add((start + more) % 65_536);
  }
  const blocks = [...places].flatMap((place, index) =>
    manyAddresses(place, node(index % nodes), nodes, next),
  );
  const spec = { cidr: '10.64.0.0/10', blockSize: 26, nodeSelector: 'all()' };
  return [resource('IPPool', 'pods', spec), ...blocks];
}

/** A block with its endpoints; one of a thousand has leaked. */
function manyAddresses(place: number, owner: string, nodes: number, next: () => number): readonly Resource[] {
  const endpoints: Resource[] = [];
  const base = `10.${64 + (place >> 10)}.${(place >> 2) & 255}`;
  const fill = next();
  const taken: Record<number, Attributes> = {};
  for (let ordinal = 0; ordinal < 64; ordinal++) {
    const dice = next();
    if (dice > fill) continue;
    const number = place * 64 + ordinal;
    const name = `service-${number % 500}-7d9c5b8f6d-${((number * 2654435761) % 2 ** 32).toString(36).slice(0, 5)}`;
    const on = next() < 0.01 ? node(Math.floor(next() * nodes)) : owner;
    taken[ordinal] =
      dice < 0.02 ? { releasedAt: '2026-05-04T11:00:00Z' } : pod(name, `team-${number % 40}`, on);
    if (ordinal === 0 || next() > 0.001)
      endpoints.push(endpoint(`${owner}-${name}`, `${base}.${(place & 3) * 64 + ordinal}`));
  }
  if (taken[0] !== undefined && next() < 0.4)
    taken[0] = {
      handle_id: `vxlan-tunnel-addr-${owner}`,
      secondary: { node: owner, type: 'vxlanTunnelAddress' },
    };
  return [block(`${base}.${(place & 3) * 64}/26`, `host:${owner}`, 64, taken), ...endpoints];
}

/** A name that would run a script in four ways if anything let it. */
export const HOSTILE = `</script><script>window.hacked=1</script><img src=x onerror="window.hacked=2">'&\u202e`;

/** Every state, both families, blocks of no pool, and names that nobody should trust. */
export function everyState(): readonly Resource[] {
  const [first, second] = [node(1), node(2)];
  const service = { service: 'shop', namespace: 'web', type: 'LoadBalancer' };
  const machine = { 'vmi-name': 'vm-1', pod: 'virt-launcher-vm-1', namespace: 'machines', node: first };
  const windows = {
    handle_id: 'windows-reserved-ipam-handle',
    secondary: { note: 'windows host reserved' },
  };
  return [
    ...[
      '10.0.0.1',
      '10.0.0.2',
      '10.0.0.3',
      '10.0.0.5',
      '10.0.0.6',
      '10.0.0.137',
      'fd00:10::41',
      '10.9.0.7',
    ].map((address) => endpoint(`user-of-${address}`, address)),
    resource('Node', first, { ipv4VXLANTunnelAddr: '10.0.0.0' }),
    resource('IPPool', 'pods', { cidr: '10.0.0.0/24', blockSize: 26, nodeSelector: 'all()' }),
    resource('IPPool', 'windows', { cidr: '10.1.0.0/16', blockSize: 26, disabled: true }),
    resource('IPPool', 'services', { cidr: '192.0.2.0/28', blockSize: 29 }),
    resource('IPPool', 'six', { cidr: 'fd00:10::/48', blockSize: 122 }),
    resource('IPPool', `evil-${HOSTILE}`, { cidr: '10.9.0.0/24', blockSize: 26 }),
    resource('IPReservation', 'routers', { reservedCIDRs: ['10.0.0.60/30', '10.0.0.1', 'not a range'] }),
    block('10.0.0.0/26', `host:${first}`, 64, {
      0: {
        handle_id: `vxlan-tunnel-addr-${first}`,
        secondary: { node: first, type: 'vxlanTunnelAddress' },
      },
      1: pod('reserved-but-used', 'default', first),
      2: { handle_id: 'k8s-pod-network.vm', secondary: machine },
      3: { handle_id: 'mystery', secondary: {} },
      4: { releasedAt: '2026-05-04T11:00:00Z' },
      5: pod('guest', 'default', second),
      6: pod('frontend-1', 'web', first),
    }),
    block('10.0.0.128/26', null, 64, { 9: pod('orphan', 'web', second) }),
    block('10.1.0.0/26', `host:${second}`, 64, { 0: windows, 1: windows, 2: windows, 63: windows }),
    block('192.0.2.0/29', 'virtual:load-balancer', 8, { 0: { handle_id: 'lb-abc', secondary: service } }),
    block('fd00:10::40/122', `host:${first}`, 64, { 1: pod('six', 'web', first) }),
    block('172.31.0.0/26', `host:${second}`, 64, { 63: pod('stray', 'old', second) }),
    block('10.9.0.0/26', `host:${HOSTILE}`, 64, {
      7: {
        handle_id: HOSTILE,
        secondary: { pod: HOSTILE, namespace: HOSTILE, node: HOSTILE, [HOSTILE]: HOSTILE },
      },
    }),
    resource('IPAMBlock', 'broken', { cidr: HOSTILE, allocations: 'none' }),
  ];
}
