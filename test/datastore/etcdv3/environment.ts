import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { keyOf } from '../../../src/datastore/etcdv3/keys.ts';
import { etcdDatastore } from '../../../src/datastore/etcdv3/store.ts';
import { type EtcdClient, type EtcdOptions, openEtcd } from '../../../src/datastore/etcdv3/wire/client.ts';
import type { Ref } from '../../../src/resources/kind.ts';
import { type EtcdServer, type EtcdServerOptions, startEtcd, testbed } from '../../testbed/testbed.ts';
import type { Environment } from '../contract/contract.ts';

/** A server of one test file, and how it is reached. */
export interface Access {
  readonly options: EtcdOptions;
  /** The same for a command line. */
  readonly env: Readonly<Record<string, string>>;
  /** Empties the datastore. */
  clear(): Promise<void>;
  /** Puts a text where a resource is stored. */
  plant(ref: Ref, text: string): Promise<void>;
  stop(): Promise<void>;
}

/** The ways in which etcd is guarded. Each starts a server. */
export const ACCESSES = {
  async 'etcd without TLS'() {
    const server = await startEtcd();
    return access(server, { endpoints: [server.url] }, {});
  },
  async 'etcd with TLS and client certificates'() {
    const { file, pem } = await certificates();
    const clientCa = file('ca.crt');
    const server = await startEtcd({ tls: { cert: file('server.crt'), key: file('server.key'), clientCa } });
    return access(
      server,
      {
        endpoints: [server.url],
        tls: { ca: pem('ca.crt'), cert: pem('client.crt'), key: pem('client.key') },
      },
      {
        ETCD_CA_CERT_FILE: clientCa,
        ETCD_CERT_FILE: file('client.crt'),
        ETCD_KEY_FILE: file('client.key'),
      },
    );
  },
  async 'etcd with TLS and a password'() {
    const { file, pem } = await certificates();
    const ca = pem('ca.crt');
    const server = await startWithPassword({ cert: file('server.crt'), key: file('server.key') }, ca);
    // By name: the others go by address.
    const url = server.url.replace('127.0.0.1', 'localhost');
    const [username, password] = [USER, PASSWORD];
    return access(
      { ...server, url },
      { endpoints: [url], tls: { ca }, username, password },
      { ETCD_CA_CERT_FILE: file('ca.crt'), ETCD_USERNAME: username, ETCD_PASSWORD: password },
    );
  },
} satisfies Readonly<Record<string, () => Promise<Access>>>;

const USER = 'contract';
const PASSWORD = 'not a secret';

async function certificates() {
  const folder = (await testbed()).certificates;
  const file = (name: string) => join(folder, name);
  return { file, pem: (name: string) => readFileSync(file(name), 'utf8') };
}

/** A server with a user who may use what lies below /calico/ and nothing else. */
async function startWithPassword(tls: EtcdServerOptions['tls'], ca: string): Promise<EtcdServer> {
  // Every process logs in, and etcd makes that dear on purpose.
  const server = await startEtcd({ ...(tls && { tls }), args: ['--bcrypt-cost', '4'] });
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${server.url}/v3/${path}`, {
      ...{ method: 'POST', body: JSON.stringify(body), tls: { ca } },
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  };
  const [key, rangeEnd] = ['/calico/', '/calico0'].map((text) => Buffer.from(text).toString('base64'));
  await post('auth/user/add', { name: 'root', password: PASSWORD });
  await post('auth/user/grant', { user: 'root', role: 'root' });
  await post('auth/role/add', { name: 'calico' });
  await post('auth/role/grant', {
    name: 'calico',
    perm: { permType: 'READWRITE', key, range_end: rangeEnd },
  });
  await post('auth/user/add', { name: USER, password: PASSWORD });
  await post('auth/user/grant', { user: USER, role: 'calico' });
  await post('auth/enable', {});
  return server;
}

function access(server: EtcdServer, options: EtcdOptions, env: Record<string, string>): Access {
  const client = openEtcd(options);
  return {
    options,
    env: { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: server.url, ...env },
    async clear() {
      await client.delete({ prefix: '/calico/' });
    },
    async plant(ref, text) {
      await client.put(keyOf(ref), text);
    },
    async stop() {
      client.close();
      await server.stop();
    },
  };
}

/** So that the long list of the contract has several pages. */
const PAGE_SIZE = 1000;

/** An empty datastore on the server; one at a time. */
export async function openEtcdEnvironment(server: Access): Promise<Environment> {
  await server.clear();
  const clients: EtcdClient[] = [];
  const open = async (): Promise<Datastore> => {
    const client = openEtcd(server.options);
    clients.push(client);
    return etcdDatastore(client, PAGE_SIZE);
  };
  return {
    store: await open(),
    reopen: open,
    plantBroken: (ref) => server.plant(ref, 'kind: [\n'),
    async cleanup() {
      for (const client of clients) client.close();
    },
  };
}
