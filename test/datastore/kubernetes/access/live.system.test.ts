import { beforeAll, expect, test } from 'bun:test';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { resolve } from 'node:path';
import type { Collection, KubernetesApi, Target } from '../../../../src/datastore/kubernetes/api/api.ts';
import { openKubernetesApi } from '../../../../src/datastore/kubernetes/api/open.ts';
import { type Cluster, testbed } from '../../../testbed/testbed.ts';
import { executable } from '../../contract/executable.ts';
import { base64, inFolder, kubeconfig, type Place } from './fixture.ts';

/** What only a real API server proves: accounts of pods with tokens it made, tokens that rotate, tunnels through a proxy. */

let cluster: Cluster;
beforeAll(async () => {
  cluster = (await testbed()).kube;
  executable();
}, 120_000);

const authority = () => readFileSync(cluster.ca, 'utf8');

const collection = (group: string, plural: string, namespaced: boolean): Collection => ({
  ...{ group, version: 'v1', plural, namespaced },
});
const POOLS = collection('crd.projectcalico.org', 'ippools', false);

async function count(api: KubernetesApi): Promise<number> {
  let seen = 0;
  for await (const { items } of api.list({ collection: POOLS })) seen += items.length;
  return seen;
}

type Opened = Awaited<ReturnType<Place['open']>>;

async function using<T>(access: Opened, work: (api: KubernetesApi) => Promise<T>): Promise<T> {
  const { signal } = new AbortController();
  const api = openKubernetesApi(access, { signal, requestTimeoutMs: 5000, burst: 100 });
  try {
    return await work(api);
  } finally {
    api.close();
  }
}

const ACCOUNT = 'calicoctl-in-a-pod';

/** A service account that may list IP pools, and a token which the API server made for it. */
async function accountToken(admin: KubernetesApi): Promise<string> {
  const rbac = (plural: string) => collection('rbac.authorization.k8s.io', plural, false);
  const make = async (of: Collection, object: object, namespace?: string) => {
    const target: Target = { collection: of, name: ACCOUNT, label: ACCOUNT, ...(namespace && { namespace }) };
    await admin.delete(target).catch(() => undefined);
    await admin.create(target, { metadata: { name: ACCOUNT }, ...object });
  };
  await make(collection('', 'serviceaccounts', true), {}, 'default');
  const rules = [{ apiGroups: [POOLS.group], resources: [POOLS.plural], verbs: ['list'] }];
  await make(rbac('clusterroles'), { rules });
  await make(rbac('clusterrolebindings'), {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: ACCOUNT },
    subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: 'default' }],
  });
  const path = `/api/v1/namespaces/default/serviceaccounts/${ACCOUNT}/token`;
  const made = await post(path, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
  return (made as { status: { token: string } }).status.token;
}

function post(path: string, body: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${cluster.token}`, 'content-type': 'application/json' };
  return new Promise((done, fail) => {
    const call = request(
      `${cluster.url}${path}`,
      { method: 'POST', headers, ca: authority() },
      async (answer) => done(JSON.parse(Buffer.concat(await Array.fromAsync(answer)).toString())),
    );
    call.on('error', fail);
    call.end(JSON.stringify(body));
  });
}

const trusted = () => ({ server: cluster.url, 'certificate-authority-data': base64(authority()) });

test('the account of a pod, with a token that the API server made', () =>
  inFolder(
    { k: kubeconfig({ cluster: trusted(), user: { token: cluster.token } }), 'pod/ca.crt': authority() },
    async (place) => {
      const token = await using(await place.open({ KUBECONFIG: 'k' }), accountToken);
      place.write('pod/token', `${token}\n`);
      const { hostname, port } = new URL(cluster.url);
      const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
      const access = await place.open(env, { options: { serviceAccount: `${place.folder}/pod` } });
      expect(access.origin).toBe("the pod's service account");
      await using(access, async (api) => {
        expect(await count(api)).toBeGreaterThanOrEqual(0);
        const target = { collection: POOLS, name: 'none', label: 'IPPool(none)' };
        const refused = await api.get(target).catch((error) => error);
        expect(refused.message).toBe(
          `user "system:serviceaccount:default:${ACCOUNT}" may not get ippools.crd.projectcalico.org in the whole cluster`,
        );
      });
    },
  ));

test('a token file that rotates while the program runs', () =>
  inFolder(
    { k: kubeconfig({ cluster: trusted(), user: { tokenFile: 'token' } }), token: 'from yesterday' },
    async (place) => {
      await using(await place.open({ KUBECONFIG: 'k' }), async (api) => {
        const early = await count(api).catch((error) => error);
        expect(early.errorClass).toBe('unauthorized');
        place.write('token', cluster.token);
        expect(await count(api)).toBeGreaterThanOrEqual(0);
      });
    },
  ));

/** A proxy that tunnels for whoever knows the password; `asked` is what it was asked for. */
async function openProxy() {
  const asked: { readonly url: string | undefined; readonly authorization: string | undefined }[] = [];
  const server = createServer();
  server.on('connect', ({ url, headers }: IncomingMessage, client: Socket) => {
    asked.push({ url, authorization: headers['proxy-authorization'] });
    const target = new URL(`http://${url}`);
    const upstream = connect(Number(target.port), target.hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) socket.on('error', () => client.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { asked, port: (server.address() as AddressInfo).port, close: () => server.close() };
}

test.each([
  ['the executable', () => [executable()]],
  ['Node', () => ['node', resolve(import.meta.dirname, '../../../../dist/node/calicoctl.mjs')]],
] as const)('through a proxy with a password, which no log shows: %s', async (_name, program) => {
  const proxy = await openProxy();
  const url = `http://me:secret-word@127.0.0.1:${proxy.port}`;
  const config = kubeconfig({
    cluster: { ...trusted(), 'proxy-url': url },
    user: { token: cluster.token },
  });
  await inFolder({ k: config }, async ({ folder }) => {
    const [command, ...words] = program() as [string, ...string[]];
    const env = { PATH: process.env['PATH']!, DATASTORE_TYPE: 'kubernetes', HOME: folder, KUBECONFIG: 'k' };
    const line = [...words, 'get', 'tier', '-o', 'name', '--log-level', 'trace'];
    const { status, said } = await new Promise<{ status: unknown; said: string }>((done) =>
      execFile(command, line, { cwd: folder, env }, (error, out, err) =>
        done({ status: error?.code ?? 0, said: out + err }),
      ),
    );
    expect(status).toBe(0);
    expect(said).toContain('datastore opened');
    for (const secret of ['secret-word', base64('me:secret-word'), cluster.token])
      expect(said).not.toContain(secret);
  });
  proxy.close();
  expect(proxy.asked.length).toBeGreaterThan(0);
  const authorization = `Basic ${base64('me:secret-word')}`;
  for (const each of proxy.asked) expect(each).toEqual({ url: new URL(cluster.url).host, authorization });
});
