import type { KubeObject } from '../../../src/datastore/cluster.ts';
import type { Scene } from '../../testbed/kube-scene.ts';
import { type AskedExec, type Kubelet, type Ran, startKubelet } from '../../testbed/kubelet.ts';
import { installation, operatorKind } from './scene-operator.ts';
import { configMaps, secretObjects } from './scene-secrets.ts';
import { type Planted, secretArgs, secretBird, secretEnv, secretLines } from './secrets.ts';

/** A cluster with Calico in it that has been up for a while, and secrets wherever somebody could have put one. */

export const NODES = ['worker-1', 'worker-2', 'worker-3'];

export async function calicoKubelet(secrets: Planted): Promise<Kubelet> {
  const bird = secretBird(secrets);
  const lines = (title: string) => `${title}\n${secretLines(secrets).join('\n')}\n`;
  const programs: Readonly<Record<string, () => Ran>> = {
    'ip addr': () => ({ stdout: '1: lo: <LOOPBACK,UP>\n    inet 127.0.0.1/8 scope host lo\n' }),
    'cat /etc/calico/confd/config/bird.cfg': () => ({ stdout: bird }),
    'ls /var/log/calico/cni': () => ({ stdout: 'cni.log\ncni-old.log\n../evil\n' }),
    'cat /var/log/calico/cni/cni.log': () => ({ stdout: lines('cni log') }),
    'cat /var/log/calico/cni/cni-old.log': () => ({ stdout: lines('old cni log') }),
    'birdcl -s /var/run/calico/bird.ctl show protocols all': () => ({
      stdout:
        'BIRD v0.3.3 ready.\nname     proto    table    state  since       info\nMesh_10_0_0_2 BGP master up 2026-01-02 Established\n',
    }),
    'ipset list': () => ({
      stderr: 'ipset v7: Kernel error received: Operation not permitted\n',
      exitCode: 1,
    }),
    'nft -n -a list ruleset': () => ({ failure: 'exec: "nft": executable file not found in $PATH' }),
  };
  return startKubelet({
    logs: ({ pod, container, previous }) =>
      container === 'waiting'
        ? { status: 400, text: `container "waiting" in pod "${pod}" is waiting to start: ContainerCreating` }
        : lines(`log of ${pod} ${container}${previous ? ' before' : ''}`),
    exec: ({ command }: AskedExec) =>
      programs[command.join(' ')]?.() ?? { stdout: `said by ${command[0]}\n` },
  });
}

function template(labels: object, secrets: Planted, containers: readonly string[]) {
  return {
    metadata: { labels },
    spec: {
      containers: containers.map((name) => ({
        name,
        image: `example.org/${name}:v1`,
        env: secretEnv(secrets),
        args: secretArgs(secrets),
      })),
    },
  };
}

/** What `kubectl apply` leaves behind. */
function applied(secrets: Planted) {
  const env = secretEnv(secrets);
  return {
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ spec: { containers: [{ env }] } }),
    'example.org/api-token': secrets.word(),
    'example.org/owner': 'team-is-readable',
  };
}

async function workload(
  scene: Scene,
  secrets: Planted,
  [plural, kind, namespace, name]: readonly [string, string, string, string],
): Promise<void> {
  const labels = { 'k8s-app': name };
  await scene.put(
    plural,
    {
      apiVersion: 'apps/v1',
      kind,
      metadata: { namespace, name, labels, annotations: applied(secrets) },
      spec: {
        selector: { matchLabels: labels },
        template: template(labels, secrets, [name]),
        ...(kind === 'StatefulSet' && { serviceName: name }),
      },
    },
    { group: 'apps' },
  );
}

