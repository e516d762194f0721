import { redactText } from '../../../bundle/redact.ts';
import { isError } from '../../../core/errors.ts';
import { objectIn, objectsIn, textIn } from '../../../core/json.ts';
import type { Cluster, Collection, KubeObject, Selection } from '../../../datastore/cluster.ts';
import type { CalicoPods, KubeNode, OperatorState, Workload } from '../facts.ts';
import { conditionOf, numberIn, textsIn } from './fields.ts';
import { podOf } from './pods.ts';

/** What the Kubernetes around Calico says. Every list is read page by page, and only what is judged is kept. */

const NODES: Collection = { group: '', version: 'v1', plural: 'nodes', namespaced: false };
const PODS: Collection = { group: '', version: 'v1', plural: 'pods', namespaced: true };
const DAEMON_SETS: Collection = { group: 'apps', version: 'v1', plural: 'daemonsets', namespaced: true };
const DEPLOYMENTS: Collection = { group: 'apps', version: 'v1', plural: 'deployments', namespaced: true };

/** Values of the label `k8s-app` of Calico's pods, whether its manifests or its operator made them. */
const COMPONENTS = [
  ...['calico-node', 'calico-node-windows', 'canal', 'calico-typha', 'calico-kube-controllers'],
  ...['calico-apiserver', 'csi-node-driver', 'tigera-operator', 'goldmane', 'whisker'],
] as const;

/** Where Calico's pods usually are: asked one by one where not all namespaces may be. */
const NAMESPACES = ['kube-system', 'calico-system', 'calico-apiserver', 'tigera-operator'] as const;

/** Asked for by name, so that a cluster with thousands of others sends none of them. */
const WORKLOADS = [
  ['DaemonSet', DAEMON_SETS, 'calico-node'],
  ['DaemonSet', DAEMON_SETS, 'calico-node-windows'],
  ['DaemonSet', DAEMON_SETS, 'canal'],
  ['Deployment', DEPLOYMENTS, 'calico-typha'],
  ['Deployment', DEPLOYMENTS, 'calico-kube-controllers'],
  ['Deployment', DEPLOYMENTS, 'calico-apiserver'],
] as const;

const OPERATOR = [
  ['Installation', 'installations'],
  ['APIServer', 'apiservers'],
  ['TigeraStatus', 'tigerastatuses'],
] as const;

async function allOf<T>(
  cluster: Pick<Cluster, 'list'>,
  selection: Selection,
  distil: (object: KubeObject) => T,
): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const { items } of cluster.list(selection)) for (const item of items) found.push(distil(item));
  return found;
}

export async function readServerVersion(cluster: Cluster): Promise<string> {
  return (await cluster.version())['gitVersion'] ?? '';
}

export function readNodes(cluster: Cluster): Promise<readonly KubeNode[]> {
  return allOf(cluster, { collection: NODES }, nodeOf);
}

function nodeOf(object: KubeObject): KubeNode {
  const condition = conditionOf(object, 'Ready');
  const { status, reason, message, lastTransitionTime } = condition;
  return {
    name: object.metadata.name,
    ready: status === 'True',
    reason:
      status === undefined
        ? 'its kubelet never reported'
        : redactText([textIn(reason), textIn(message)].filter((text) => text !== '').join(': ')),
    ...(typeof lastTransitionTime === 'string' ? { since: lastTransitionTime } : {}),
    kubelet: textIn(objectIn(object, 'status', 'nodeInfo')['kubeletVersion']),
    labels: object.metadata.labels ?? {},
  };
}

/** All pods of Calico. Who may not list pods everywhere is shown those of the usual namespaces. */
export async function readPods(cluster: Cluster): Promise<CalicoPods> {
  const labelSelector = `k8s-app in (${COMPONENTS.join(',')})`;
  // Those that were evicted or have ended stay for weeks, with images of old releases; they are nobody's pods any more.
  const fieldSelector = 'status.phase!=Failed,status.phase!=Succeeded';
  const which = { collection: PODS, labelSelector, fieldSelector };
  try {
    return { items: await allOf(cluster, which, podOf) };
  } catch (error) {
    if (!isError(error, 'unauthorized')) throw error;
    const here = await Promise.allSettled(
      NAMESPACES.map((namespace) => allOf(cluster, { ...which, namespace }, podOf)),
    );
    const items = here.flatMap((part) => (part.status === 'fulfilled' ? part.value : []));
    if (items.length === 0) throw error;
    return { items, hidden: error.message };
  }
}

export async function readWorkloads(cluster: Cluster): Promise<readonly Workload[]> {
  const parts = WORKLOADS.map(([kind, collection, name]) =>
    allOf(cluster, { collection, fieldSelector: `metadata.name=${name}` }, (object) =>
      workloadOf(kind, object),
    ),
  );
  return (await Promise.all(parts)).flat();
}

function workloadOf(kind: Workload['kind'], object: KubeObject): Workload {
  const spec = objectIn(object, 'spec');
  const status = objectIn(object, 'status');
  const isDaemonSet = kind === 'DaemonSet';
  return {
    kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    wanted: isDaemonSet
      ? numberIn(status['desiredNumberScheduled'])
      : spec['replicas'] === undefined
        ? 1
        : numberIn(spec['replicas']),
    ready: numberIn(status[isDaemonSet ? 'numberReady' : 'readyReplicas']),
    nodeSelector: textsIn(objectIn(spec, 'template', 'spec', 'nodeSelector')),
    nodeAffinity: affinityOf(objectIn(spec, 'template', 'spec', 'affinity', 'nodeAffinity')),
  };
}

/** What a node must be, e.g. none of Fargate; every part of one of the terms. */
function affinityOf(nodeAffinity: Readonly<Record<string, unknown>>): Workload['nodeAffinity'] {
  const required = objectIn(nodeAffinity, 'requiredDuringSchedulingIgnoredDuringExecution');
  return objectsIn(required['nodeSelectorTerms']).map((term) =>
    [...objectsIn(term['matchExpressions']), ...objectsIn(term['matchFields'])].map((each) => ({
      key: textIn(each['key']),
      operator: textIn(each['operator']),
      values: Array.isArray(each['values']) ? each['values'].map(textIn) : [],
    })),
  );
}

/** What the operator says of its work; nothing where it is not installed. */
export async function readOperator(cluster: Cluster): Promise<readonly OperatorState[]> {
  const parts = OPERATOR.map(async ([kind, plural]) => {
    const collection: Collection = { group: 'operator.tigera.io', version: 'v1', plural, namespaced: false };
    try {
      return await allOf(cluster, { collection }, (object) => stateOf(kind, object));
    } catch (error) {
      if (isError(error, 'not-supported', 'not-found')) return [];
      throw error;
    }
  });
  return (await Promise.all(parts)).flat();
}

function stateOf(kind: string, object: KubeObject): OperatorState {
  const status = objectIn(object, 'status');
  return {
    kind,
    name: object.metadata.name,
    ...(typeof status['state'] === 'string' ? { state: status['state'] } : {}),
    conditions: objectsIn(status['conditions']).map((condition) => ({
      type: textIn(condition['type']),
      status: textIn(condition['status']),
      reason: textIn(condition['reason']),
      message: redactText(textIn(condition['message'])),
      ...(typeof condition['lastTransitionTime'] === 'string'
        ? { since: condition['lastTransitionTime'] }
        : {}),
    })),
  };
}
