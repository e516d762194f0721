import { Etcd3 } from 'etcd3';
import { type EtcdServer, startEtcd } from '../testbed/testbed.ts';
import { type Env, marks } from './program.ts';

/** An etcd that can be killed, with the npm package etcd3 as a witness of what is in it. */
export interface Victim extends EtcdServer {
  readonly env: Env;
  /** The network sets in it: their marks, and how often each was written, by name. Throws where one is not whole. */
  stored(): Promise<Map<string, { readonly mark: string; readonly writes: number }>>;
  clear(): Promise<void>;
}

const SETS = '/calico/resources/v3/projectcalico.org/globalnetworksets/';

export async function startVictim(): Promise<Victim> {
  const server = await startEtcd({ durable: true });
  // The witness does not outlive a restart: each look is a client of its own.
  const look = async <T>(see: (client: Etcd3) => Promise<T>): Promise<T> => {
    const client = new Etcd3({ hosts: server.url });
    try {
      return await see(client);
    } finally {
      client.close();
    }
  };
  return {
    ...server,
    env: { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: server.url },
    stored: () =>
      look(async (client) => {
        const { kvs } = await client.getAll().prefix(SETS).exec();
        const found = marks(kvs.map(({ value }) => JSON.parse(value.toString())));
        const writes = kvs.map(({ version }) => Number(version));
        return new Map([...found].map(([name, mark], i) => [name, { mark, writes: writes[i]! }]));
      }),
    clear: () => look(async (client) => void (await client.delete().all())),
  };
}
