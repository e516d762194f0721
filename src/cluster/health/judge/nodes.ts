import { counted } from '../../../core/words.ts';
import { type Cause, cause, listed, subjects } from '../cause.ts';
import type { CalicoPod, Facts, KubeNode, NodeExpression } from '../facts.ts';
import { seenValue } from '../seen.ts';
import { hasOwnCause } from './pods.ts';

/** Components that are calico-node. */
export const AGENTS: ReadonlySet<string> = new Set(['calico-node', 'calico-node-windows', 'canal']);

/** Nodes of Kubernetes, and whether calico-node works on each. */
export function* judgeNodes(facts: Facts): Generator<Cause> {
  const nodes = seenValue(facts.nodes);
  if (nodes === undefined) return;
  yield* notReady(nodes);
  const pods = seenValue(facts.pods);
  if (pods === undefined) return;
  const agents = pods.items.filter(({ component }) => AGENTS.has(component));
  if (pods.items.length === 0) {
    yield absent(nodes.length);
    return;
  }
  const ready = agents.filter((pod) => pod.ready).length;
  if (agents.length > 0 && ready === 0) {
    yield cause('agents-all-down', {
      subjects: [],
      message: `none of ${counted(agents.length, 'calico-node pod')} is ready: nothing new is programmed on any node`,
      evidence: { pods: agents.length, ready },
      advice: 'Look at what they log.',
      command: logsCommand(agents[0]!),
    });
    return;
  }
  const alive = nodes.filter(({ ready: isReady }) => isReady);
  yield* withoutAgent(facts, alive, agents, pods.hidden !== undefined);
  yield* agentsNotReady(alive, agents, facts.now);
}

export function logsCommand({ namespace, name }: CalicoPod): string {
  return `kubectl -n ${namespace} logs ${name} --all-containers --tail 50`;
}

function absent(nodes: number): Cause {
  return cause('calico-absent', {
    subjects: [],
    message: `no pod of Calico is there, in any namespace, for ${counted(nodes, 'node')}`,
    evidence: { nodes },
    advice: 'Install Calico, or look at what its operator says; check that this is the right cluster.',
    command: 'kubectl get pods -A -l "k8s-app in (calico-node,tigera-operator)"',
  });
}

/** Nodes with the same trouble are one cause. */
function* notReady(nodes: readonly KubeNode[]): Generator<Cause> {
  for (const [reason, group] of Map.groupBy(
    nodes.filter(({ ready }) => !ready),
    (node) => node.reason,
  )) {
    const names = group.map(({ name }) => name).sort();
    const since = group.flatMap((node) => node.since ?? []).sort()[0];
    const why = reason === '' ? '' : ` (${reason})`;
    yield cause('node-not-ready', {
      subjects: subjects('Node', names),
      message: `${counted(names.length, 'node is', 'nodes are')} not ready${since === undefined ? '' : ` since ${since}`}: ${listed(names)}${why}`,
      evidence: { reason, since: since ?? null },
      advice: 'Look at the machine and its kubelet; Calico follows the node.',
      command: `kubectl describe node ${names[0]}`,
    });
  }
}

/** Whether Calico's DaemonSet wants to run on the node. */
export function wanted({ workloads }: Facts, { name, labels }: KubeNode): boolean {
  if (labels['type'] === 'virtual-kubelet') return false;
  const sets = seenValue(workloads)?.filter(({ kind }) => kind === 'DaemonSet') ?? [];
  if (sets.length === 0) return labels['kubernetes.io/os'] !== 'windows';
  const known = { ...labels, 'metadata.name': name };
  return sets.some(
    ({ nodeSelector, nodeAffinity }) =>
      Object.entries(nodeSelector).every(([key, value]) => labels[key] === value) &&
      (nodeAffinity.length === 0 ||
        nodeAffinity.some((term) => term.length > 0 && term.every((each) => meets(each, known)))),
  );
}

/** As the scheduler reads it; what it knows not here is met. */
function meets({ key, operator, values }: NodeExpression, labels: KubeNode['labels']): boolean {
  const value = labels[key];
  if (operator === 'In') return value !== undefined && values.includes(value);
  if (operator === 'NotIn') return value === undefined || !values.includes(value);
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  if (operator === 'Gt') return Number(value) > Number(values[0]);
  return operator === 'Lt' ? Number(value) < Number(values[0]) : true;
}

function* withoutAgent(
  facts: Facts,
  nodes: readonly KubeNode[],
  agents: readonly CalicoPod[],
  isPartial: boolean,
): Generator<Cause> {
  if (isPartial && agents.length === 0) return;
  const served = new Set(agents.map(({ node }) => node));
  const names = nodes.filter((node) => !served.has(node.name) && wanted(facts, node)).map(({ name }) => name);
  if (names.length === 0) return;
  const set = seenValue(facts.workloads)?.find(({ kind }) => kind === 'DaemonSet');
  yield cause('node-without-agent', {
    subjects: subjects('Node', names),
    message: `${counted(names.length, 'node has', 'nodes have')} no calico-node pod, so pods there get no network: ${listed(names.sort())}`,
    evidence: { daemonSet: set ? `${set.namespace}/${set.name}` : null },
    advice: 'See why the DaemonSet does not run there: taints, node selector, quota.',
    command: set ? `kubectl -n ${set.namespace} describe daemonset ${set.name}` : 'kubectl get daemonsets -A',
  });
}

/** Of nodes that are ready themselves. */
function* agentsNotReady(
  nodes: readonly KubeNode[],
  agents: readonly CalicoPod[],
  now: number,
): Generator<Cause> {
  const alive = new Set(nodes.map(({ name }) => name));
  const down = agents
    .filter(({ ready, node }) => !ready && alive.has(node))
    .filter((pod) => !hasOwnCause(pod, now))
    .sort((a, b) => (a.node < b.node ? -1 : 1));
  if (down.length === 0) return;
  const since = down.flatMap((pod) => pod.since ?? []).sort()[0];
  const names = down.map(({ node }) => node);
  yield cause('agent-not-ready', {
    subjects: down.map(({ namespace, name }) => ({ kind: 'Pod', namespace, name })),
    message: `calico-node is not ready on ${counted(names.length, 'node')}${since === undefined ? '' : ` since ${since}`}: ${listed(names)}`,
    evidence: { nodes: names, since: since ?? null },
    advice: 'Its readiness probe says why: Felix, BIRD, or no connection to Typha or the datastore.',
    command: `kubectl -n ${down[0]!.namespace} describe pod ${down[0]!.name}`,
  });
}
