import { isObject, textIn } from '../../core/json.ts';
import type { Cluster, KubeObject } from '../../datastore/cluster.ts';

/** The container in which BIRD runs, in every way of installing Calico. */
export const CONTAINER = 'calico-node';
const LABEL = 'k8s-app=calico-node';
const PODS = { group: '', version: 'v1', plural: 'pods', namespaced: true } as const;

/** A calico-node pod. */
export interface NodePod {
  readonly namespace: string;
  readonly name: string;
  /** Why nothing can be run in it; absent where it runs. */
  readonly fault?: string;
}

/** The calico-node pods by the name of their Kubernetes node: the running one where there are several. */
export async function nodePods(cluster: Cluster): Promise<ReadonlyMap<string, NodePod>> {
  const pods = new Map<string, NodePod>();
  for await (const { items } of cluster.list({ collection: PODS, labelSelector: LABEL }))
    for (const object of items) {
      const node = textIn(at(object, 'spec', 'nodeName'));
      const known = pods.get(node);
      if (node !== '' && (known === undefined || known.fault !== undefined)) pods.set(node, podOf(object));
    }
  return pods;
}

function podOf(object: KubeObject): NodePod {
  const { namespace = 'default', name } = object.metadata;
  const fault = faultOf(object);
  return {
    namespace,
    name,
    ...(fault === undefined ? {} : { fault: `its pod ${namespace}/${name} ${fault}` }),
  };
}

function faultOf(object: KubeObject): string | undefined {
  if (object.metadata['deletionTimestamp'] !== undefined) return 'is being deleted';
  const statuses = at(object, 'status', 'containerStatuses');
  const container = (Array.isArray(statuses) ? statuses : []).find((each) => at(each, 'name') === CONTAINER);
  if (at(container, 'state', 'running') !== undefined) return undefined;
  const reason =
    at(container, 'state', 'waiting', 'reason') ?? at(container, 'state', 'terminated', 'reason');
  if (reason !== undefined) return `does not run: ${textIn(reason)}`;
  const phase = textIn(at(object, 'status', 'phase'));
  return phase === 'Running' && container === undefined ? undefined : `does not run: ${phase || 'no phase'}`;
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((found, key) => (isObject(found) ? found[key] : undefined), value);
}
