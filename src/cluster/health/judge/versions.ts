import { textIn } from '../../../core/json.ts';
import { counted } from '../../../core/words.ts';
import { type Cause, cause, listed, subjects } from '../cause.ts';
import type { CalicoPod, Facts } from '../facts.ts';
import { seenValue } from '../seen.ts';
import { AGENTS } from './nodes.ts';

/** Components whose versions have to go together, by the container that has it. */
const VERSIONED: Readonly<Record<string, string>> = {
  'calico-node': 'calico-node',
  'calico-node-windows': 'node',
  canal: 'calico-node',
  'calico-typha': 'calico-typha',
  'calico-kube-controllers': 'calico-kube-controllers',
  'calico-apiserver': 'calico-apiserver',
};

/** Kubelets may be so many minor versions older than the API server, by Kubernetes' own rule, and none newer. */
const OLDER_KUBELETS = 3;

/** Whether versions of Calico, and of Kubernetes among themselves, go together. */
export function* judgeVersions(facts: Facts): Generator<Cause> {
  const running = runningVersions(seenValue(facts.pods)?.items ?? []);
  yield* judgeRunning(running);
  yield* judgeRecorded(facts, running);
  yield* judgeKubelets(facts);
}

/** Where each version of each component runs. */
type Running = ReadonlyMap<string, ReadonlyMap<string, readonly CalicoPod[]>>;

export function runningVersions(pods: readonly CalicoPod[]): Running {
  const found = new Map<string, Map<string, CalicoPod[]>>();
  for (const pod of pods) {
    const container = pod.containers.find(({ name }) => name === VERSIONED[pod.component]);
    const version = container === undefined ? undefined : versionOf(container.image);
    if (version === undefined) continue;
    const component = AGENTS.has(pod.component) ? 'calico-node' : pod.component;
    const versions = found.get(component) ?? new Map<string, CalicoPod[]>();
    found.set(component, versions);
    versions.set(version, [...(versions.get(version) ?? []), pod]);
  }
  return found;
}

/** The release that the tag of an image names; undefined of a digest, `latest` and the like. */
export function versionOf(image: string): string | undefined {
  return /:v?(\d+\.\d+\.\d+)(?:[-+][^/:@]*)?(?:@[^/]*)?$/.exec(image)?.[1]?.replace(/^/, 'v');
}

function minorOf(version: string): readonly [major: number, minor: number] | undefined {
  const match = /^v?(\d+)\.(\d+)(?:[.+-]|$)/.exec(version);
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

/** More than one minor version lies between them. */
function isApart(versions: readonly string[]): boolean {
  const releases = versions.flatMap((version) => {
    const release = minorOf(version);
    return release === undefined ? [] : [release];
  });
  const minors = releases.map(([, minor]) => minor);
  return new Set(releases.map(([major]) => major)).size > 1 || Math.max(...minors) - Math.min(...minors) > 1;
}

function* judgeRunning(running: Running): Generator<Cause> {
  const all = [...running.values()].flatMap((versions) => [...versions.keys()]);
  const different = [...new Set(all)];
  if (different.length < 2) return;
  const words = [...running].map(([component, versions]) => {
    const usual = [...versions].sort(([, a], [, b]) => b.length - a.length);
    const each = usual.map(([version, pods], index) => {
      const nodes = pods.map(({ node }) => node).sort();
      const where =
        usual.length === 1 ? '' : index === 0 ? ` in ${counted(pods.length, 'pod')}` : ` on ${listed(nodes)}`;
      return `${version}${where}`;
    });
    return `${component} ${each.join(', ')}`;
  });
  const evidence = Object.fromEntries(
    [...running].map(([component, versions]) => [
      component,
      Object.fromEntries([...versions].map(([version, pods]) => [version, pods.length])),
    ]),
  );
  yield cause(isApart(different) ? 'version-apart' : 'version-mixed', {
    subjects: [],
    message: `components of Calico run different versions: ${words.join('; ')}`,
    evidence,
    advice: 'An upgrade is under way, or got stuck: bring all to one version, one minor version at a time.',
    command: 'kubectl get pods -A -o wide -l "k8s-app in (calico-node,calico-typha,calico-kube-controllers)"',
  });
}

function* judgeRecorded(facts: Facts, running: Running): Generator<Cause> {
  const recorded = textIn(seenValue(facts.information)?.spec['calicoVersion']);
  if (recorded === '') return;
  const release = recorded.split('-')[0]!;
  const agents = [...(running.get('calico-node')?.keys() ?? [])];
  if (agents.length > 0 && !agents.includes(release))
    yield cause('version-recorded', {
      subjects: [{ kind: 'ClusterInformation', name: 'default' }],
      message: `ClusterInformation says Calico ${recorded}, and calico-node is ${listed(agents)}`,
      evidence: { recorded, running: agents },
      advice: 'calico-node writes its version when it starts: see whether it can write to this datastore.',
      command: 'calicoctl get clusterinformation default -o yaml',
    });
  if (release !== facts.clientVersion)
    yield cause('version-client', {
      subjects: [],
      message: `this calicoctl is for Calico ${facts.clientVersion}, the cluster runs ${recorded}`,
      evidence: { client: facts.clientVersion, cluster: recorded },
      advice: `Use a calicoctl for ${recorded}: writes may be refused.`,
      command: 'calicoctl version',
    });
}

function* judgeKubelets(facts: Facts): Generator<Cause> {
  const server = seenValue(facts.serverVersion);
  const ours = server === undefined ? undefined : minorOf(server);
  if (server === undefined || ours === undefined) return;
  const wrong = (seenValue(facts.nodes) ?? []).filter(({ kubelet }) => {
    const theirs = minorOf(kubelet);
    if (theirs === undefined || theirs[0] !== ours[0]) return false;
    return theirs[1] > ours[1] || ours[1] - theirs[1] > OLDER_KUBELETS;
  });
  for (const [kubelet, nodes] of Map.groupBy(wrong, (node) => node.kubelet)) {
    const names = nodes.map(({ name }) => name).sort();
    yield cause('kubelet-skew', {
      subjects: subjects('Node', names),
      message: `the kubelet of ${counted(names.length, 'node')} is ${kubelet}, the API server ${server}: ${listed(names)}`,
      evidence: { kubelet, server },
      advice: `Kubelets may be up to ${OLDER_KUBELETS} minor versions older than the API server, and none newer.`,
      command: 'kubectl get nodes -o wide',
    });
  }
}
