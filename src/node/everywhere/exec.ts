import { majorOf, versionOf } from '../../bird/frames.ts';
import { parseProtocols } from '../../bird/protocols.ts';
import type { Family } from '../../bird/session.ts';
import { sessionsOf } from '../../bird/sessions.ts';
import { redactText } from '../../bundle/redact.ts';
import { CalicoctlError } from '../../core/errors.ts';
import type { Cluster, Executed } from '../../datastore/cluster.ts';
import { inParallel } from '../../operations/parallel.ts';
import type { BgpNode } from './fabric.ts';
import { CONTAINER, type NodePod, nodePods } from './pods.ts';
import { harmless, NO_BIRD, type NodeReport, silence, type ToldBird } from './report.ts';

/** Asking BIRD in the calico-node pods, with the birdcl that is in their image. */

/** So many nodes are asked at once. */
const CONCURRENCY = 32;
/** A node has so long for an answer: BIRD's own takes milliseconds. */
const TIMEOUT_MS = 10_000;
/** A thousand sessions are a megabyte or two. */
const LIMIT = 16 * 1024 * 1024;
/** No node has so many: a pod that says so has other things in mind. */
const SESSIONS = 10_000;

const SOCKETS = { ipv4: '/var/run/calico/bird.ctl', ipv6: '/var/run/calico/bird6.ctl' } as const;

export interface ExecOptions {
  readonly signal: AbortSignal;
  /** Told how many nodes have answered or failed. */
  readonly progress?: (done: number) => void;
  readonly timeoutMs?: number;
}

/** Asks these nodes, and all others that have a pod, in their pods. Throws where the pods cannot be listed. */
export async function execEverywhere(
  cluster: Cluster,
  nodes: readonly BgpNode[],
  options: ExecOptions,
): Promise<readonly NodeReport[]> {
  const pods = await nodePods(cluster);
  const known = new Set(nodes.map(({ kubernetesName }) => kubernetesName));
  const asked = [...nodes, ...[...pods.keys()].filter((name) => !known.has(name)).map(nodeNamed)];
  const reports = new Map<BgpNode, NodeReport>();
  await inParallel(asked, CONCURRENCY, async (node) => {
    if (options.signal.aborted) throw new CalicoctlError('cancelled', 'interrupted');
    reports.set(node, await askPod(cluster, node, pods.get(node.kubernetesName), options.timeoutMs));
    options.progress?.(reports.size);
  });
  if (options.signal.aborted)
    throw new CalicoctlError('cancelled', 'interrupted: the nodes are asked no longer');
  return asked.map((node) => reports.get(node)!);
}

function nodeNamed(name: string): BgpNode {
  return { name, kubernetesName: name, addresses: {}, as: undefined };
}

async function askPod(
  cluster: Cluster,
  node: BgpNode,
  pod: NodePod | undefined,
  timeoutMs: number = TIMEOUT_MS,
): Promise<NodeReport> {
  if (pod === undefined) {
    // A node that was never given an address for BGP may be of another kind, e.g. Windows.
    if (Object.keys(node.addresses).length > 0) return silence(node.name, 'no calico-node pod is there');
    return { node: node.name, birds: [], notes: ['no calico-node pod and no address for BGP is there'] };
  }
  if (pod.fault !== undefined) return silence(node.name, pod.fault);
  const ask = (family: Family) => askBirdcl(cluster, pod, family, timeoutMs);
  const [ipv4, ipv6] = await Promise.all([ask('ipv4'), ask('ipv6')]);
  const failure = failureOf(node, ipv4, ipv6);
  const birds = [ipv4, ipv6].flatMap(({ bird }) => (bird === undefined ? [] : [completed(bird, node)]));
  // That nobody listens is an answer; anything else is none, and another way may give one.
  const isAnswer = birds.length > 0 || [ipv4, ipv6].every(({ fault }) => fault?.isAbsent);
  if (!isAnswer && failure !== undefined) return silence(node.name, failure);
  return {
    node: node.name,
    source: 'exec',
    birds,
    ...(failure === undefined ? {} : { failure }),
    notes: [],
  };
}

/** BIRD 1.6 does not tell its own AS number where the peer has another. */
function completed(bird: ToldBird, { as }: BgpNode): ToldBird {
  if (as === undefined) return bird;
  const sessions = bird.sessions.map((session) => ({ ...session, localAs: session.localAs ?? as }));
  return { ...bird, sessions };
}

interface Told {
  readonly bird?: ToldBird;
  /** BIRD speaks both families over this socket. */
  readonly speaksBoth?: true;
  readonly fault?: { readonly text: string; readonly isAbsent: boolean };
}

/** That nobody listens on a socket is a fault only where the node has an address of the family. */
function failureOf(node: BgpNode, ipv4: Told, ipv6: Told): string | undefined {
  const faults = [ipv4, ipv6].map(({ fault }) => fault);
  const grave = faults.find((fault) => fault !== undefined && !fault.isAbsent);
  if (grave !== undefined) return grave.text;
  if (faults.every((fault) => fault !== undefined))
    return Object.keys(node.addresses).length > 0 ? NO_BIRD : undefined;
  if (ipv4.fault !== undefined && node.addresses.ipv4 !== undefined)
    return 'BIRD for IPv4 is not running there';
  if (ipv6.fault !== undefined && node.addresses.ipv6 !== undefined && !ipv4.speaksBoth)
    return 'BIRD for IPv6 is not running there';
  return undefined;
}

async function askBirdcl(cluster: Cluster, pod: NodePod, family: Family, timeoutMs: number): Promise<Told> {
  const fault = (text: string, isAbsent = false): Told => ({
    fault: { text: redactText(harmless(text)), isAbsent },
  });
  try {
    const done = await cluster.exec({
      namespace: pod.namespace,
      pod: pod.name,
      container: CONTAINER,
      command: ['birdcl', '-s', SOCKETS[family], 'show', 'protocols', 'all'],
      timeoutMs,
      limit: LIMIT,
    });
    const [table, said] = [harmless(done.stdout), harmless(`${done.stderr}\n${done.stdout}`)];
    if (done.exitCode !== 0 && /no such file or directory|connection refused/i.test(said))
      return fault(NO_BIRD, true);
    const failure = failureIn(done, redactText(said));
    if (failure !== undefined) return fault(`birdcl in ${pod.namespace}/${pod.name} failed: ${failure}`);
    const lines = table.split('\n');
    const version = versionOf(lines[0] ?? '');
    const sessions = sessionsOf(parseProtocols(lines));
    if (sessions.length > SESSIONS)
      return fault(`birdcl in ${pod.namespace}/${pod.name} tells of ${sessions.length} sessions`);
    return {
      bird: { socket: SOCKETS[family], ...(version === undefined ? {} : { version }), sessions },
      ...((majorOf(version) ?? 1) >= 2 ? { speaksBoth: true } : {}),
    };
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
    // In the same words for all nodes, since they are told by reason: there may be hundreds.
    const isLate = error.errorClass === 'timeout';
    return fault(isLate ? `its pod did not answer within ${timeoutMs / 1000}s` : error.message);
  }
}

function failureIn({ exitCode, failure, cut }: Executed, said: string): string | undefined {
  if (failure !== undefined) return failure;
  if (exitCode !== 0) return firstLine(said) ?? `it ended with ${exitCode}`;
  if (cut) return `it printed more than ${LIMIT / 1024 / 1024} MiB`;
  return said.trim() === '' ? 'it printed nothing' : undefined;
}

function firstLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^BIRD \S+ ready/.test(line))[0]
    ?.slice(0, 200);
}
