import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { calicoctl, type Env, type Folder, start, temporaryFolder } from '../faults/program.ts';
import { startApiServer } from '../testbed/api-server.ts';
import { startEtcd } from '../testbed/testbed.ts';

/** validate --live by the built executable, on every datastore, filled with a resource of every kind. */

interface Place {
  readonly env: Env;
  readonly stop: () => Promise<void>;
  /** Kinds that are made elsewhere there. */
  readonly without: readonly string[];
  /** Who may see IP pools and little else. */
  readonly limited?: Env;
}

const OF_KUBERNETES = ['Node', 'Profile', 'WorkloadEndpoint'];
const FIXTURES = resolve(import.meta.dirname, '../fixtures');

async function kubernetes(mode: 'v1' | 'v3'): Promise<Place> {
  const server = await startApiServer({ mode });
  const asAdmin = async (path: string, object: object) => {
    const { status } = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(object),
      tls: { ca: readFileSync(server.ca, 'utf8') },
    });
    expect(status).toBe(201);
  };
  await asAdmin('/api/v1/namespaces', { metadata: { name: 'shop', labels: { team: 'blue' } } });
  await asAdmin('/api/v1/nodes', { metadata: { name: 'worker-1', labels: { 'kubernetes.io/os': 'linux' } } });
  await asAdmin('/api/v1/namespaces/shop/serviceaccounts', { metadata: { name: 'web' } });
  await asAdmin('/api/v1/namespaces/shop/pods', {
    metadata: {
      ...{ name: 'web-1', labels: { app: 'web' } },
      annotations: { 'cni.projectcalico.org/podIP': '10.244.0.5/32' },
    },
    spec: { nodeName: 'worker-1', serviceAccountName: 'web', containers: [{ name: 'web', image: 'web' }] },
  });
  await asAdmin('/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies', {
    metadata: { name: 'web' },
    spec: {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [
        {
          from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }],
          ports: [{ port: 80, endPort: 90 }],
        },
      ],
    },
  });
  return {
    env: { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: server.kubeconfig },
    limited: { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: server.limited.kubeconfig },
    stop: () => server.stop(),
    without: OF_KUBERNETES,
  };
}

const PLACES: Readonly<Record<string, () => Promise<Place>>> = {
  async etcd() {
    const server = await startEtcd();
    return {
      env: { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: server.url },
      stop: () => server.stop(),
      without: [],
    };
  },
  async folder() {
    const folder = temporaryFolder();
    return {
      env: { DATASTORE_TYPE: 'file', CALICO_FILE_DIR: join(folder.path, 'calico') },
      stop: async () => folder.remove(),
      without: [],
    };
  },
  kubernetes: () => kubernetes('v1'),
  'kubernetes-v3': () => kubernetes('v3'),
};

/** A resource of every kind that users may write there, tiers first. */
function fixtures(without: readonly string[]): string {
  const texts = [
    'tier.yaml',
    ...readdirSync(FIXTURES)
      .sort()
      .filter((name) => /^(?!tier\.).*\.yaml$/.test(name)),
  ].map((name) => readFileSync(join(FIXTURES, name), 'utf8'));
  const kinds = new Set([...without, ...READ_ONLY]);
  return texts
    .filter((text) => (loadAll(text) as { kind: string }[]).every(({ kind }) => !kinds.has(kind)))
    .join('\n---\n');
}

const READ_ONLY = [
  ...['BlockAffinity', 'ClusterInformation', 'IPAMBlock', 'IPAMHandle'],
  ...['KubernetesNetworkPolicy', 'KubernetesClusterNetworkPolicy'],
];

function node(name: string): string {
  return `apiVersion: projectcalico.org/v3
kind: Node
metadata:
  name: ${name}
spec:
  bgp:
    ipv4Address: 10.0.0.1/24
`;
}

const OVERLAPPING = `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: other
spec:
  cidr: 172.20.3.0/24
`;

describe.each(Object.keys(PLACES))('%s', (name) => {
  let place: Place;
  let folder: Folder;
  let all: string;
  beforeAll(async () => {
    place = await PLACES[name]!();
    folder = temporaryFolder();
    all = folder.write('all.yaml', fixtures(place.without));
    expect(await calicoctl(['apply', '-f', all], place.env)).toMatchObject({ err: '', status: 0 });
  }, 60_000);
  afterAll(async () => {
    await place.stop();
    folder.remove();
  });

  test('nothing of what users and components write there is invalid', async () => {
    const run = await calicoctl(['validate', '--live', '--no-lint'], place.env);
    expect(run).toMatchObject({ err: '', status: 0 });
    expect(run.out).toMatch(/^Successfully validated \d+ resource\(s\)$/m);
  });

  test('what is there can be applied again, and nothing is written by saying so', async () => {
    const pools = () => calicoctl(['get', 'ippool', '-o', 'json'], place.env);
    const { out: before } = await pools();
    expect(await calicoctl(['validate', '--live', '--no-lint', '-f', all], place.env)).toMatchObject({
      err: '',
      status: 0,
    });
    const other = folder.write('other.yaml', OVERLAPPING);
    const refused = await calicoctl(['validate', '--live', '-f', other], place.env);
    expect(refused).toMatchObject({ status: 1, out: '' });
    expect(refused.err).toMatch(/other\.yaml:6:9: spec\.cidr: "172\.20\.3\.0\/24" overlaps .*\[CAL1801\]/);
    expect((await pools()).out).toBe(before);
  });

  test('an interrupt ends it with 130', async () => {
    const running = start(['validate', '--live', '-f', '-'], place.env, { openStdin: true });
    await new Promise((done) => setTimeout(done, 1000));
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ status: 130, out: '' });
  });

  if (name.startsWith('kubernetes'))
    test('what Kubernetes has of its own is refused as apply refuses it', async () => {
      const nodes = folder.write('nodes.yaml', ['worker-1', 'worker-9'].map(node).join('---\n'));
      const run = await calicoctl(['validate', '--live', '-f', nodes], place.env);
      expect(run.err).toMatch(
        /^Failed to validate: Node\(worker-9\) has a problem:\n.*:10:7: kind: "Node" cannot be created/m,
      );
      expect(run.out).toBe("Partial success: validated 1 out of 2 'Node' resources\n");
      expect((await calicoctl(['apply', '-f', nodes], place.env)).status).toBe(run.status!);
    });

  if (name.startsWith('kubernetes'))
    test('what may not be listed is told, and fails', async () => {
      const run = await calicoctl(['validate', '--live'], place.limited!);
      expect(run.status).toBe(1);
      expect(run.err).toMatch(/^Warning: GlobalNetworkPolicy was not looked at: /m);
      expect(run.err).not.toMatch(/^Warning: IPPool was/m);
      const free = folder.write('free.yaml', OVERLAPPING.replace('172.20.3.0', '172.30.3.0'));
      const pool = await calicoctl(['validate', '--live', '-f', free], place.limited!);
      expect(pool.err).not.toContain('IPPool was not');
    });
});

test('a datastore that does not answer is an error', async () => {
  const env = { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: 'http://127.0.0.1:1' };
  const run = await calicoctl(['validate', '--live', '--request-timeout', '1s'], env);
  expect(run).toMatchObject({ status: 1, out: '' });
  expect(run.err).toContain('127.0.0.1:1');
});
