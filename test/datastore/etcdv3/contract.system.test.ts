import { afterAll, beforeAll, describe } from 'bun:test';
import { describeDatastoreContract } from '../contract/contract.ts';
import { describeMutants } from '../contract/mutants.ts';
import { ACCESSES, type Access, openEtcdEnvironment } from './environment.ts';

for (const [name, start] of Object.entries(ACCESSES)) {
  describe(name, () => {
    let server: Access;
    beforeAll(async () => {
      server = await start();
    }, 30_000);
    afterAll(() => server.stop());
    describeDatastoreContract('the datastore on it', () => openEtcdEnvironment(server));
    if (start === ACCESSES['etcd without TLS']) describeMutants(() => openEtcdEnvironment(server));
  });
}
