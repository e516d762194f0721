/**
 * A healthy cluster of Kubernetes with Calico, as an API server keeps it in etcd below `/registry/`: nodes with what kubelets
 * report, pods of Calico as large as real ones, workloads, pools and a block for every node.
 */
import {
  affinityLabels,
  affinityObjectName,
  blockObjectName,
} from '../../src/datastore/kubernetes/objects/ipamnames.ts';
import { custom, entry } from './ipam-kubernetes.ts';
import { CREATED, type Entry, identity } from './ipam-model.ts';

export interface ClusterSize {
  readonly nodes: number;
  /** Pods of Calico beside one calico-node a node, so many altogether. */
  readonly calicoPods: number;
  /** Pods of others; ten of them share a block. */
  readonly otherPods: number;
}

export const CALICO = 'v3.32.0';
export const KUBERNETES = 'v1.34.1';
export const SYSTEM = 'calico-system';
const BLOCK = 64;

export const nodeName = (node: number) => `node-${String(node).padStart(5, '0')}`;
const nodeAddress = (node: number) => `172.16.${node >> 8}.${node & 255}`;
const prefixOf = (block: number) => `10.${64 + (block >> 10)}.${(block >> 2) & 255}`;
const addressIn = (block: number, ordinal: number) => `${prefixOf(block)}.${(block & 3) * BLOCK + ordinal}`;

const condition = (type: string, status = 'True', more: object = {}) => ({
  ...{ type, status, lastTransitionTime: CREATED, ...more },
});

/** An object of Kubernetes' own at its path below `/registry/`. */
export function plain(path: string, object: Readonly<Record<string, unknown>>): Entry {
  return entry(path, object as Parameters<typeof entry>[1]);
}

/** A node as a kubelet keeps it up to date, with the images that it has. */
export function nodeObject(node: number) {
  const name = nodeName(node);
  const images = Array.from({ length: 50 }, (_, image) => ({
    names: [
      `registry.example/team/service-${image}@sha256:${identity(`image ${image}`)}`,
      `registry.example/team/service-${image}:1.2.${image}`,
    ],
    sizeBytes: 100_000_000 + image,
  }));
  return {
    ...{ apiVersion: 'v1', kind: 'Node' },
    metadata: {
      name,
      labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': name },
      annotations: {
        'projectcalico.org/IPv4Address': `${nodeAddress(node)}/16`,
        'projectcalico.org/IPv4VXLANTunnelAddr': addressIn(node, 0),
      },
    },
    spec: { podCIDR: '10.0.0.0/24' },
    status: {
      addresses: [{ type: 'InternalIP', address: nodeAddress(node) }],
      conditions: [
        condition('MemoryPressure', 'False'),
        condition('Ready', 'True', { reason: 'KubeletReady', message: 'kubelet is posting ready status' }),
      ],
      nodeInfo: {
        ...{ kubeletVersion: KUBERNETES, operatingSystem: 'linux', architecture: 'amd64' },
        ...{ machineID: identity(name), systemUUID: identity(name), bootID: identity(name) },
        ...{ kernelVersion: '6.12.0', osImage: 'Linux', containerRuntimeVersion: 'containerd://2.1.4' },
        kubeProxyVersion: '',
      },
      images,
    },
  };
}

/** A running pod of Calico, of about the size of a real one. */
export function calicoPod(
  component: string,
  name: string,
  node: string,
  version = CALICO,
  image = component,
) {
  const env = Array.from({ length: 40 }, (_, variable) => ({
    name: `FELIX_SETTING_NUMBER_${variable}`,
    value: identity(`setting ${variable}`),
  }));
  const mounts = Array.from({ length: 14 }, (_, mount) => ({
    ...{ name: `volume-${mount}`, mountPath: `/var/lib/calico/volume-${mount}` },
  }));
  const container = { name: component, image: `quay.example/calico/${image}:${version}` };
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      ...{ name, namespace: SYSTEM, labels: { 'k8s-app': component }, creationTimestamp: CREATED },
      annotations: { 'hash.operator.tigera.io/system': identity(component) },
    },
    spec: {
      containers: [{ ...container, env, volumeMounts: mounts, imagePullPolicy: 'IfNotPresent' }],
      volumes: mounts.map((mount) => ({ name: mount.name, hostPath: { path: mount.mountPath, type: '' } })),
      ...{ nodeName: node, hostNetwork: true, restartPolicy: 'Always', serviceAccountName: component },
    },
    status: {
      ...{ phase: 'Running', hostIP: '172.16.0.1', podIP: '172.16.0.1', startTime: CREATED },
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => condition(type)),
      containerStatuses: [
        {
          ...{
            ...container,
            imageID: `sha256:${identity(component)}`,
            containerID: `containerd://${identity(name)}`,
          },
          ...{ ready: true, started: true, restartCount: 0, lastState: {} },
          state: { running: { startedAt: CREATED } },
        },
      ],
    },
  };
}

export function deployment(name: string, replicas: number, ready = replicas) {
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
    metadata: { name, namespace: SYSTEM },
    spec: {
      replicas,
      selector: { matchLabels: { 'k8s-app': name } },
      template: templateOf(name),
    },
    status: { replicas, readyReplicas: ready, availableReplicas: ready, updatedReplicas: replicas },
  };
}

