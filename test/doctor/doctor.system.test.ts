import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { clusterEntries, information } from '../../scripts/bench/cluster-model.ts';
import { custom } from '../../scripts/bench/ipam-kubernetes.ts';
import { etcdDatastore } from '../../src/datastore/etcdv3/store.ts';
import { openEtcd } from '../../src/datastore/etcdv3/wire/client.ts';
import type { DoctorDocument } from '../../src/doctor/report.ts';
import { openScene, type Scene, without } from '../cluster/scene.ts';
import { type Workspace, workspace } from '../commands/run.ts';
import { put } from '../operations/stores.ts';
import { type EtcdServer, startEtcd, type Testbed, testbed } from '../testbed/testbed.ts';

/** What the doctor finds where something is wrong between the command line and the cluster, against real servers. */

let scene: Scene;
let bed: Testbed;
let folder: Workspace;
let etcd: EtcdServer;
const servers: Server[] = [];

beforeAll(async () => {
  const settings = custom('KubeControllersConfiguration', 'kubecontrollersconfigurations', 'default', {
    controllers: { node: {} },
  });
  const size = { nodes: 3, calicoPods: 8, otherPods: 0 };
  [scene, bed, folder, etcd] = await Promise.all([
    openScene([...clusterEntries(size), settings]),
    testbed(),
    workspace(),
    startEtcd(),
  ]);
}, 90_000);
afterAll(async () => {
  for (const server of servers) server.close();
  await Promise.all([scene.stop(), folder.remove(), etcd.stop()]);
});

type Env = Readonly<Record<string, string | undefined>>;

const onKubernetes = (kubeconfig: string): Env => ({
  ...{ DATASTORE_TYPE: 'kubernetes', KUBECONFIG: kubeconfig, CALICO_FILE_DIR: undefined },
});
const onEtcd = (url: string, more: Env = {}): Env => ({
  ...{ DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: url, CALICO_FILE_DIR: undefined, ...more },
});

interface Seen extends DoctorDocument {
  readonly status: number;
  /** Outcomes by step. */
  readonly of: Readonly<Record<string, string>>;
  readonly text: string;
}

async function doctor(env: Env, ...more: readonly string[]): Promise<Seen> {
  const { status, out } = await folder.calicoctl(['doctor', '-o', 'json', ...more], { env });
  const document = JSON.parse(out) as DoctorDocument;
  const of = Object.fromEntries(document.steps.map(({ id, outcome }) => [id, outcome]));
  return { ...document, status, of, text: out };
}

/** A kubeconfig for the API server of the scene, but for what is changed. */
async function kubeconfig(change: {
  readonly server?: string;
  readonly token?: string;
  readonly ca?: string;
}) {
  const { url, ca, token } = scene.server;
  const authority = readFileSync(change.ca ?? ca).toString('base64');
  const cluster = { server: change.server ?? url, 'certificate-authority-data': authority };
  return folder.write(
    `kubeconfig-${crypto.randomUUID()}`,
    JSON.stringify({
      clusters: [{ name: 'c', cluster }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      users: [{ name: 'u', user: { token: change.token ?? token } }],
      'current-context': 'c',
    }),
  );
}

function listening(server: Server): Promise<number> {
  servers.push(server);
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done((server.address() as { readonly port: number }).port));
  });
}

