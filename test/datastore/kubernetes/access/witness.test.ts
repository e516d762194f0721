import { expect, test } from 'bun:test';
import { KubeConfig } from '@kubernetes/client-node';
import fc from 'fast-check';
import type { Access } from '../../../../src/datastore/kubernetes/access/access.ts';
import { base64, ca, credentialsOf, inFolder } from './fixture.ts';

/** The npm package @kubernetes/client-node, an independent reader, sees the same in any kubeconfig of one file. */

const NAMES = ['prod', 'lab', 'edge'] as const;
const name = fc.constantFrom(...NAMES);
const oneEach = <T>(value: fc.Arbitrary<T>) => fc.tuple(value, value, value);

const cluster = fc.record(
  {
    server: fc
      .tuple(fc.domain(), fc.integer({ min: 1, max: 65_535 }), fc.constantFrom('', '/clusters/7'))
      .map(([host, port, path]) => `https://${host}:${port}${path}`),
    'certificate-authority-data': fc.constant(base64(ca.certificate)),
    'tls-server-name': fc.domain(),
    'proxy-url': fc.domain().map((host) => `http://${host}:3128`),
  },
  { requiredKeys: ['server'] },
);

const user = fc.oneof(
  fc.record({ token: fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/) }),
  fc.record({
    username: fc.stringMatching(/^[a-z]{1,8}$/),
    password: fc.stringMatching(/^[!-~]{1,12}$/),
  }),
);

const context = fc.record(
  { cluster: name, user: name, namespace: fc.stringMatching(/^[a-z]{1,10}$/) },
  { requiredKeys: ['cluster', 'user'] },
);

const kubeconfig = fc
  .tuple(oneEach(cluster), oneEach(user), oneEach(context), name)
  .map(([clusters, users, contexts, current]) => ({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': current,
    clusters: NAMES.map((each, i) => ({ name: each, cluster: clusters[i] })),
    users: NAMES.map((each, i) => ({ name: each, user: users[i] })),
    contexts: NAMES.map((each, i) => ({ name: each, context: contexts[i] })),
  }));

async function ours(access: Access) {
  const { authorization } = await credentialsOf(access);
  return {
    server: access.server.href.replace(/\/$/, ''),
    namespace: access.namespace,
    ca: access.ca,
    serverName: access.serverName,
    proxy: access.proxy?.href,
    authorization,
  };
}

function theirs(text: string, current: string) {
  const config = new KubeConfig();
  config.loadFromString(text);
  config.setCurrentContext(current);
  const [seen, who] = [config.getCurrentCluster()!, config.getCurrentUser()!];
  const basic = Buffer.from(`${who.username}:${who.password}`).toString('base64');
  return {
    server: new URL(seen.server).href.replace(/\/$/, ''),
    namespace: config.getContextObject(current)?.namespace,
    ca: seen.caData && Buffer.from(seen.caData, 'base64').toString(),
    serverName: seen.tlsServerName,
    proxy: seen.proxyUrl && new URL(seen.proxyUrl).href,
    authorization: who.token ? `Bearer ${who.token}` : `Basic ${basic}`,
  };
}

test('client-node reads every kubeconfig as we do, in each context', () =>
  fc.assert(
    fc.asyncProperty(kubeconfig, name, async (config, current) => {
      const text = JSON.stringify(config);
      await inFolder({ k: text }, async ({ open }) => {
        const access = await open({ KUBECONFIG: 'k', K8S_CURRENT_CONTEXT: current });
        expect(await ours(access)).toEqual(theirs(text, current));
      });
    }),
    { numRuns: 60 },
  ));
