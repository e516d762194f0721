import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import {
  blockOf,
  CALICO,
  calicoPod,
  clusterEntries,
  daemonSet,
  deployment,
  information,
  nodeName,
  nodeObject,
  plain,
  pool,
  SYSTEM,
} from '../../../scripts/bench/cluster-model.ts';
import { custom } from '../../../scripts/bench/ipam-kubernetes.ts';
import type { CauseCode } from '../../../src/cluster/health/catalogue.ts';
import { statusOf } from '../../../src/cluster/health/health.ts';
import { etcdDatastore } from '../../../src/datastore/etcdv3/store.ts';
import { openEtcd } from '../../../src/datastore/etcdv3/wire/client.ts';
import { put } from '../../operations/stores.ts';
import { startEtcd } from '../../testbed/testbed.ts';
import {
  ask,
  defineKind,
  noSystem,
  openScene,
  type Planted,
  type Scene,
  systemPod,
  without,
} from '../scene.ts';

/** Every cause planted in a real API server, one after the other; a healthy cluster has none. */

const NODES = 4;
const NOW = () => new Date(Date.now() - 60_000).toISOString();
let scene: Scene;

beforeAll(async () => {
  scene = await openScene(clusterEntries({ nodes: NODES, calicoPods: 12, otherPods: 40 }));
  await defineKind(scene.server, 'operator.tigera.io', 'tigerastatuses', 'TigeraStatus');
}, 60_000);
afterAll(() => scene.stop());

interface Case {
  readonly planted: () => readonly Planted[];
  /** Codes that are found, the worst first. */
  readonly codes: readonly CauseCode[];
  /** In the message of the first. */
  readonly says: RegExp;
}

type Changes = { readonly status?: object; readonly spec?: object; readonly metadata?: object };

function agent(node: number, { status = {}, spec = {} }: Changes = {}, version = CALICO): Planted {
  const name = `calico-node-${String(node).padStart(5, '0')}`;
  const pod = calicoPod('calico-node', name, nodeName(node), version, 'node');
  return systemPod({ ...pod, spec: { ...pod.spec, ...spec }, status: { ...pod.status, ...status } });
}

const container = (fields: object) => ({
  conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: NOW() }],
  containerStatuses: [{ name: 'calico-node', restartCount: 7, ready: false, ...fields }],
});

function node(number: number, { metadata = {}, status = {} }: Changes): Planted {
  const object = nodeObject(number);
  return plain('minions', {
    ...object,
    metadata: { ...object.metadata, ...metadata },
    status: { ...object.status, ...status },
  });
}

const ended = (reason: string) => ({
  lastState: { terminated: { reason, exitCode: reason === 'OOMKilled' ? 137 : 2, finishedAt: NOW() } },
});

const tigeraStatus = (conditions: readonly object[]): Planted =>
  custom_('tigerastatuses', 'TigeraStatus', 'calico', { conditions });

function custom_(plural: string, kind: string, name: string, status: object): Planted {
  return plain(`operator.tigera.io/${plural}`, {
    ...{ apiVersion: 'operator.tigera.io/v1', kind, metadata: { name }, status },
  });
}

const bgpStatus = (peersV4: readonly object[]): Planted => {
  const [key, value] = custom('CalicoNodeStatus', 'caliconodestatuses', 'worker', {
    ...{ node: nodeName(1), classes: ['BGP'], updatePeriodSeconds: 10 },
  });
  return [key, JSON.stringify({ ...JSON.parse(value), status: { lastUpdated: NOW(), bgp: { peersV4 } } })];
};