export function daemonSet(name: string, nodes: number, ready = nodes) {
  return {
    ...{ apiVersion: 'apps/v1', kind: 'DaemonSet' },
    metadata: { name, namespace: SYSTEM },
    spec: { selector: { matchLabels: { 'k8s-app': name } }, template: templateOf(name) },
    status: {
      ...{
        desiredNumberScheduled: nodes,
        currentNumberScheduled: nodes,
        numberReady: ready,
        numberMisscheduled: 0,
      },
      updatedNumberScheduled: nodes,
    },
  };
}

function templateOf(name: string) {
  return {
    metadata: { labels: { 'k8s-app': name } },
    spec: {
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      containers: [{ name, image: `quay.example/calico/${name}:${CALICO}` }],
    },
  };
}

export const information = (spec: object = {}): Entry =>
  custom('ClusterInformation', 'clusterinformations', 'default', {
    ...{ clusterGUID: identity('cluster').slice(0, 32), clusterType: 'k8s,operator,kdd' },
    ...{ datastoreReady: true, calicoVersion: CALICO, ...spec },
  });

export const pool = (name: string, cidr: string): Entry =>
  custom('IPPool', 'ippools', name, {
    ...{ cidr, vxlanMode: 'Always', ipipMode: 'Never', natOutgoing: true, blockSize: 26 },
    ...{ nodeSelector: 'all()', allowedUses: ['Workload', 'Tunnel'], assignmentMode: 'Automatic' },
  });

/** The block of a node with its affinity, its first so many addresses taken: the first by its tunnel, the others by pods. */
export function* blockOf(node: number, taken: number): Generator<Entry> {
  const [cidr, owner] = [`${addressIn(node, 0)}/26`, nodeName(node)];
  const ordinals = Array.from({ length: BLOCK }, (_, ordinal) => ordinal);
  const handles = ordinals
    .slice(0, taken)
    .map((ordinal) =>
      ordinal === 0 ? `vxlan-tunnel-addr-${owner}` : `k8s-pod-network.${identity(`${node} ${ordinal}`)}`,
    );
  const attributes = handles.map((handle_id, ordinal) => ({
    handle_id,
    secondary:
      ordinal === 0
        ? { node: owner, type: 'vxlanTunnelAddress' }
        : { namespace: 'team-0', node: owner, pod: `service-${node}-${ordinal}`, timestamp: CREATED },
  }));
  for (const handleID of handles)
    yield custom('IPAMHandle', 'ipamhandles', handleID, { handleID, block: { [cidr]: 1 }, deleted: false });
  yield custom('IPAMBlock', 'ipamblocks', blockObjectName(cidr), {
    ...{ cidr, affinity: `host:${owner}`, attributes, deleted: false, strictAffinity: false },
    allocations: ordinals.map((ordinal) => (ordinal < taken ? ordinal : null)),
    unallocated: ordinals.slice(taken),
    ...{ sequenceNumber: 1, sequenceNumberForAllocation: {}, affinityClaimTime: CREATED },
  });
  const affinity = `host/${owner}/${cidr}`;
  const spec = { state: 'confirmed', node: owner, type: 'host', cidr, deleted: 'false' };
  yield custom(
    'BlockAffinity',
    'blockaffinities',
    affinityObjectName(affinity),
    spec,
    affinityLabels(affinity),
  );
}

/** Deployments that are there once for all nodes, as the operator makes them. */
export const TYPHAS = (nodes: number) => Math.max(1, Math.min(nodes, Math.ceil(nodes / 100)));

/** All of it. */
export function* clusterEntries({ nodes, calicoPods, otherPods }: ClusterSize): Generator<Entry> {
  for (const name of ['team-0', SYSTEM])
    yield plain('namespaces', {
      ...{ apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: { finalizers: ['kubernetes'] } },
      status: { phase: 'Active' },
    });
  yield information();
  yield pool('pods', '10.64.0.0/10');
  yield plain('daemonsets', daemonSet('calico-node', nodes));
  yield plain('deployments', deployment('calico-typha', TYPHAS(nodes)));
  yield plain('deployments', deployment('calico-kube-controllers', 1));
  yield plain('deployments', deployment('calico-apiserver', 2));
  for (let node = 0; node < nodes; node++) {
    yield plain('minions', nodeObject(node));
    yield* blockOf(node, 1 + otherPods / nodes);
    const name = `calico-node-${String(node).padStart(5, '0')}`;
    yield plain('pods', calicoPod('calico-node', name, nodeName(node), CALICO, 'node'));
  }
  for (let other = 0; other < TYPHAS(nodes); other++)
    yield plain('pods', calicoPod('calico-typha', `calico-typha-${other}`, nodeName(other), CALICO, 'typha'));
  const controllers = calicoPod(
    'calico-kube-controllers',
    'calico-kube-controllers-0',
    nodeName(0),
    CALICO,
    'kube-controllers',
  );
  yield plain('pods', controllers);
  for (let rest = nodes + TYPHAS(nodes) + 1; rest < calicoPods; rest++)
    yield plain(
      'pods',
      calicoPod('csi-node-driver', `csi-node-driver-${rest}`, nodeName(rest % nodes), CALICO, 'csi'),
    );
  for (let number = 0; number < otherPods; number++) yield otherPod(number, nodeName(number % nodes));
}

function otherPod(number: number, node: string): Entry {
  const { metadata, ...rest } = calicoPod('main', `service-${number}`, node);
  const labels = { app: `service-${number % 500}` };
  return plain('pods', { ...rest, metadata: { ...metadata, namespace: 'team-0', labels } });
}
