/**
 * A cluster's addresses, generated: `bun scripts/bench/ipam-cluster.ts ENDPOINT ALLOCATIONS [LEAKS] [kubernetes]` writes pools,
 * nodes, blocks, affinities, handles and workload endpoints into an empty etcd as Calico itself would, always the same.
 * LEAKS of the addresses have no workload endpoint. With `kubernetes` it is the etcd of an API server, which keeps JSON
 * and has Calico's kinds in `crd.projectcalico.org/v1`: pods and custom resources.
 */
import { writeEntries } from './etcd-entries.ts';
import { kubernetesEntries } from './ipam-kubernetes.ts';
import {
  address,
  blocksOf,
  CREATED,
  cidrOf,
  contentOf,
  type Entry,
  identity,
  json,
  nodeOf,
  nodesOf,
  POOL,
  placeOf,
  type Size,
  usedOf,
} from './ipam-model.ts';

const RESOURCES = '/calico/resources/v3/projectcalico.org';

function resource(kind: string, plural: string, name: string, spec: object, namespace?: string): Entry {
  const uid = identity(`${kind}/${namespace}/${name}`).slice(0, 32);
  const metadata = { name, namespace, uid, creationTimestamp: CREATED };
  const key = [RESOURCES, plural, ...(namespace === undefined ? [] : [namespace]), name].join('/');
  return [key, json({ kind, apiVersion: 'projectcalico.org/v3', metadata, spec })];
}

function* pools(): Generator<Entry> {
  const spec = {
    cidr: POOL,
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
  const key = cidrOf(block).replace('/', '-');
  yield [
    `/calico/ipam/v2/assignment/ipv4/block/${key}`,
    json({ ...contentOf(block, size), affinity_claim_time: CREATED }),
  ];
  yield [`/calico/ipam/v2/host/${nodeOf(block)}/ipv4/block/${key}`, '{"state":"confirmed","deleted":false}'];
  for (let ordinal = 0; ordinal < usedOf(block, size); ordinal++) yield* workload(block, ordinal, size);
}

function* workload(block: number, ordinal: number, size: Size): Generator<Entry> {
  const { number, namespace, pod, handle } = placeOf(block, ordinal);
  yield [`/calico/ipam/v2/handle/${handle}`, json({ block: { [cidrOf(block)]: 1 }, deleted: false })];
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
  for (const [name, own] of nodesOf(size))
    yield resource('Node', 'nodes', name, { bgp: { ipv4Address: `${own}/16` } });
  for (let block = 0; block < blocksOf(size); block++) yield* blockEntries(block, size);
}

const [endpoint, allocations, leaks = '0', form = 'etcd'] = process.argv.slice(2);
if (endpoint === undefined || allocations === undefined)
  throw new Error('which etcd, and how many allocations?');
const size = { allocations: Number(allocations), leaks: Number(leaks) };
await writeEntries(endpoint, form === 'kubernetes' ? kubernetesEntries(size) : entries(size));