const CASES: Readonly<Record<string, Case>> = {
  'a lock with a note': {
    planted: () => {
      const [key, value] = information({ datastoreReady: false });
      const object = JSON.parse(value);
      const note = JSON.stringify({
        holder: 'ada@laptop',
        purpose: 'a split',
        since: '2026-01-02T03:04:05Z',
      });
      object.metadata.annotations = { 'calicoctl.projectcalico.org/lock': note };
      return [[key, JSON.stringify(object)]];
    },
    codes: ['datastore-locked'],
    says: /locked by ada@laptop since 2026-01-02T03:04:05Z for a split/,
  },
  'a datastore that nobody uses': {
    planted: () => [without('crd.projectcalico.org/clusterinformations', 'default')],
    codes: ['datastore-empty'],
    says: /no ClusterInformation/,
  },
  'a node that is not ready': {
    planted: () => [
      node(2, {
        status: {
          conditions: [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', message: 'gone' }],
        },
      }),
    ],
    codes: ['node-not-ready'],
    says: /^1 node is not ready: node-00002 \(NodeStatusUnknown: gone\)$/,
  },
  'a node without calico-node': {
    planted: () => [noSystem('pods', 'calico-node-00003')],
    codes: ['node-without-agent'],
    says: /1 node has no calico-node pod.*node-00003/,
  },
  'a calico-node that was evicted': {
    planted: () => [agent(3, { status: { phase: 'Failed', reason: 'Evicted' } })],
    codes: ['node-without-agent'],
    says: /1 node has no calico-node pod.*node-00003/,
  },
  'nothing where pods of old releases have ended': {
    planted: () =>
      ['Failed', 'Succeeded'].map((phase) => {
        const pod = calicoPod('calico-typha', `ended-${phase}`, nodeName(1), 'v3.30.0', 'typha');
        return systemPod({ ...pod, status: { phase } });
      }),
    codes: [],
    says: /^$/,
  },
  'nothing where a pod was prepared again': {
    planted: () => {
      const image = `quay.example/calico/cni:${CALICO}`;
      const terminated = { exitCode: 0, reason: 'Completed', finishedAt: NOW() };
      const again = { name: 'cni', restartCount: 1, state: { terminated }, lastState: { terminated } };
      return [
        agent(1, {
          spec: { initContainers: [{ name: 'cni', image }] },
          status: { initContainerStatuses: [again] },
        }),
      ];
    },
    codes: [],
    says: /^$/,
  },
  'a calico-node that is not ready': {
    planted: () => [agent(1, { status: container({ state: { running: {} } }) })],
    codes: ['agent-not-ready'],
    says: /calico-node is not ready on 1 node since \S+: node-00001/,
  },
  'no calico-node ready': {
    planted: () => [0, 1, 2, 3].map((each) => agent(each, { status: container({ state: { running: {} } }) })),
    codes: ['agents-all-down'],
    says: /none of 4 calico-node pods is ready/,
  },
  'a crash loop': {
    planted: () => [
      agent(1, {
        status: container({ state: { waiting: { reason: 'CrashLoopBackOff' } }, ...ended('Error') }),
      }),
    ],
    codes: ['crash-loop'],
    says: /^calico-node crashes again and again \(last it ended with 2\) in 1 pod: calico-node-00001 on node-00001$/,
  },
  'an image that is not there': {
    planted: () => [agent(1, { status: container({ state: { waiting: { reason: 'ImagePullBackOff' } } }) })],
    codes: ['image-missing'],
    says: /calico-node cannot get its image quay.example\/calico\/node:v3.32.0 \(ImagePullBackOff\)/,
  },
  'memory that ran out': {
    planted: () => [
      agent(1, {
        status: { containerStatuses: [{ name: 'calico-node', restartCount: 1, ...ended('OOMKilled') }] },
      }),
    ],
    codes: ['out-of-memory'],
    says: /calico-node was killed within the last hour: out of memory in 1 pod: calico-node-00001 on node-00001/,
  },
  'a restart lately': {
    planted: () => [
      agent(1, {
        status: { containerStatuses: [{ name: 'calico-node', restartCount: 1, ...ended('Error') }] },
      }),
    ],
    codes: ['restarts'],
    says: /restarted within the last hour \(it ended with 2\)/,
  },
  'a pod without a place': {
    planted: () => {
      const { spec, ...pod } = calicoPod('calico-typha', 'calico-typha-9', '', CALICO, 'typha');
      const { nodeName: _, ...unplaced } = spec;
      const message = '0/4 nodes are available';
      const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
      return [systemPod({ ...pod, spec: unplaced, status: { phase: 'Pending', conditions } })];
    },
    codes: ['pod-pending'],
    says: /calico-typha cannot be scheduled: 0\/4 nodes are available in 1 pod: calico-typha-9/,
  },
  'no Typha ready': {
    planted: () => [plain('deployments', deployment('calico-typha', 2, 0))],
    codes: ['typha-down'],
    says: /no Typha is ready \(2 wanted\)/,
  },
  'half of Typha ready': {
    planted: () => [plain('deployments', deployment('calico-typha', 2, 1))],
    codes: ['typha-short'],
    says: /1 of 2 replicas of Typha are ready/,
  },
  'controllers down': {
    planted: () => [plain('deployments', deployment('calico-kube-controllers', 1, 0))],
    codes: ['controllers-down'],
    says: /calico-kube-controllers is not ready/,
  },
  'no controllers': {
    planted: () => [
      noSystem('deployments', 'calico-kube-controllers'),
      noSystem('pods', 'calico-kube-controllers-0'),
    ],
    codes: ['controllers-absent'],
    says: /there is no calico-kube-controllers/,
  },
  "Calico's API server down": {
    planted: () => [plain('deployments', deployment('calico-apiserver', 2, 0))],
    codes: ['api-server-down'],
    says: /API server is not ready/,
  },
  'an operator in trouble': {
    planted: () => [
      tigeraStatus([
        { type: 'Degraded', status: 'True', reason: 'ResourceUpdateError', message: 'no such\nsecret' },
        { type: 'Available', status: 'False' },
      ]),
    ],
    codes: ['operator-degraded'],
    says: /TigeraStatus calico is degraded: ResourceUpdateError: no such\nsecret/,
  },
  'an operator that is at work': {
    planted: () => [
      tigeraStatus([
        { type: 'Progressing', status: 'True', lastTransitionTime: NOW() },
        { type: 'Available', status: 'False' },
      ]),
    ],
    codes: [],
    says: /^$/,
  },
  'an operator that does not get done': {
    planted: () => [
      tigeraStatus([
        {
          type: 'Progressing',
          status: 'True',
          lastTransitionTime: '2026-01-01T00:00:00Z',
          message: 'waiting',
        },
      ]),
    ],
    codes: ['operator-progressing'],
    says: /still being brought about since 2026-01-01T00:00:00Z: waiting/,
  },
  'a node without sessions': {
    planted: () => [bgpStatus([{ peerIP: '192.0.2.7', type: 'NodeMesh', state: 'Idle' }])],
    codes: ['bgp-down'],
    says: /node node-00001 has no established BGP session, of 1 peer: 192.0.2.7 \(Idle\)/,
  },
  'a session that is down': {
    planted: () => [
      bgpStatus([
        { peerIP: '192.0.2.7', type: 'NodeMesh', state: 'Active' },
        { peerIP: '192.0.2.8', type: 'NodeMesh', state: 'Established' },
      ]),
    ],
    codes: ['bgp-partly'],
    says: /1 BGP session of 2 not established: 192.0.2.7 \(Active\)/,
  },
  'a full pool': {
    planted: () => [pool('pods', '10.64.0.0/26'), ...blockOf(0, 64)],
    codes: ['pool-full', 'block-outside-pools'],
    says: /pool pods \(10.64.0.0\/26\) has no free address of 64/,
  },
  'a pool that is nearly full': {
    planted: () => [pool('pods', '10.64.0.0/24'), ...[0, 1, 2, 3].flatMap((each) => [...blockOf(each, 60)])],
    codes: ['pool-nearly-full'],
    says: /has 16 of 256 addresses left/,
  },
  'a block that cannot be read': {
    planted: () => [
      custom('IPAMBlock', 'ipamblocks', '10-64-9-0-26', {
        cidr: 'x',
        allocations: [],
        attributes: [],
        unallocated: [],
        deleted: false,
      }),
    ],
    codes: ['block-unreadable'],
    says: /1 block of addresses cannot be read/,
  },
  'two nodes with one address': {
    planted: () => [
      node(1, { metadata: { annotations: { 'projectcalico.org/IPv4Address': '172.16.0.2/16' } } }),
    ],
    codes: ['address-duplicate'],
    says: /2 nodes have the address 172.16.0.2: node-00001 and node-00002/,
  },
  'a node that Calico never saw': {
    planted: () => [node(1, { metadata: { annotations: {} } })],
    codes: ['node-without-address'],
    says: /1 node has no address for Calico, unlike the others: node-00001/,
  },
  'an upgrade half done': {
    planted: () => [agent(1, {}, 'v3.31.4')],
    codes: ['version-mixed'],
    says: /calico-node v3.32.0 in 3 pods, v3.31.4 on node-00001; /,
  },
  'versions far apart': {
    planted: () => [agent(1, {}, 'v3.29.0')],
    codes: ['version-apart'],
    says: /v3.29.0 on node-00001/,
  },
  'another version recorded': {
    planted: () => [information({ calicoVersion: 'v3.31.4' })],
    codes: ['version-recorded', 'version-client'],
    says: /ClusterInformation says Calico v3.31.4, and calico-node is v3.32.0/,
  },
  'a kubelet that is too new': {
    planted: () => [node(1, { status: { nodeInfo: { kubeletVersion: 'v1.99.0' } } })],
    codes: ['kubelet-skew'],
    says: /the kubelet of 1 node is v1.99.0, the API server v1\.\d+\.\d+/,
  },
  'a DaemonSet that passes a node over': {
    planted: () => {
      const set = daemonSet('calico-node', 3);
      const template = { ...set.spec.template, spec: { nodeSelector: { pool: 'a' } } };
      return [
        plain('daemonsets', { ...set, spec: { ...set.spec, template } }),
        noSystem('pods', 'calico-node-00003'),
      ];
    },
    codes: [],
    says: /^$/,
  },
};

describe('the health of a cluster', () => {
  test('has no cause where all is well', async () => {
    const health = await scene.health();
    expect(health.causes).toEqual([]);
    expect(health.unknown).toEqual([]);
    expect(health.summary).toMatchObject({ nodes: { total: NODES, ready: NODES }, calicoVersion: CALICO });
    expect(statusOf(health, 'warning')).toBe(0);
  });

  for (const [name, { planted, codes, says }] of Object.entries(CASES))
    test(`tells of ${name}`, () =>
      scene.during(planted(), async () => {
        const { causes } = await scene.health();
        expect(causes.map(({ code }) => code)).toEqual([...codes]);
        expect(causes[0]?.message ?? '').toMatch(says);
      }));

  test('tells that no pod of Calico is there', () => {
    const pods = ['typha-0', 'kube-controllers-0', ...[0, 1, 2, 3].map((each) => `node-0000${each}`)];
    const planted = pods.map((name) => noSystem('pods', `calico-${name}`));
    const others = [6, 7, 8, 9, 10, 11].map((each) => noSystem('pods', `csi-node-driver-${each}`));
    return scene.during([...planted, ...others], async () => {
      const { causes } = await scene.health();
      expect(causes.map(({ code }) => code)).toEqual(['calico-absent']);
    });
  });

  test('tells of definitions that are missing and other', () => {
    const key = '/registry/apiextensions.k8s.io/customresourcedefinitions/';
    return scene.during([[`${key}bgpfilters.crd.projectcalico.org`, null]], async () => {
      const { causes } = await scene.health();
      expect(causes.map(({ code }) => code)).toEqual(['definition-missing']);
      expect(causes[0]!.message).toBe('1 kind of Calico is not defined in the cluster: bgpfilters');
    });
  });
});

describe('who may not see everything', () => {
  test('is told what is unknown, and that nothing is sure', async () => {
    const env = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: scene.server.stranger.kubeconfig };
    const health = await scene.health(env);
    expect(health.causes).toEqual([]);
    const parts = health.unknown.flatMap(({ what }) => what);
    expect(parts).toEqual(
      expect.arrayContaining([
        'version and lock of the datastore',
        'use of addresses',
        'nodes of Kubernetes',
        "Calico's pods",
        'definitions of kinds',
      ]),
    );
    expect(new Set(health.unknown.map(({ reason }) => reason))).toEqual(new Set(['forbidden']));
    expect(statusOf(health, 'error')).toBe(1);
  });
});

