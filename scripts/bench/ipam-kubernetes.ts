/** The same cluster as an API server keeps it in etcd, below `/registry/`. */
import {
  affinityLabels,
  affinityObjectName,
  blockObjectName,
} from '../../src/datastore/kubernetes/objects/ipamnames.ts';
import {
  address,
  blocksOf,
  CREATED,
  cidrOf,
  contentOf,
  type Entry,
  identity,
  json,
  NAMESPACES,
  nodeOf,
  nodesOf,
  POOL,
  placeOf,
  type Size,
  usedOf,
} from './ipam-model.ts';

const GROUP = 'crd.projectcalico.org';

interface Stored {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export function entry(path: string, { metadata, ...object }: Stored & Record<string, unknown>): Entry {
  const { namespace, name } = metadata;
  const text = identity(`${object.kind}/${namespace}/${name}`);
  const uid = [
    text.slice(0, 8),
    text.slice(8, 12),
    text.slice(12, 16),
    text.slice(16, 20),
    text.slice(20, 32),
  ].join('-');
  const key = ['/registry', path, ...(namespace === undefined ? [] : [namespace]), name].join('/');
  return [key, json({ ...object, metadata: { ...metadata, uid, creationTimestamp: CREATED } })];
}

export const custom = (kind: string, plural: string, name: string, spec: object, labels?: object): Entry =>
  entry(`${GROUP}/${plural}`, {
    ...{ apiVersion: `${GROUP}/v1`, kind },
    metadata: { name, ...(labels && { labels }), generation: 1 } as Stored['metadata'],
    spec,
  });

function* settings(): Generator<Entry> {
  yield custom('IPPool', 'ippools', 'pods', {
    ...{ cidr: POOL, vxlanMode: 'Always', ipipMode: 'Never', natOutgoing: true, blockSize: 26 },
    ...{ nodeSelector: 'all()', allowedUses: ['Workload', 'Tunnel'], assignmentMode: 'Automatic' },
  });
  yield custom('KubeControllersConfiguration', 'kubecontrollersconfigurations', 'default', {
    controllers: { node: {} },
  });
  yield custom('ClusterInformation', 'clusterinformations', 'default', {
    clusterGUID: identity('cluster').slice(0, 32),
    clusterType: 'k8s,bgp',
    datastoreReady: true,
  });
  for (let number = 0; number < NAMESPACES; number++) {
    yield entry('namespaces', {
      ...{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `team-${number}` } },
      ...{ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
    });
  }
}

function* blockEntries(block: number, size: Size): Generator<Entry> {
  const [cidr, node] = [cidrOf(block), nodeOf(block)];
  const spec = { ...contentOf(block, size), affinityClaimTime: CREATED, strictAffinity: false };
  yield custom('IPAMBlock', 'ipamblocks', blockObjectName(cidr), spec);
  const affinity = `host/${node}/${cidr}`;
  const held = { state: 'confirmed', node, type: 'host', cidr, deleted: 'false' };
  yield custom(
    'BlockAffinity',
    'blockaffinities',
    affinityObjectName(affinity),
    held,
    affinityLabels(affinity),
  );
  for (let ordinal = 0; ordinal < usedOf(block, size); ordinal++) {
    const { number, handle } = placeOf(block, ordinal);
    const spec = { handleID: handle, block: { [cidr]: 1 }, deleted: false };
    yield custom('IPAMHandle', 'ipamhandles', handle, spec);
    if (number >= size.leaks) yield pod(block, ordinal);
  }
}

/** A running pod of one container, as kubelet and Calico's CNI plug-in leave it. */
function pod(block: number, ordinal: number): Entry {
  const { number, namespace, pod: name } = placeOf(block, ordinal);
  const ip = address(block, ordinal);
  const app = `service-${number % 500}`;
  const container = { name: 'main', image: `registry.example/${app}:1.2.3` };
  const annotations = {
    'cni.projectcalico.org/containerID': identity(`container ${number}`),
    'cni.projectcalico.org/podIP': `${ip}/32`,
    'cni.projectcalico.org/podIPs': `${ip}/32`,
  };
  const condition = (type: string) => ({
    type,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: CREATED,
  });
  const labels = { app, 'pod-template-hash': '7d9c5b8f6d' };
  return entry('pods', {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      name,
      namespace,
      generateName: `${app}-7d9c5b8f6d-`,
      labels,
      annotations,
    } as Stored['metadata'],
    spec: {
      containers: [
        {
          ...container,
          ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
          resources: { limits: { memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
          ...{ terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' },
          imagePullPolicy: 'IfNotPresent',
        },
      ],
      ...{ restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst' },
      ...{ serviceAccountName: 'default', serviceAccount: 'default', nodeName: nodeOf(block) },
      ...{ securityContext: {}, schedulerName: 'default-scheduler', priority: 0, enableServiceLinks: true },
    },
    status: {
      phase: 'Running',
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(condition),
      ...{ hostIP: '172.16.0.1', podIP: ip, podIPs: [{ ip }], startTime: CREATED, qosClass: 'Burstable' },
      containerStatuses: [
        {
          ...{ name: container.name, image: container.image, imageID: `sha256:${identity(app)}` },
          ...{ containerID: `containerd://${identity(`container ${number}`)}`, ready: true, restartCount: 0 },
          ...{ started: true, state: { running: { startedAt: CREATED } }, lastState: {} },
        },
      ],
    },
  });
}

/** All of it, in no order. */
export function* kubernetesEntries(size: Size): Generator<Entry> {
  yield* settings();
  for (const [name, own] of nodesOf(size)) {
    yield entry('minions', {
      ...{ apiVersion: 'v1', kind: 'Node' },
      metadata: { name, annotations: { 'projectcalico.org/IPv4Address': `${own}/16` } } as Stored['metadata'],
      ...{ spec: {}, status: { addresses: [{ type: 'InternalIP', address: own }] } },
    });
  }
  for (let block = 0; block < blocksOf(size); block++) yield* blockEntries(block, size);
}
