import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { KubeObject } from '../../src/datastore/cluster.ts';
import { buildScene, calicoKubelet, NODES } from '../cluster/diags/scene.ts';
import { type Planted, planted } from '../cluster/diags/secrets.ts';
import { type ApiServer, startApiServer } from '../testbed/api-server.ts';
import { openScene, type Scene } from '../testbed/kube-scene.ts';
import { type Kubelet, startKubelet } from '../testbed/kubelet.ts';
import { type Garden, garden } from './garden.ts';
import { lost, mixed, secretTexts } from './plants.ts';
import { eachOf, type Seen, type Stage, stage } from './stage.ts';

/** What is planted in a cluster shows nowhere, and what is of use does. */

let place: Stage;
let plot: Garden;
let server: ApiServer;
let scene: Scene;
const kubelets: Kubelet[] = [];

beforeAll(async () => {
  place = stage();
  plot = garden();
  server = await startApiServer();
  scene = await openScene(server.kubeconfig);
  const secrets = planted();
  const kubelet = await calicoKubelet(secrets);
  const leaky = await startKubelet({
    logs: () => mixed(plot),
    exec: ({ command }) =>
      command[0] === 'cat' ? { stdout: mixed(plot) } : { stderr: mixed(plot), exitCode: 1 },
  });
  kubelets.push(kubelet, leaky);
  await buildScene(scene, kubelet, secrets);
  await scene.node(NODES[2]!, leaky, {
    metadata: { name: NODES[2]!, annotations: { 'example.org/api-token': plot.token('annotation') } },
  });
  await plantMore(secrets);
  for (const secret of secrets.all) plot.keep('secret of the cluster', secret);
  plot.keep('token', server.token);
}, 60_000);

afterAll(async () => {
  scene.close();
  await Promise.all(kubelets.map((each) => each.stop()));
  await server.stop();
  place.remove();
});

/** Where people read what went wrong. */
async function plantMore(secrets: Planted): Promise<void> {
  const message = (what: string) =>
    `${what}: password=${secrets.word()}, see https://u:${secrets.word()}@10.96.0.1/`;
  const waiting = { reason: 'CrashLoopBackOff', message: message('back-off') };
  const terminated = { exitCode: 1, reason: 'Error', message: secretTexts(plot).join('\n') };
  await scene.pod({
    namespace: 'calico-system',
    name: 'calico-node-broken',
    node: NODES[0]!,
    labels: { 'k8s-app': 'calico-node' },
    containers: ['calico-node'],
    status: {
      phase: 'Failed',
      message: message('pod'),
      containerStatuses: [
        {
          name: 'calico-node',
          ready: false,
          restartCount: 9,
          image: 'x',
          imageID: '',
          state: { waiting },
          lastState: { terminated },
        },
      ],
      conditions: [
        { type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: message('not ready') },
      ],
    },
  });
  await scene.put(
    'tigerastatuses',
    {
      apiVersion: 'operator.tigera.io/v1',
      kind: 'TigeraStatus',
      metadata: { name: 'calico' },
      status: {
        conditions: [
          {
            type: 'Degraded',
            status: 'True',
            reason: 'ResourceUpdateError',
            message: message('cannot update'),
          },
        ],
      },
    } as unknown as KubeObject,
    { group: 'operator.tigera.io', namespaced: false },
  );
  await scene.put(
    'bgppeers',
    {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'BGPPeer',
      metadata: { name: 'peer-is-readable' },
      spec: {
        peerIP: '192.0.2.99',
        asNumber: 64599,
        password: { secretKeyRef: { name: 'bgp-passwords', key: 'is-readable' } },
      },
    } as unknown as KubeObject,
    { group: 'crd.projectcalico.org', namespaced: false },
  );
}

const run = (...words: readonly string[]): Promise<Seen> =>
  place.run([...words, '-l', 'trace'], {
    DATASTORE_TYPE: 'kubernetes',
    KUBECONFIG: server.kubeconfig,
    PATH: '',
  });

function leaksIn({ shown }: Seen): readonly string[] {
  return [...shown].flatMap(([where, bytes]) => plot.found(bytes).map((what) => `${where} shows ${what}`));
}

describe('cluster diags', () => {
  let bundle: string;
  beforeAll(async () => {
    const seen = await run('cluster', 'diags', '--since', '2h');
    expect(seen.status).toBe(0);
    expect(leaksIn(seen)).toEqual([]);
    const [, bytes] = [...seen.shown].find(([name]) => name.endsWith('.tar.gz'))!;
    bundle = Buffer.from(bytes).toString('utf8');
  }, 60_000);

  test('keeps all that is of use', () => {
    expect(lost(bundle)).toEqual([]);
    for (const word of [
      ...[
        'pool-is-readable',
        'peer-is-readable',
        'calico-typha-is-readable',
        'team-is-readable',
        'info-is-readable',
      ],
      ...[
        'OOMKilled',
        'CrashLoopBackOff',
        '192.0.2.99',
        '64599',
        'bgp-passwords',
        'is-readable',
        'v3.30.0',
        'worker-3',
      ],
      ...['example.org/calico-node:v1', '10.0.0.0/16', 'clusterGUID', 'ResourceUpdateError', 'cannot update'],
    ])
      expect(bundle).toContain(word);
    const uids = [...new Set(bundle.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g))];
    expect(uids.length).toBeGreaterThan(20);
  });
});

const LINES = [
  'cluster status',
  'cluster status -o json',
  'doctor --timeout 20s',
  'doctor -o json --timeout 20s',
  'node status --all',
  'node status --all -o json',
  'node status --all -o dot',
  'node status --all -o html',
  'ipam check -o report.json',
  'ipam show -o html',
  'validate --live',
  'version -o json',
  'datastore migrate export',
  'datastore backup -o backup.jsonl.gz',
  'get bgppeer -o yaml',
  'get node -o yaml',
];

test('no other command shows a secret of the cluster', async () => {
  const faults: object[] = [];
  const texts = new Map<string, string>();
  await eachOf(LINES, 3, async (line) => {
    const seen = await run(...line.split(' '));
    texts.set(line, seen.out);
    // What people write into annotations of Calico's own objects is theirs: it is asked for, and shown.
    const leaks = leaksIn(seen).filter(
      (leak) => !/annotation|of the cluster/.test(leak) || !/^get node|export|backup/.test(line),
    );
    if (leaks.length > 0 || seen.status === 70)
      faults.push({ line, leaks, status: seen.status, err: seen.err.slice(-2000) });
  });
  expect(faults).toEqual([]);
  expect(texts.get('cluster status')).toContain('cannot update: password=<redacted>');
  expect(texts.get('get bgppeer -o yaml')).toContain('bgp-passwords');
}, 60_000);

test('the note of a lock', async () => {
  expect(
    (await run('datastore', 'migrate', 'lock', '--reason', 'a test', '--allow-version-mismatch')).status,
  ).toBe(0);
  const seen = await run('datastore', 'status', '-o', 'json');
  expect(seen.out).toContain('a test');
  expect(leaksIn(seen)).toEqual([]);
  expect((await run('datastore', 'migrate', 'unlock', '--allow-version-mismatch')).status).toBe(0);
});
