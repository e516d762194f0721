import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { OpenCluster } from '../../../src/datastore/cluster.ts';
import { execEverywhere } from '../../../src/node/everywhere/exec.ts';
import { type Workspace, workspace } from '../../commands/run.ts';
import { type ApiServer, startApiServer } from '../../testbed/api-server.ts';
import { openScene, type Scene, sceneCluster } from '../../testbed/kube-scene.ts';
import { type AskedExec, type Kubelet, type Ran, startKubelet } from '../../testbed/kubelet.ts';

/** Asking BIRD in pods, through a real API server and a kubelet that runs no programs but answers for them. */

const ABSENT: Ran = {
  stderr:
    'Unable to connect to server control socket (/var/run/calico/bird6.ctl): No such file or directory\n',
  exitCode: 1,
};

function table(peers: readonly (readonly [address: string, state: string])[]): Ran {
  const rows = peers.map(
    ([address, state]) =>
      `Mesh_${address.replaceAll('.', '_')} BGP      master   ${state === 'Established' ? 'up' : 'start'}     10:11:12    ${state}\n` +
      `  BGP state:          ${state}\n    Neighbor address: ${address}\n    Neighbor AS:      64512\n`,
  );
  const text = `BIRD v0.3.3+birdv1.6.8 ready.\nname     proto    table    state  since       info\n${rows.join('\n')}`;
  return { stdout: text, exitCode: 0 };
}

const ANSWERS: Readonly<Record<string, Ran>> = {
  'node-1': table([
    ['192.0.2.2', 'Established'],
    ['192.0.2.3', 'Active'],
  ]),
  'node-2': table([
    ['192.0.2.1', 'Established'],
    ['192.0.2.3', 'Active'],
  ]),
};

let server: ApiServer;
let scene: Scene;
let kubelet: Kubelet;
let cluster: OpenCluster;
let at: Workspace;
let stuck: Promise<Ran>;
let release: (ran: Ran) => void;

async function answer({ pod, command }: AskedExec): Promise<Ran> {
  if (command.join(' ').includes('bird6')) return ABSENT;
  const node = pod.replace('calico-', '');
  if (node === 'node-4') return stuck;
  return ANSWERS[node] ?? { failure: 'exec: "birdcl": executable file not found in $PATH' };
}

beforeAll(async () => {
  stuck = new Promise((resolve) => {
    release = resolve;
  });
  [server, kubelet, at] = await Promise.all([startApiServer(), startKubelet({ exec: answer }), workspace()]);
  scene = await openScene(server.kubeconfig);
  cluster = await sceneCluster(server.kubeconfig);
  await scene.namespace('calico-system');
  for (const index of [1, 2, 3, 4, 5]) {
    const annotations = { 'projectcalico.org/IPv4Address': `192.0.2.${index}/24` };
    await scene.node(`node-${index}`, kubelet, { metadata: { name: '', annotations } });
    if (index === 3) continue;
    await scene.pod({
      ...{ namespace: 'calico-system', name: `calico-node-${index}`, node: `node-${index}` },
      ...{ containers: ['calico-node'], labels: { 'k8s-app': 'calico-node' } },
    });
  }
});

afterAll(async () => {
  release(ABSENT);
  scene.close();
  await cluster.close();
  await Promise.all([kubelet.stop(), server.stop(), at.remove()]);
});

describe('asking BIRD in the pods of a cluster', () => {
  test('a node that never answers keeps nobody waiting longer than its time', async () => {
    const nodes = [1, 2, 4].map((index) => ({
      ...{ name: `node-${index}`, kubernetesName: `node-${index}`, as: 64512 },
      addresses: { ipv4: `192.0.2.${index}` },
    }));
    const began = performance.now();
    const signal = new AbortController().signal;
    const reports = await execEverywhere(cluster, nodes, { signal, timeoutMs: 700 });
    expect(performance.now() - began).toBeLessThan(3000);
    release(ABSENT);
    expect(
      reports.map(({ node, birds }) => [node, birds.flatMap(({ sessions }) => sessions).length]),
    ).toEqual([
      ['node-1', 2],
      ['node-2', 2],
      ['node-4', 0],
      ['node-5', 0],
    ]);
    expect(reports[2]!.failure).toBe('its pod did not answer within 0.7s');
  });

  test('the command shows who answered, and names who did not', async () => {
    const { status, out, err } = await at.calicoctl(['node', 'status', '--all', '-o', 'json'], {
      env: { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: server.kubeconfig, CALICO_FILE_DIR: undefined },
    });
    const { nodes } = JSON.parse(out);
    const of = (index: number) => nodes[index - 1];
    expect(nodes.map(({ node, source }: { node: string; source?: string }) => [node, source])).toEqual([
      ['node-1', 'exec'],
      ['node-2', 'exec'],
      ['node-3', undefined],
      ['node-4', 'exec'],
      ['node-5', undefined],
    ]);
    expect(of(1).birds).toMatchObject([
      {
        ...{ socket: '/var/run/calico/bird.ctl', version: 'v0.3.3+birdv1.6.8' },
        sessions: [
          { peerAddress: '192.0.2.2', established: true, peerAs: 64512 },
          { peerAddress: '192.0.2.3', established: false, info: 'Active' },
        ],
      },
    ]);
    expect(of(3).error).toStartWith('no calico-node pod is there; it has no CalicoNodeStatus');
    expect(of(4).error).toBe('BIRD is not running there');
    expect(of(5).error).toContain('executable file not found');
    expect(status).toBe(1);
    expect(err).toStartWith('3 of 5 nodes show no current BGP state:\n');
  });

  test('one way alone, from a datastore that is no Kubernetes', async () => {
    const { out, err } = await at.calicoctl([
      ...['node', 'status', '--all', '--via', 'exec', '--kubeconfig', server.kubeconfig, '-o', 'json'],
    ]);
    // The datastore has no nodes, but there are pods.
    const { nodes } = JSON.parse(out);
    expect(nodes.map(({ node }: { node: string }) => node)).toEqual(['node-1', 'node-2', 'node-4', 'node-5']);
    expect(nodes[0].birds[0].sessions).toHaveLength(2);
    expect(err).toStartWith(
      '1 of 4 nodes show no current BGP state:\n  node-5: birdcl in calico-system/calico-node-5 failed',
    );
  });
});
