/**
 * A cluster's addresses, generated: `bun scripts/bench/ipam-cluster.ts ENDPOINT ALLOCATIONS [LEAKS]` writes pools, nodes, blocks,
 * affinities, handles and workload endpoints into an empty etcd as Calico itself would, always the same. LEAKS of the
 * addresses have no workload endpoint.
 */
import { createHash } from 'node:crypto';
import { openEtcd } from '../../src/datastore/etcdv3/wire/client.ts';

const BLOCK = 64;
/** Blocks of a node: 256 addresses, about as many as a large node has pods. */
const BLOCKS_PER_NODE = 4;
/** As many writes as etcd takes in a transaction, and so many of those under way. */
const PUTS = 128;
const AT_ONCE = 8;
/** 2026-05-04T10:00:00Z in nanoseconds, as a block that was made then begins to count. */
const SEQUENCE = 1_777_888_800_000_000_000n;
const RESOURCES = '/calico/resources/v3/projectcalico.org';

type Entry = readonly [key: string, value: string];

interface Size {
  readonly allocations: number;
  readonly leaks: number;
}

const json = (value: unknown) =>
  JSON.stringify(value, (_key, item) =>
    typeof item === 'bigint'
      ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(`${item}`)
      : item,
  );

const identity = (text: string) => createHash('sha256').update(text).digest('hex');

const base = (block: number) => `10.${64 + (block >> 10)}.${(block >> 2) & 255}.${(block & 3) * BLOCK}`;

const address = (block: number, ordinal: number) =>
  `10.${64 + (block >> 10)}.${(block >> 2) & 255}.${(block & 3) * BLOCK + ordinal}`;

const nodeOf = (block: number) => `node-${String(Math.floor(block / BLOCKS_PER_NODE)).padStart(5, '0')}`;

function resource(kind: string, plural: string, name: string, spec: object, namespace?: string): Entry {
  const uid = identity(`${kind}/${namespace}/${name}`).slice(0, 32);
  const metadata = { name, namespace, uid, creationTimestamp: '2026-05-04T10:00:00Z' };
  const key = [RESOURCES, plural, ...(namespace === undefined ? [] : [namespace]), name].join('/');
  return [key, json({ kind, apiVersion: 'projectcalico.org/v3', metadata, spec })];
}

function* pools(): Generator<Entry> {
  const spec = {
    cidr: '10.64.0.0/10',
    vxlanMode: 'Always',
    ipipMode: 'Never',
    natOutgoing: true,
    blockSize: 26,
  };
  yield resource('IPPool', 'ippools', 'pods', {
    ...spec,
    nodeSelector: 'all()',
    allowedUses: ['Workload', 'Tunnel'],
    assignmentMode: 'Automatic',
  });
  yield resource('KubeControllersConfiguration', 'kubecontrollersconfigurations', 'default', {
    controllers: { node: {} },
  });
  yield resource('ClusterInformation', 'clusterinformations', 'default', {
    clusterGUID: identity('cluster').slice(0, 32),
    datastoreReady: true,
  });
}

function* blockEntries(block: number, size: Size): Generator<Entry> {
  const used = Math.min(BLOCK, size.allocations - block * BLOCK);
  const node = nodeOf(block);
  const ordinals = Array.from({ length: BLOCK }, (_, ordinal) => ordinal);
  const attributes = ordinals.slice(0, used).map((ordinal) => {
    const place = placeOf(block, ordinal);
    const secondary = {
      namespace: place.namespace,
      node,
      pod: place.pod,
      timestamp: '2026-05-04 10:00:00 +0000 UTC',
    };
    return { handle_id: place.handle, secondary };
  });
  const cidr = `${base(block)}/26`;
  yield [
    `/calico/ipam/v2/assignment/ipv4/block/${cidr.replace('/', '-')}`,
    json({
      cidr,
      affinity: `host:${node}`,
      affinity_claim_time: '2026-05-04T10:00:00Z',
      allocations: ordinals.map((ordinal) => (ordinal < used ? ordinal : null)),
      unallocated: ordinals.slice(used),
      attributes,
      deleted: false,
      sequenceNumber: SEQUENCE + BigInt(used),
      sequenceNumberForAllocation: Object.fromEntries(
        ordinals.slice(0, used).map((ordinal) => [ordinal, SEQUENCE + BigInt(ordinal)]),
      ),
    }),
  ];
  yield [
    `/calico/ipam/v2/host/${node}/ipv4/block/${cidr.replace('/', '-')}`,
    '{"state":"confirmed","deleted":false}',
  ];
  for (let ordinal = 0; ordinal < used; ordinal++) yield* workload(block, ordinal, cidr, size);
}

function placeOf(block: number, ordinal: number) {
  const number = block * BLOCK + ordinal;
  const namespace = `team-${number % 40}`;
  const pod = `service-${number % 500}-7d9c5b8f6d-${number.toString(36).padStart(5, '0')}`;
  return { number, namespace, pod, handle: `k8s-pod-network.${identity(`handle ${number}`)}` };
}

function* workload(block: number, ordinal: number, cidr: string, size: Size): Generator<Entry> {
  const { number, namespace, pod, handle } = placeOf(block, ordinal);
  yield [`/calico/ipam/v2/handle/${handle}`, json({ block: { [cidr]: 1 }, deleted: false })];
  if (number < size.leaks) return;
  const node = nodeOf(block);
  const twice = (text: string) => text.replaceAll('-', '--');
  const name = `${twice(node)}-k8s-${twice(pod)}-eth0`;
  const spec = {
    orchestrator: 'k8s',
    workload: '',
    node,
    containerID: identity(`container ${number}`),
    pod,
    endpoint: 'eth0',
    serviceAccountName: 'default',
    ipNetworks: [`${address(block, ordinal)}/32`],
    profiles: [`kns.${namespace}`, `ksa.${namespace}.default`],
    interfaceName: `cali${identity(pod).slice(0, 11)}`,
  };
  yield resource('WorkloadEndpoint', 'workloadendpoints', name, spec, namespace);
}

function* entries(size: Size): Generator<Entry> {
  yield* pools();
  const blocks = Math.ceil(size.allocations / BLOCK);
  const nodes = Math.ceil(blocks / BLOCKS_PER_NODE);
  for (let node = 0; node < nodes; node++) {
    const name = nodeOf(node * BLOCKS_PER_NODE);
    yield resource('Node', 'nodes', name, { bgp: { ipv4Address: `172.16.${node >> 8}.${node & 255}/16` } });
  }
  for (let block = 0; block < blocks; block++) yield* blockEntries(block, size);
}

function take<T>(from: Iterator<T>, count: number): readonly T[] {
  const taken: T[] = [];
  while (taken.length < count) {
    const { value, done } = from.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

async function write(endpoint: string, size: Size): Promise<void> {
  const client = openEtcd({ endpoints: [endpoint], requestTimeoutMs: 60_000 });
  const all = entries(size);
  const worker = async () => {
    for (let puts = take(all, PUTS); puts.length > 0; puts = take(all, PUTS)) {
      const success = puts.map(([key, value]) => ({ op: 'put' as const, key, value }));
      await client.txn({ compare: [], success });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  client.close();
}

const [endpoint, allocations, leaks = '0'] = process.argv.slice(2);
if (endpoint === undefined || allocations === undefined)
  throw new Error('which etcd, and how many allocations?');
await write(endpoint, { allocations: Number(allocations), leaks: Number(leaks) });
