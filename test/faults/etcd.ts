import { type EtcdServer, startEtcd } from '../testbed/testbed.ts';
import type { Env } from './program.ts';
import { type Witness, witness } from './witness.ts';

/** An etcd that can be killed, with a witness of what is in it. */
export interface Victim extends EtcdServer, Pick<Witness, 'stored'> {
  readonly env: Env;
  clear(): Promise<void>;
}

const SETS = '/calico/resources/v3/projectcalico.org/globalnetworksets/';

export async function startVictim(): Promise<Victim> {
  const server = await startEtcd({ durable: true });
  const { stored, clear } = witness(server.url, SETS);
  return {
    ...server,
    env: { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: server.url },
    stored,
    clear: () => clear('/'),
  };
}
