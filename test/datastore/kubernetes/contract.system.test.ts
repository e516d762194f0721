import { afterAll, beforeAll, describe } from 'bun:test';
import { describeDatastoreContract } from '../contract/contract.ts';
import { describeMutants } from '../contract/mutants.ts';
import { type CalicoServer, KUBERNETES_LACKS, openKubernetesEnvironment, SERVERS } from './environment.ts';

for (const [name, connect] of Object.entries(SERVERS)) {
  describe(name, () => {
    let server: CalicoServer;
    beforeAll(async () => {
      server = await connect();
    }, 120_000);
    afterAll(() => server.stop());
    const open = () => openKubernetesEnvironment(server);
    describeDatastoreContract('the datastore on it', open, { lacks: KUBERNETES_LACKS });
    describeMutants(open, { lacks: KUBERNETES_LACKS });
  });
}
