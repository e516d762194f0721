import { counted } from '../../../core/words.ts';
import { type Cause, cause, listed, subjects } from '../cause.ts';
import type { CalicoNode, Facts } from '../facts.ts';
import { seenValue } from '../seen.ts';
import { wanted } from './nodes.ts';

/** Whether Calico and Kubernetes mean the same nodes, and whether each has addresses of its own. */
export function* judgeNames(facts: Facts): Generator<Cause> {
  const calico = seenValue(facts.calicoNodes);
  if (calico === undefined) return;
  yield* shared(calico);
  const nodes = seenValue(facts.nodes);
  const others = new Set(nodes?.filter((node) => !wanted(facts, node)).map(({ name }) => name));
  yield* withoutAddress(calico.filter(({ name }) => !others.has(name)));
  // On Kubernetes Calico's nodes are those of Kubernetes, and in a folder stands what somebody wrote there.
  if (nodes !== undefined && facts.datastore === 'etcdv3')
    yield* compared(
      calico,
      nodes.map(({ name }) => name),
    );
}

function* compared(calico: readonly CalicoNode[], kubernetes: readonly string[]): Generator<Cause> {
  const theirs = new Set(kubernetes);
  const claimed = new Set(calico.flatMap(({ name, kubernetesNames }) => [name, ...kubernetesNames]));
  const unknown = kubernetes.filter((name) => !claimed.has(name));
  const stray = calico.filter(
    ({ name, kubernetesNames }) => !theirs.has(name) && !kubernetesNames.some((other) => theirs.has(other)),
  );
  const renamed = unknown.flatMap((name) => {
    const other = stray.find((node) => isSame(node.name, name));
    return other === undefined ? [] : [{ kubernetes: name, calico: other.name }];
  });
  const paired = new Set(renamed.flatMap((pair) => [pair.kubernetes, pair.calico]));
  if (renamed.length > 0) yield namedOtherwise(renamed);
  yield* foreign(unknown.filter((name) => !paired.has(name)));
  yield* gone(stray.filter(({ name, kubernetesNames }) => !paired.has(name) && kubernetesNames.length > 0));
}

/** `Worker-1.example.com` and `worker-1`. */
function isSame(a: string, b: string): boolean {
  return a.toLowerCase().split('.')[0] === b.toLowerCase().split('.')[0];
}

function namedOtherwise(pairs: readonly { readonly kubernetes: string; readonly calico: string }[]): Cause {
  return cause('node-named-otherwise', {
    subjects: subjects(
      'Node',
      pairs.map((pair) => pair.kubernetes),
    ),
    message: `Calico knows ${counted(pairs.length, 'node')} by another name than Kubernetes: ${listed(pairs.map((pair) => `${pair.kubernetes} is ${pair.calico}`))}`,
    evidence: { names: pairs.map((pair) => ({ ...pair })) },
    advice:
      'Give calico-node and the CNI plug-in the name of Kubernetes (NODENAME, and nodename in the CNI configuration).',
    command: `calicoctl get node ${pairs[0]!.calico} -o yaml`,
  });
}

function* foreign(names: readonly string[]): Generator<Cause> {
  if (names.length === 0) return;
  yield cause('node-unknown-to-calico', {
    subjects: subjects('Node', names),
    message: `Calico does not know ${counted(names.length, 'node')} of Kubernetes: ${listed(names.toSorted())}`,
    evidence: {},
    advice: 'calico-node has not started there, or writes into another datastore.',
    command: 'calicoctl get nodes',
  });
}

function* gone(nodes: readonly CalicoNode[]): Generator<Cause> {
  if (nodes.length === 0) return;
  const names = nodes.map(({ name }) => name).sort();
  yield cause('node-unknown-to-kubernetes', {
    subjects: subjects('Node', names),
    message: `Kubernetes does not know ${counted(names.length, 'node')} of Calico: ${listed(names)}; others still try to peer with them, and their addresses stay taken`,
    evidence: {},
    advice: 'Delete those that are gone for good.',
    command: `calicoctl delete node ${names[0]}`,
  });
}

function* shared(nodes: readonly CalicoNode[]): Generator<Cause> {
  const pairs = nodes.flatMap(({ name, addresses }) => addresses.map((address) => ({ name, address })));
  for (const [address, users] of Map.groupBy(pairs, (pair) => pair.address)) {
    const names = [...new Set(users.map(({ name }) => name))].sort();
    if (names.length < 2) continue;
    yield cause('address-duplicate', {
      subjects: subjects('Node', names),
      message: `${names.length} nodes have the address ${address}: ${listed(names)}`,
      evidence: { address },
      advice: 'Only one of them can be reached: correct how calico-node finds its address, or the machine.',
      command: `calicoctl get node ${names.slice(0, 2).join(' ')} -o yaml`,
    });
  }
}

/** Where no node has one, addresses are not Calico's business. */
function* withoutAddress(nodes: readonly CalicoNode[]): Generator<Cause> {
  const names = nodes.filter(({ addresses }) => addresses.length === 0).map(({ name }) => name);
  if (names.length === 0 || names.length === nodes.length) return;
  yield cause('node-without-address', {
    subjects: subjects('Node', names),
    message: `${counted(names.length, 'node has', 'nodes have')} no address for Calico, unlike the others: ${listed(names.toSorted())}`,
    evidence: {},
    advice: 'calico-node has not started there, or found no address.',
    command: `calicoctl get node ${names[0]} -o yaml`,
  });
}
