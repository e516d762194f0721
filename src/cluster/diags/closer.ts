/** The pods that are looked at closely, and the nodes they run on. */
import type { Link } from '../../bundle/bundle.ts';
import { Skipped, type Step } from '../../bundle/recorder.ts';
import { isError } from '../../core/errors.ts';
import type { Cluster, KubeObject } from '../../datastore/cluster.ts';
import { kindOf } from '../../resources/registry.ts';
import type { OpenStore } from './calico.ts';
import { dataplaneSteps, hasNodeContainer } from './dataplane.ts';
import type { Watch } from './lists.ts';
import type { DiagsOptions } from './options.ts';
import { linksOf, podSteps } from './pods.ts';
import { type ChosenPod, core, isCalicoNamespace, listAll, nodeOrder, podsOf, usesBpf } from './workloads.ts';

export interface Closer {
  readonly cluster: Cluster;
  readonly watch: Watch;
  readonly options: DiagsOptions;
  readonly open: OpenStore;
  readonly say: (line: string) => void;
  /** Runs the steps that find out what the others are. */
  readonly run: (steps: readonly Step[]) => Promise<unknown>;
}

/** Steps of all pods, chosen by looking at namespaces, nodes and workloads first; what cannot be read is a failed step. */
export async function closerSteps({
  cluster,
  watch,
  options,
  open,
  say,
  run,
}: Closer): Promise<{ readonly steps: readonly Step[]; readonly links: readonly Link[] }> {
  let nodes: readonly string[] = options.focusNodes;
  let namespaces: readonly string[] = [];
  let bpf = true;
  await run([
    {
      name: 'names of nodes',
      async work() {
        nodes = await nodeOrder(cluster, options.focusNodes);
      },
    },
    {
      name: 'namespaces of Calico',
      async work() {
        const all = await listAll(cluster, { collection: core('namespaces', false) });
        namespaces = all.map(({ metadata }) => metadata.name).filter(isCalicoNamespace);
      },
    },
    {
      name: 'whether Felix runs on eBPF',
      async work() {
        const kind = await kindOf('FelixConfiguration');
        bpf = await usesBpf(async () => (await open()).get({ kind, name: 'default' }));
      },
    },
  ]);
  const chosen = new Map<string, readonly ChosenPod[]>();
  await run(
    namespaces.map((namespace) => ({
      name: `pods of namespace ${namespace}`,
      async work() {
        chosen.set(namespace, await podsOf(cluster, namespace, nodes, options));
      },
    })),
  );
  const source = {
    cluster,
    watch,
    sinceSeconds: options.sinceSeconds,
    events: eventsOf(cluster),
    guarded: guard(),
    bpf,
  };
  const links: Link[] = [];
  const steps = namespaces.flatMap((namespace) => {
    const pods = chosen.get(namespace) ?? [];
    if (pods.length === 0 && namespace === 'kube-system') return [];
    say(`Collecting detailed diags for namespace ${namespace}...`);
    return pods.flatMap((pod) => {
      say(`Collecting detailed diags for pod ${pod.name} in namespace ${namespace} on node ${pod.node}...`);
      links.push(...linksOf(pod));
      const isNode = pod.name.startsWith('calico-node-') && pod.node !== '' && hasNodeContainer(pod);
      return [...(isNode ? dataplaneSteps(source, pod) : []), ...podSteps(source, pod)];
    });
  });
  return { steps, links };
}

/** Events of a namespace, read once however many ask. */
function eventsOf(cluster: Cluster): (namespace: string) => Promise<readonly KubeObject[]> {
  const read = new Map<string, Promise<readonly KubeObject[]>>();
  return (namespace) => {
    const events = read.get(namespace) ?? listAll(cluster, { collection: core('events'), namespace });
    read.set(namespace, events);
    return events;
  };
}

/** A kubelet that did not answer once is not asked again: a node that is down would cost a time-out for every program. */
function guard(): (node: string, step: Step) => Step {
  const silent = new Map<string, string>();
  return (node, step) => ({
    ...step,
    async work(collect) {
      const before = silent.get(node);
      if (before !== undefined) throw new Skipped(`node ${node} did not answer before: ${before}`);
      try {
        await step.work(collect);
      } catch (error) {
        if (isError(error, 'unavailable')) silent.set(node, error.message);
        throw error;
      }
    },
  });
}
