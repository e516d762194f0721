import { type ApiServer, type ApiServerOptions, startApiServer } from '../testbed/api-server.ts';
import type { Env } from './program.ts';
import { type Witness, witness } from './witness.ts';

/** An API server that can be killed, with a witness of what is behind it. */
export interface KubeVictim extends ApiServer, Pick<Witness, 'stored'> {
  readonly env: Env;
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
  const { stored, clear } = witness(server.etcdUrl, prefix, (value) => asGiven(value as Stored));
  return {
    ...server,
    env: { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: server.kubeconfig },
    stored,
    clear: () => clear(prefix),
  };
}