describe('the doctor', () => {
  test('finds nothing where all is well', async () => {
    const seen = await doctor(onKubernetes(scene.server.kubeconfig));
    expect(seen.todo).toEqual([]);
    const { bgp, addresses, ...others } = seen.of;
    expect([bgp, addresses]).toEqual(['skipped', 'ok']);
    expect(new Set(Object.values(others))).toEqual(new Set(['ok']));
    expect(seen.status).toBe(0);
  });

  test('says that nothing is configured', async () => {
    const seen = await doctor({ DATASTORE_TYPE: undefined, CALICO_FILE_DIR: undefined });
    expect(seen.of).toMatchObject({ credentials: 'error', answer: 'skipped', health: 'skipped' });
    expect(seen.todo[0]).toMatchObject({ urgency: 'critical', command: 'calicoctl config view --origins' });
    expect(seen.status).toBe(1);
  });

  test('says which settings contradict each other', async () => {
    const seen = await doctor(onEtcd(etcd.url, { ETCD_DISCOVERY_SRV: 'example.com' }));
    expect(seen.of).toMatchObject({ configuration: 'error', credentials: 'skipped' });
    expect(seen.todo[0]!.problem).toContain('ETCD_ENDPOINTS and ETCD_DISCOVERY_SRV are both set');
  });

  test('says that a name is not known', async () => {
    const seen = await doctor(onEtcd('http://no-such-host.invalid:2379'));
    expect(seen.of).toMatchObject({ credentials: 'ok', name: 'error', port: 'skipped', rights: 'skipped' });
    expect(seen.todo).toHaveLength(1);
  });

  test('says that a port is closed', async () => {
    const server = createServer();
    const port = await listening(server);
    await new Promise((done) => server.close(done));
    const seen = await doctor(onEtcd(`http://127.0.0.1:${port}`));
    expect(seen.of).toMatchObject({ name: 'ok', port: 'error', answer: 'skipped' });
    expect(seen.todo[0]!.problem).toContain('connection refused');
  });

  test('says how far the clocks are apart', async () => {
    const late = (seconds: number) => new Date(Date.now() - seconds * 1000).toUTCString();
    const answers = async (seconds: number) => {
      const server = createHttpServer((request, response) => {
        const isVersion = request.url === '/version';
        const headers = { date: late(seconds), 'content-type': 'application/json' };
        response.writeHead(isVersion ? 200 : 404, headers);
        response.end(isVersion ? '{"gitVersion": "v1.34.1"}' : '{}');
      });
      return kubeconfig({ server: `http://127.0.0.1:${await listening(server)}` });
    };
    const outcomes = [];
    for (const seconds of [0, 20, 3600]) {
      const { steps } = await doctor(onKubernetes(await answers(seconds)));
      outcomes.push(steps.find(({ id }) => id === 'clock')!);
    }
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['ok', 'warning', 'error']);
    expect(outcomes[2]!.message).toMatch(
      /^the clock of this machine is 3[56]\d\ds ahead of that of 127\.0\.0\.1:\d+$/,
    );
  });

  test('does not wait for a server that is silent', async () => {
    const port = await listening(createServer(() => {}));
    const start = Date.now();
    const path = await kubeconfig({ server: `http://127.0.0.1:${port}` });
    const seen = await doctor(onKubernetes(path), '--request-timeout', '1s');
    expect(Date.now() - start).toBeLessThan(9000);
    expect(seen.of).toMatchObject({ port: 'ok', answer: 'error', login: 'skipped' });
    expect(seen.status).toBe(1);
  }, 15_000);

  test('ends when its time is over, though requests may wait for ever', async () => {
    const port = await listening(createServer(() => {}));
    const start = Date.now();
    const path = await kubeconfig({ server: `https://127.0.0.1:${port}` });
    const seen = await doctor(onKubernetes(path), '--request-timeout', '0', '--timeout', '1s');
    expect(Date.now() - start).toBeLessThan(5000);
    expect(seen.status).toBe(1);
  });

  test('says that an authority is not the one of the server', async () => {
    const wrong = join(bed.certificates, 'other-ca.crt');
    const { cert, key, url } = bed.etcdTls;
    const files = { ETCD_CA_CERT_FILE: wrong, ETCD_CERT_FILE: cert, ETCD_KEY_FILE: key };
    for (const env of [onEtcd(url, files), onKubernetes(await kubeconfig({ ca: wrong }))]) {
      const seen = await doctor(env);
      expect(seen.of).toMatchObject({ port: 'ok', tls: 'error', answer: 'skipped' });
      const found = seen.steps.find(({ id }) => id === 'tls')!;
      expect(found.details!.join()).toMatch(/valid \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d/);
    }
  });

  test('says that a certificate has expired, and when', async () => {
    const [cert, key] = ['crt', 'key'].map((end) =>
      readFileSync(join(bed.certificates, `server-expired.${end}`)),
    );
    const port = await listening(
      createTlsServer({ cert: cert!, key: key! }, (socket) => socket.on('error', () => {})),
    );
    const path = await kubeconfig({
      server: `https://127.0.0.1:${port}`,
      ca: join(bed.certificates, 'ca.crt'),
    });
    const seen = await doctor(onKubernetes(path));
    expect(seen.of).toMatchObject({ port: 'ok', tls: 'error', answer: 'skipped' });
    expect(seen.todo[0]!.problem).toContain('expired');
  });

  test('says that a token is not known, and shows it nowhere', async () => {
    const token = 'a-token-that-nobody-may-see';
    const path = await kubeconfig({ token });
    const seen = await doctor(onKubernetes(path));
    expect(seen.of).toMatchObject({
      tls: 'ok',
      answer: 'ok',
      login: 'error',
      rights: 'skipped',
      clock: 'ok',
    });
    expect(seen.text).not.toContain(token);
    const { out, err } = await folder.calicoctl(['doctor'], { env: onKubernetes(path) });
    expect(out + err).not.toContain(token);
  });

  test('lists the rights that are missing, family by family', async () => {
    const seen = await doctor(onKubernetes(scene.server.stranger.kubeconfig));
    expect(seen.of).toMatchObject({
      login: 'ok',
      rights: 'error',
      datastore: 'skipped',
      addresses: 'skipped',
    });
    const found = seen.steps.find(({ id }) => id === 'rights')!;
    expect(found.details).toContain('node status --all: may not create/delete/get caliconodestatuses');
    expect(seen.todo.map(({ urgency }) => urgency)).toEqual(['error', 'error', 'warning']);
    expect(seen.todo[0]!.command).toBe(
      'kubectl auth can-i get clusterinformations.crd.projectcalico.org --all-namespaces',
    );
  });

  test('tells of a lock and another version, the more urgent first', () =>
    scene.during([information({ datastoreReady: false, calicoVersion: 'v3.31.0' })], async () => {
      const seen = await doctor(onKubernetes(scene.server.kubeconfig));
      expect(seen.of).toMatchObject({
        datastore: 'error',
        versions: 'warning',
        policies: 'ok',
        health: 'ok',
      });
      expect(seen.todo[0]).toMatchObject({
        ...{ urgency: 'critical', command: 'calicoctl datastore migrate unlock' },
      });
      expect(seen.todo.slice(1).map(({ urgency }) => urgency)).toEqual(['warning', 'warning']);
    }));

  test('tells of nodes that Calico knows by other names', async () => {
    const client = openEtcd({ endpoints: [etcd.url] });
    try {
      const store = etcdDatastore(client);
      await put(store, 'ClusterInformation', 'default', { datastoreReady: true, calicoVersion: 'v3.32.0' });
      for (const node of [0, 1, 2])
        await put(store, 'Node', `node-0000${node}.example.com`, {
          bgp: { ipv4Address: `192.0.2.${node}/24` },
        });
      const seen = await doctor(onEtcd(etcd.url), '--kubeconfig', scene.server.kubeconfig);
      expect(seen.of).toMatchObject({ nodes: 'error', rights: 'ok', clock: 'ok', health: 'ok' });
      const todo = seen.todo.find(({ problem }) => problem.includes('by another name'))!;
      expect(todo.problem).toContain('node-00000 is node-00000.example.com');
    } finally {
      client.close();
    }
  });

  test('looks at addresses where kube-controllers never ran', () =>
    scene.during([without('crd.projectcalico.org/kubecontrollersconfigurations', 'default')], async () => {
      const { steps } = await doctor(onKubernetes(scene.server.kubeconfig));
      const { outcome, message } = steps.find(({ id }) => id === 'addresses')!;
      expect([outcome, message]).toEqual(['ok', '3 allocated in 3 blocks, nothing wrong']);
    }));

  /** The last, for kinds are served again only a while after they are defined. */
  test('tells of definitions that are missing', () => {
    const key = '/registry/apiextensions.k8s.io/customresourcedefinitions/bgpfilters.crd.projectcalico.org';
    return scene.during([[key, null]], async () => {
      const seen = await doctor(onKubernetes(scene.server.kubeconfig));
      expect(seen.of['definitions']).toBe('error');
      expect(seen.todo[0]).toMatchObject({ command: 'calicoctl datastore init --dry-run' });
    });
  });
});