async function pod(
  scene: Scene,
  secrets: Planted,
  namespace: string,
  app: string,
  node: string,
): Promise<void> {
  const name = `${app}-${node.slice(-1) || 'x'}abcd`;
  const container = { ...template({}, secrets, [app]).spec.containers[0]! };
  await scene.pod({
    namespace,
    name,
    node,
    labels: { 'k8s-app': app },
    annotations: applied(secrets),
    containers: [app],
    spec: {
      containers: [container, ...(app === 'calico-node' ? [{ ...container, name: 'waiting' }] : [])],
    },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'False',
          reason: 'ContainersNotReady',
          message: `password=${secrets.word()}`,
        },
      ],
      containerStatuses: [
        {
          name: app,
          ready: true,
          restartCount: 2,
          image: 'x',
          imageID: '',
          state: { running: {} },
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
        },
      ],
    },
  });
  await scene.put('events', {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name: `${name}.1` },
    involvedObject: { kind: 'Pod', namespace, name },
    reason: 'BackOff',
    message: `Back-off restarting; token=${secrets.word()}`,
    type: 'Warning',
    count: 3,
    lastTimestamp: '2026-01-02T03:04:05Z',
  } as unknown as KubeObject);
}

const CALICO = { group: 'crd.projectcalico.org' };

async function calicoResources(scene: Scene): Promise<void> {
  const crd = { apiVersion: 'crd.projectcalico.org/v1' };
  await scene.put(
    'clusterinformations',
    {
      ...crd,
      kind: 'ClusterInformation',
      metadata: { name: 'default' },
      spec: {
        clusterGUID: 'abc',
        datastoreReady: true,
        calicoVersion: 'v3.30.0',
        clusterType: 'k8s,bgp,kdd',
      },
    } as unknown as KubeObject,
    CALICO,
  );
  await scene.put(
    'ippools',
    {
      ...crd,
      kind: 'IPPool',
      metadata: { name: 'pool-is-readable' },
      spec: { cidr: '10.0.0.0/16', blockSize: 26, ipipMode: 'Always', vxlanMode: 'Never', natOutgoing: true },
    } as unknown as KubeObject,
    CALICO,
  );
  await scene.put(
    'felixconfigurations',
    {
      ...crd,
      kind: 'FelixConfiguration',
      metadata: { name: 'default' },
      spec: { bpfEnabled: false },
    } as unknown as KubeObject,
    CALICO,
  );
  await scene.put(
    'kubecontrollersconfigurations',
    {
      ...crd,
      kind: 'KubeControllersConfiguration',
      metadata: { name: 'default' },
      spec: { controllers: {} },
    } as unknown as KubeObject,
    CALICO,
  );
}

/** Fills an API server; the pods' kubelet has to run. */
export async function buildScene(scene: Scene, kubelet: Kubelet, secrets: Planted): Promise<void> {
  for (const namespace of ['calico-system', 'tigera-operator', 'default']) await scene.namespace(namespace);
  await scene.put('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } });
  for (const node of NODES)
    await scene.node(node, kubelet, { metadata: { name: node, annotations: applied(secrets) } });
  for (const [plural, kind] of [
    ['installations', 'Installation'],
    ['apiservers', 'APIServer'],
    ['tigerastatuses', 'TigeraStatus'],
  ] as const)
    await operatorKind(scene, plural, kind);
  await calicoResources(scene);
  await secretObjects(scene, secrets);
  await configMaps(scene, secrets);
  await workload(scene, secrets, ['daemonsets', 'DaemonSet', 'calico-system', 'calico-node']);
  await workload(scene, secrets, ['deployments', 'Deployment', 'calico-system', 'calico-typha']);
  await workload(scene, secrets, ['deployments', 'Deployment', 'calico-system', 'calico-kube-controllers']);
  await workload(scene, secrets, ['deployments', 'Deployment', 'tigera-operator', 'tigera-operator']);
  await workload(scene, secrets, ['deployments', 'Deployment', 'kube-system', 'coredns']);
  for (const node of NODES) await pod(scene, secrets, 'calico-system', 'calico-node', node);
  await pod(scene, secrets, 'calico-system', 'calico-typha', NODES[1]!);
  await pod(scene, secrets, 'calico-system', 'calico-kube-controllers', '');
  await pod(scene, secrets, 'tigera-operator', 'tigera-operator', NODES[2]!);
  await pod(scene, secrets, 'kube-system', 'coredns', NODES[0]!);
  await installation(scene);
}
