import { Etcd3 } from 'etcd3';
import { type EtcdServer, startEtcd } from '../testbed/testbed.ts';

/** A server of one test file with the npm package etcd3 as a witness that shares no code with ours. */
export interface Witness {
  /** Points a command line at the server. */
  readonly env: Record<string, string>;
  /** The text at a key as it is stored; undefined where there is none. */
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string): Promise<void>;
  keys(prefix: string): Promise<readonly string[]>;
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWitness(): Promise<Witness> {
  const server: EtcdServer = await startEtcd();
  const client = new Etcd3({ hosts: server.url });
  return {
    env: { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: server.url },
    async read(key) {
      return (await client.get(key).string()) ?? undefined;
    },
    async write(key, text) {
      await client.put(key).value(text);
    },
    keys: (prefix) => client.getAll().prefix(prefix).keys(),
    async clear() {
      await client.delete().all();
    },
    async stop() {
      client.close();
      await server.stop();
    },
  };
}

/** Where the reference keeps a resource of a kind, given by its plural; `name` holds the namespace where there is one. */
export function keyOf(plural: string, name: string): string {
  return `/calico/resources/v3/projectcalico.org/${plural}/${name}`;
}
