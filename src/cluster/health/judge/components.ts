import { counted } from '../../../core/words.ts';
import { type Cause, cause } from '../cause.ts';
import type { CalicoPod, Facts, Workload } from '../facts.ts';
import { seenValue } from '../seen.ts';

/** A Typha serves so many nodes at most, by Calico's own recommendation. */
const NODES_PER_TYPHA = 200;
/** From so many nodes on, API servers should not serve every calico-node themselves. */
const NODES_WITHOUT_TYPHA = 50;

/** What stands between the API server and every calico-node. */
export function* judgeTypha(facts: Facts): Generator<Cause> {
  const workloads = installed(facts);
  if (workloads === undefined) return;
  const nodes = seenValue(facts.nodes)?.length ?? 0;
  const typhas = named(workloads, 'calico-typha').filter(({ wanted }) => wanted > 0);
  for (const typha of typhas) yield* typhaCauses(typha, nodes);
  if (typhas.length === 0 && facts.datastore === 'kubernetes' && nodes > NODES_WITHOUT_TYPHA)
    yield withoutTypha(nodes);
}

/** Components that run once or twice for the whole cluster. */
export function* judgeComponents(facts: Facts): Generator<Cause> {
  const workloads = installed(facts);
  if (workloads === undefined) return;
  const controllers = named(workloads, 'calico-kube-controllers');
  const isUsed = managesAddresses(facts);
  for (const workload of controllers) if (isUsed || workload.wanted > 0) yield* judgeControllers(workload);
  const { items = [], hidden } = seenValue(facts.pods) ?? {};
  const isNeeded = !hidden && isUsed && !hasPod(items, 'calico-kube-controllers');
  if (controllers.length === 0 && isNeeded) yield withoutControllers();
  for (const workload of named(workloads, 'calico-apiserver')) yield* judgeApiServer(workload);
}

/** Undefined where they are not known, or Calico is not there at all, which is told elsewhere. */
function installed({ pods, workloads }: Facts): readonly Workload[] | undefined {
  return seenValue(pods)?.items.length ? seenValue(workloads) : undefined;
}

function named(workloads: readonly Workload[], name: string): readonly Workload[] {
  return workloads.filter((workload) => workload.name === name);
}

/** Where another plug-in gives out addresses and Kubernetes keeps the data, nothing is to be cleaned up. */
function managesAddresses({ datastore, usage }: Facts): boolean {
  const { pools = [], orphans = [] } = seenValue(usage) ?? {};
  return datastore === 'etcdv3' || orphans.length > 0 || pools.some(({ blocks }) => blocks.length > 0);
}

function hasPod(pods: readonly CalicoPod[], component: string): boolean {
  return pods.some((pod) => pod.component === component);
}

function about({ kind, namespace, name, wanted, ready }: Workload) {
  return {
    subjects: [{ kind, namespace, name }],
    evidence: { wanted, ready },
    command: `kubectl -n ${namespace} describe ${kind.toLowerCase()} ${name}`,
  };
}

function* typhaCauses(typha: Workload, nodes: number): Generator<Cause> {
  const { ready, wanted, namespace, name } = typha;
  if (ready === 0) {
    yield cause('typha-down', {
      ...about(typha),
      message: `no Typha is ready (${wanted} wanted): calico-node gets no changes`,
      advice: 'Its pods say why: nodes without room, host ports in use, certificates.',
    });
  } else if (ready < wanted) {
    yield cause('typha-short', {
      ...about(typha),
      message: `${ready} of ${counted(wanted, 'replica')} of Typha are ready`,
      advice: 'Its pods say why: nodes without room, host ports in use, certificates.',
    });
  }
  const least = Math.ceil(nodes / NODES_PER_TYPHA);
  if (wanted < least)
    yield cause('typha-few', {
      ...about(typha),
      message: `${counted(wanted, 'replica')} of Typha for ${nodes} nodes: at least ${least} are needed (one for ${NODES_PER_TYPHA} nodes)`,
      advice: 'Add replicas; where the operator manages it, look why it does not.',
      command: `kubectl -n ${namespace} scale deployment ${name} --replicas ${least + 1}`,
    });
}

function withoutTypha(nodes: number): Cause {
  return cause('typha-absent', {
    subjects: [],
    message: `${nodes} nodes ask the API server themselves: beyond ${NODES_WITHOUT_TYPHA} nodes Typha should stand between`,
    evidence: { nodes },
    advice: 'Install Typha.',
  });
}

function* judgeControllers(workload: Workload): Generator<Cause> {
  const { wanted, ready, namespace, name } = workload;
  if (ready > 0) return;
  const lost = 'addresses of nodes that are gone are not given back';
  if (wanted === 0)
    yield cause('controllers-down', {
      ...about(workload),
      message: `calico-kube-controllers is scaled to 0: ${lost}`,
      advice: 'Scale it up again.',
      command: `kubectl -n ${namespace} scale deployment ${name} --replicas 1`,
    });
  else
    yield cause('controllers-down', {
      ...about(workload),
      message: `calico-kube-controllers is not ready (${wanted} wanted): ${lost}`,
      advice: 'Its pod says why.',
    });
}

function withoutControllers(): Cause {
  return cause('controllers-absent', {
    subjects: [],
    message:
      'there is no calico-kube-controllers: nothing is cleaned up after nodes and workloads that are gone',
    evidence: {},
    advice: 'Install it again.',
    command: 'kubectl get deployments -A',
  });
}

function* judgeApiServer(workload: Workload): Generator<Cause> {
  if (workload.ready > 0 || workload.wanted === 0) return;
  yield cause('api-server-down', {
    ...about(workload),
    message: `Calico's API server is not ready (${workload.wanted} wanted): kubectl cannot use projectcalico.org/v3`,
    advice: 'Its pods say why; calicoctl itself does not need it.',
  });
}
