/** Which pods are looked at closely. */

import { CalicoctlError, isError } from '../../core/errors.ts';
import { isObject, objectIn, objectsIn } from '../../core/json.ts';
import type { Cluster, KubeObject, Selection } from '../../datastore/cluster.ts';
import type { DiagsOptions } from './options.ts';

/** A pod that is looked at closely. */
export interface ChosenPod {
  readonly namespace: string;
  readonly name: string;
  /** The empty text where no node runs it. */
  readonly node: string;
  readonly object: KubeObject;
}

export const core = (plural: string, namespaced = true) => ({ group: '', version: 'v1', plural, namespaced });
const apps = (plural: string) => ({ group: 'apps', version: 'v1', plural, namespaced: true });
const WORKLOADS = ['daemonsets', 'deployments', 'statefulsets'].map(apps);

/** Where Calico is installed by manifests, it lives among others. */
const SHARED_NAMESPACE = 'kube-system';

/** Namespaces of Calico and of its operator, and those that it shares with others. */
export function isCalicoNamespace(name: string): boolean {
  return /calico|tigera/.test(name) || name === SHARED_NAMESPACE;
}

export async function listAll(cluster: Cluster, selection: Selection): Promise<KubeObject[]> {
  const items: KubeObject[] = [];
  for await (const page of cluster.list(selection)) items.push(...page.items);
  return items;
}

/** Names of nodes, the wanted ones first; pods that no node runs come next. */
export async function nodeOrder(cluster: Cluster, focus: readonly string[]): Promise<readonly string[]> {
  const nodes = await listAll(cluster, { collection: core('nodes', false) });
  return [...new Set([...focus, '', ...nodes.map(({ metadata }) => metadata.name)])];
}

/**
 * Pods of the workloads of a namespace, of each so many, node by node. A pod that several workloads select is there once.
 */
export async function podsOf(
  cluster: Cluster,
  namespace: string,
  nodes: readonly string[],
  { maxLogs }: Pick<DiagsOptions, 'maxLogs'>,
): Promise<readonly ChosenPod[]> {
  const places = new Map(nodes.map((node, index) => [node, index]));
  const pods = (await listAll(cluster, { collection: core('pods'), namespace })).map((object) => ({
    namespace,
    name: object.metadata.name,
    node: nodeOf(object),
    object,
  }));
  const place = ({ node }: ChosenPod) => places.get(node) ?? nodes.length;
  const chosen = new Set<ChosenPod>();
  for (const collection of WORKLOADS) {
    for (const workload of await listAll(cluster, { collection, namespace })) {
      if (namespace === SHARED_NAMESPACE && !/calico|typha|tigera/.test(workload.metadata.name)) continue;
      const own = pods.filter(({ object }) => selects(workload, object)).sort((a, b) => place(a) - place(b));
      for (const pod of own.slice(0, maxLogs)) chosen.add(pod);
    }
  }
  return [...chosen];
}

function nodeOf({ spec }: KubeObject): string {
  const node = isObject(spec) ? spec['nodeName'] : undefined;
  return typeof node === 'string' ? node : '';
}

function selects({ spec }: KubeObject, { metadata }: KubeObject): boolean {
  const selector = objectIn(spec, 'selector');
  const labels = metadata.labels ?? {};
  const wanted = Object.entries(objectIn(selector, 'matchLabels'));
  const expressions = objectsIn(selector['matchExpressions']);
  if (wanted.length + expressions.length === 0) return false;
  return (
    wanted.every(([key, value]) => labels[key] === value) && expressions.every((one) => meets(one, labels))
  );
}

function meets(
  { key, operator, values }: Record<string, unknown>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[String(key)];
  const among = Array.isArray(values) && value !== undefined && values.includes(value);
  switch (operator) {
    case 'In':
      return among;
    case 'NotIn':
      return !among;
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}

/** Whether Felix is told to run on eBPF; unknown counts as yes, so that its maps are asked for. */
export async function usesBpf(read: () => Promise<unknown>): Promise<boolean> {
  try {
    const configuration = await read();
    const spec = isObject(configuration) ? configuration['spec'] : undefined;
    return isObject(spec) && spec['bpfEnabled'] === true;
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
    return !isError(error, 'not-found', 'cancelled');
  }
}
