import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ACCESSES, type Access } from '../etcdv3/environment.ts';
import { type CalicoServer, KUBERNETES_LACKS, SERVERS } from '../kubernetes/environment.ts';
import { describeDatastoreContract, type Need } from './contract.ts';
import { executableDatastore, runner } from './executable.ts';
import {
  openExecutableOnEtcd,
  openExecutableOnFolder,
  openExecutableOnKubernetes,
} from './executable-environment.ts';
import { create, globalSet, globalSetRef } from './objects.ts';
import { describeSurvival } from './survival.ts';

/** What command lines cannot say; unknown fields have checks of their own. */
const LACKS: readonly Need[] = [
  'identity',
  'demanded versions',
  'prefixes',
  'unknown fields',
  'ipam',
  'capitals',
  'watch',
];

describeDatastoreContract('the executable on a folder', openExecutableOnFolder, { lacks: LACKS });
describeSurvival('the executable on a folder', openExecutableOnFolder);

for (const [name, start] of Object.entries(ACCESSES)) {
  describe(name, () => {
    let server: Access;
    beforeAll(async () => {
      server = await start();
    }, 30_000);
    afterAll(() => server.stop());
    // More than etcd is asked for at once.
    const longList = start === ACCESSES['etcd without TLS'] ? { longList: 10_500 } : {};
    const open = async () => ({ ...(await openExecutableOnEtcd(server)), ...longList });
    describeDatastoreContract('the executable on it', open, { lacks: LACKS });
    describeSurvival('the executable on it', open);

    test('is reached by address and by name', async () => {
      const environment = await openExecutableOnEtcd(server);
      const created = await create(environment.store, globalSet('a'));
      for (const host of ['127.0.0.1', 'localhost']) {
        const url = server.env['ETCD_ENDPOINTS']!.replace(/127\.0\.0\.1|localhost/, host);
        const run = runner({ ...server.env, ETCD_ENDPOINTS: url });
        expect(await executableDatastore('etcdv3', run).get(globalSetRef('a'))).toEqual(created);
      }
    });
  });
}

for (const [name, connect] of Object.entries(SERVERS)) {
  describe(name, () => {
    let server: CalicoServer;
    beforeAll(async () => {
      server = await connect();
    }, 120_000);
    afterAll(() => server.stop());
    describeDatastoreContract('the executable on it', () => openExecutableOnKubernetes(server), {
      lacks: [...LACKS, ...KUBERNETES_LACKS],
    });
  });
}