describe('who may see the pods of one namespace', () => {
  test('is shown those, and told that there may be others', async () => {
    const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${SYSTEM}`;
    const metadata = { name: 'pods', namespace: SYSTEM };
    const head = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata };
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'pods' };
    const users = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'stranger' }];
    await ask(scene.server, `${roles}/roles`, { ...head, kind: 'Role', rules });
    await ask(scene.server, `${roles}/rolebindings`, {
      ...head,
      kind: 'RoleBinding',
      roleRef,
      subjects: users,
    });
    const env = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: scene.server.stranger.kubeconfig };
    let health = await scene.health(env);
    // The server takes a moment to grant what was written.
    for (let tries = 0; tries < 50 && health.summary.agents === undefined; tries++) {
      await Bun.sleep(50);
      health = await scene.health(env);
    }
    expect(health.summary.agents).toEqual({ total: NODES, ready: NODES });
    expect(health.unknown.map(({ what }) => what)).toContainEqual([
      "Calico's pods in other namespaces than the usual",
    ]);
    expect(statusOf(health, 'error')).toBe(1);
  });
});

describe('with etcd', () => {
  test('compares its nodes with those of the kubeconfig', async () => {
    const etcd = await startEtcd();
    const client = openEtcd({ endpoints: [etcd.url] });
    try {
      const store = etcdDatastore(client);
      const bgp = (last: number) => ({ bgp: { ipv4Address: `192.0.2.${last}/24` } });
      const ref = (nodeName: string) => ({ orchRefs: [{ nodeName, orchestrator: 'k8s' }] });
      await put(store, 'Node', 'node-00000', bgp(1));
      await put(store, 'Node', 'first', { ...bgp(2), ...ref('node-00001') });
      await put(store, 'Node', 'Node-00002.example.com', bgp(3));
      await put(store, 'Node', 'old', { ...bgp(4), ...ref('old') });
      await put(store, 'Node', 'router', bgp(5));
      await put(store, 'ClusterInformation', 'default', { datastoreReady: true, calicoVersion: CALICO });
      const env = { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: etcd.url };
      const { causes, unknown } = await scene.health({ ...env, KUBECONFIG: scene.server.kubeconfig });
      expect(causes.map(({ code, subjects }) => [code, subjects.map(({ name }) => name)])).toEqual([
        ['node-named-otherwise', ['node-00002']],
        ['node-unknown-to-calico', ['node-00003']],
        ['node-unknown-to-kubernetes', ['old']],
      ]);
      expect(unknown).toEqual([]);
      const alone = await scene.health(env);
      expect(alone.causes).toEqual([]);
      expect(alone.unknown.map(({ reason }) => reason)).toEqual(['not-configured']);
      expect(statusOf(alone, 'error')).toBe(0);
      await etcd.kill();
      const down = await scene.health({ ...env, KUBECONFIG: scene.server.kubeconfig });
      expect(down.causes.map(({ code }) => code)).toEqual(['datastore-unreachable']);
      expect(down.unknown.flatMap(({ what }) => what)).toContain('use of addresses');
    } finally {
      client.close();
      await etcd.stop();
    }
  }, 30_000);
});
