import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { type ApiServer, startApiServer } from './api-server.ts';
import { type Cluster, testbed } from './testbed.ts';

interface Credentials {
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Status of a GET, or of a POST where there is a body. */
function ask(server: Cluster, path: string, who: Credentials, body?: object): Promise<number> {
  const { token, ...pair } = who;
  const headers = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-type': 'application/json' }),
  };
  const ca = readFileSync(server.ca);
  return new Promise((done, fail) => {
    const options = { ca, headers, agent: false, method: body ? 'POST' : 'GET', ...pair };
    const call = request(`${server.url}${path}`, options, (answer) => {
      answer.resume().on('end', () => done(answer.statusCode!));
    });
    call.on('error', fail);
    call.end(body && JSON.stringify(body));
  });
}

const MODES = [
  { mode: 'v1', of: 'kube', api: '/apis/crd.projectcalico.org/v1' },
  { mode: 'v3', of: 'kubeV3', api: '/apis/projectcalico.org/v3' },
] as const;

describe.each(MODES)('the cluster of the testbed with $mode kinds', ({ of, api }) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = (await testbed())[of];
  });

  test('serves Calico kinds and the policy API to its admin', async () => {
    const admin = { token: cluster.token };
    const paths = [`${api}/ippools`, `${api}/networksets`, `${api}/ipamblocks`, '/api/v1/nodes'];
    const policies = '/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies';
    for (const path of [...paths, policies])
      expect([path, await ask(cluster, path, admin)]).toEqual([path, 200]);
  });

  test('knows the holder of a client certificate', async () => {
    const pair = { cert: readFileSync(cluster.certificate, 'utf8'), key: readFileSync(cluster.key, 'utf8') };
    expect(await ask(cluster, `${api}/tiers`, pair)).toBe(200);
  });

  test('lets the limited user see pools and work on network sets of one namespace', async () => {
    const { limited } = cluster;
    const asked = ['ippools', 'namespaces/default/networksets', 'networksets', 'tiers'].map((what) =>
      ask(cluster, `${api}/${what}`, { token: limited.token }),
    );
    expect(await Promise.all(asked)).toEqual([200, 200, 403, 403]);
  });

  test('refuses a stranger by right, and an unknown token by name', async () => {
    expect(await ask(cluster, `${api}/ippools`, { token: cluster.stranger.token })).toBe(403);
    expect(await ask(cluster, `${api}/ippools`, { token: 'nobody' })).toBe(401);
  });
});

describe('an API server of our own', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer();
  }, 60_000);
  afterAll(() => server.stop());

  const PATH = '/apis/crd.projectcalico.org/v1/globalnetworksets';
  const get = (path: string) => ask(server, path, { token: server.token });

  test('is killed and comes back on the same port with what was in it', async () => {
    const set = {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'GlobalNetworkSet',
      metadata: { name: 'kept' },
      spec: { nets: ['10.0.0.0/8'] },
    };
    expect(await ask(server, PATH, { token: server.token }, set)).toBe(201);
    await server.kill();
    await expect(get(`${PATH}/kept`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.restart();
    expect(await get(`${PATH}/kept`)).toBe(200);
    expect(await get(`${PATH}/other`)).toBe(404);
  }, 60_000);
});
