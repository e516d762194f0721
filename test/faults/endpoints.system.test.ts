import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { freePort } from '../../scripts/testbed/etcd.mjs';
import { testbed } from '../testbed/testbed.ts';
import { calicoctl, documents, type Ended, type Folder, temporaryFolder } from './program.ts';

let alive: string;
let refused: string;
let silent: string;
let listener: Server;
let folder: Folder;
const unknownHost = 'http://etcd.invalid:2379';
beforeAll(async () => {
  folder = temporaryFolder();
  alive = (await testbed()).etcd;
  refused = `http://127.0.0.1:${await freePort()}`;
  listener = createServer(() => {}).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  silent = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
});
afterAll(() => {
  listener.close();
  folder.remove();
});

function get(endpoints: readonly string[], ...flags: string[]): Promise<Ended> {
  return calicoctl(['get', 'tier', 'no-such-tier', ...flags], {
    DATASTORE_TYPE: 'etcdv3',
    ETCD_ENDPOINTS: endpoints.join(','),
  });
}

const NOT_FOUND = { status: 1, out: '', err: 'resource does not exist: Tier(no-such-tier)\n' };

describe('a list of endpoints', () => {
  test('is served by its good member, quickly', async () => {
    for (const bad of [[refused], [silent], [unknownHost], [unknownHost, silent, refused]]) {
      for (const endpoints of [
        [...bad, alive],
        [alive, ...bad],
      ]) {
        const { milliseconds, ...seen } = await get(endpoints);
        expect(seen).toEqual(NOT_FOUND);
        expect(milliseconds).toBeLessThan(1500);
      }
    }
  });

  test('without a good member fails at once, and names each', async () => {
    const other = `http://127.0.0.1:${await freePort()}`;
    const { milliseconds, ...seen } = await get([refused, unknownHost, other]);
    expect(seen).toEqual({
      status: 1,
      out: '',
      err: [
        `etcd at ${refused}: connection refused`,
        `; etcd at ${unknownHost}: the host name etcd.invalid cannot be resolved`,
        `; etcd at ${other}: connection refused`,
        '\n  Check that etcd runs there and that the port is right.\n',
      ].join(''),
    });
    expect(milliseconds).toBeLessThan(1000);
  });
});

describe('an endpoint that is silent', () => {
  test('is given up at the request timeout', async () => {
    const { milliseconds, ...seen } = await get([silent], '--request-timeout', '2s');
    expect(seen).toEqual({ status: 1, out: '', err: `etcd at ${silent}: no answer within 2 s\n` });
    expect(Math.abs(milliseconds - 2000)).toBeLessThan(500);
  });

  test('keeps 500 resources no longer than one', async () => {
    const file = folder.write('sets.yaml', documents(500, 'never'));
    const env = { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: `${silent},${refused}` };
    const { milliseconds, status, err } = await calicoctl(
      ['apply', '-f', file, '--request-timeout', '2s'],
      env,
    );
    expect(status).toBe(1);
    for (const part of [`etcd at ${silent}: no answer within 2 s`, `etcd at ${refused}: connection refused`])
      expect(err).toContain(part);
    expect(Math.abs(milliseconds - 2000)).toBeLessThan(600);
  });
});
