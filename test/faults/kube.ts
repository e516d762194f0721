import { Etcd3 } from 'etcd3';
import { type ApiServer, type ApiServerOptions, startApiServer } from '../testbed/api-server.ts';
import { type Env, marks } from './program.ts';

/** An API server that can be killed, with the npm package etcd3 as a witness of what is behind it. */
export interface KubeVictim extends ApiServer {
  readonly env: Env;
  /** The global network sets in it: their marks, and how often each was written, by name. Throws where one is torn. */
  stored(): Promise<Map<string, { readonly mark: string; readonly writes: number }>>;
  /** Removes the global network sets behind the server's back. */
  clear(): Promise<void>;
}

interface Stored {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: unknown;
}

/** In crd.projectcalico.org an annotation holds the labels and annotations that users gave. */
function asGiven({ metadata, spec }: Stored) {
  const hidden = metadata.annotations?.['projectcalico.org/metadata'];
  const { labels = {}, annotations = {} } =
    hidden === undefined ? metadata : (JSON.parse(hidden) as Partial<Stored['metadata']>);
  return { metadata: { name: metadata.name, labels, annotations }, spec };
}

/** Starts an API server with Calico's kinds and an etcd that has everything on disk before it answers. */
export async function startKubeVictim(options: ApiServerOptions = {}): Promise<KubeVictim> {
  const server = await startApiServer(options);
  const group = options.mode === 'v3' ? 'projectcalico.org' : 'crd.projectcalico.org';
  const prefix = `/registry/${group}/globalnetworksets/`;
  // The witness does not outlive a restart: each look is a client of its own.
  const look = async <T>(see: (client: Etcd3) => Promise<T>): Promise<T> => {
    const client = new Etcd3({ hosts: server.etcdUrl });
    try {
      return await see(client);
    } finally {
      client.close();
    }
  };
  return {
    ...server,
    env: { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: server.kubeconfig },
    stored: () =>
      look(async (client) => {
        const { kvs } = await client.getAll().prefix(prefix).exec();
        const found = marks(kvs.map(({ value }) => asGiven(JSON.parse(value.toString()))));
        const writes = kvs.map(({ version }) => Number(version));
        return new Map([...found].map(([name, mark], i) => [name, { mark, writes: writes[i]! }]));
      }),
    clear: () => look(async (client) => void (await client.delete().prefix(prefix))),
  };
}
