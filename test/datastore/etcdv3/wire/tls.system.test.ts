import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatError } from '../../../../src/core/errors.ts';
import { type EtcdOptions, openEtcd } from '../../../../src/datastore/etcdv3/wire/client.ts';
import { text } from '../../../../src/datastore/etcdv3/wire/protobuf.ts';
import { type EtcdServer, startEtcd, type Testbed, testbed } from '../../../testbed/testbed.ts';

let bed: Testbed;
const file = (name: string) => join(bed.certificates, name);
const pem = (name: string) => readFileSync(file(name), 'utf8');
const pair = (name: string) => ({ cert: pem(`${name}.crt`), key: pem(`${name}.key`) });

beforeAll(async () => {
  bed = await testbed();
}, 30_000);

/** Puts and gets one key; the text of the error where that fails. */
async function use(options: EtcdOptions, key = 'tls/a'): Promise<string> {
  const client = openEtcd({ requestTimeoutMs: 5000, ...options });
  try {
    await client.put(key, 'x');
    return text((await client.get(key)).kv!.value);
  } catch (error) {
    return formatError(error);
  } finally {
    client.close();
  }
}

describe('a server that asks for client certificates', () => {
  const withTls = (tls: NonNullable<EtcdOptions['tls']>, url = bed.etcdTls.url) =>
    use({ endpoints: [url], tls });

  test('is used by address and by name', async () => {
    const tls = { ca: pem('ca.crt'), ...pair('client') };
    expect(await withTls(tls)).toBe('x');
    expect(await withTls(tls, bed.etcdTls.url.replace('127.0.0.1', 'localhost'))).toBe('x');
    expect(await withTls(tls, bed.etcdTls.url.replace('https://', ''))).toBe('x');
  });

  test('is used with TLS 1.3 only, and with one cipher of TLS 1.2', async () => {
    const tls = { ca: pem('ca.crt'), ...pair('client') };
    expect(await withTls({ ...tls, minVersion: 'TLSv1.3' })).toBe('x');
    expect(await withTls({ ...tls, ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' })).toBe('x');
  });

  test('refuses us without certificate and with one of another authority', async () => {
    expect(await withTls({ ca: pem('ca.crt') })).toContain('requires a client certificate');
    const stranger = { ca: pem('ca.crt'), ...pair('other-client') };
    expect(await withTls(stranger)).toContain('refuses our client certificate');
  });

  test('is not trusted when another authority is, or only those of the system', async () => {
    const wanted = 'signed by an authority that is not trusted here';
    expect(await withTls({ ca: pem('other-ca.crt'), ...pair('client') })).toContain(wanted);
    expect(await withTls(pair('client'))).toContain(wanted);
    expect(await withTls({ ca: pem('other-ca.crt') })).toContain(bed.etcdTls.url);
  });

  test('does not get a request in clear, and a server without TLS none in cipher', async () => {
    const clear = await use({ endpoints: [bed.etcdTls.url.replace('https', 'http')] });
    expect(clear).toContain('https:// meant?');
    const tls = { ca: pem('ca.crt') };
    expect(await use({ endpoints: [bed.etcd.replace('http', 'https')], tls })).toContain('http:// meant?');
  });
});

describe('a server with a wrong certificate', () => {
  let elsewhere: EtcdServer;
  let expired: EtcdServer;
  beforeAll(async () => {
    const tls = (name: string) => ({ cert: file(`${name}.crt`), key: file(`${name}.key`) });
    elsewhere = await startEtcd({ tls: tls('server-elsewhere') });
    expired = await startEtcd({ tls: tls('server-expired') });
  }, 30_000);
  afterAll(async () => {
    await elsewhere.stop();
    await expired.stop();
  });

  test('for another address is refused, by address and by name', async () => {
    const tls = { ca: pem('ca.crt') };
    const byAddress = await use({ endpoints: [elsewhere.url], tls });
    expect(byAddress).toContain('its certificate is not for 127.0.0.1');
    expect(byAddress).toContain('192.0.2.1');
    const byName = await use({ endpoints: [elsewhere.url.replace('127.0.0.1', 'localhost')], tls });
    expect(byName).toContain('its certificate is not for localhost');
  });

  test('that has expired is refused', async () => {
    expect(await use({ endpoints: [expired.url], tls: { ca: pem('ca.crt') } })).toContain('has expired');
  });
});

describe('settings that cannot be are refused before anything is dialled', () => {
  const open = (options: Partial<EtcdOptions>) => () =>
    openEtcd({ endpoints: ['https://127.0.0.1:1'], ...options });
  const configuration = (message: RegExp) =>
    expect.objectContaining({ errorClass: 'configuration', message: expect.stringMatching(message) });

  test('text that is no certificate, a key without its certificate, a key of another', () => {
    const { cert, key } = pair('client');
    expect(open({ tls: { cert, key: 'nonsense' } })).toThrow(configuration(/cannot be used/));
    expect(open({ tls: { cert: 'nonsense', key } })).toThrow(configuration(/cannot be used/));
    expect(open({ tls: { key } })).toThrow(configuration(/needs its key/));
    expect(open({ tls: { cert, key: pair('other-client').key } })).toThrow(configuration(/cannot be used/));
  });

  test('endpoints that are none', () => {
    expect(open({ endpoints: [] })).toThrow(configuration(/no etcd endpoint/));
    expect(open({ endpoints: ['ftp://a:1'] })).toThrow(configuration(/scheme/));
    expect(open({ endpoints: ['http://u:secret@a:1'] })).toThrow(
      configuration(/"http:\/\/a:1" holds a user name/),
    );
  });
});

describe('a server that asks for passwords', () => {
  const withUser = (user: { username?: string; password?: string }, key?: string) =>
    use({ endpoints: [bed.etcdAuth.url], tls: { ca: pem('ca.crt') }, ...user }, key);

  test('lets those in who have one', async () => {
    const { username, password, limited } = bed.etcdAuth;
    expect(await withUser({ username, password })).toBe('x');
    expect(await withUser(limited, `${limited.prefix}a`)).toBe('x');
  });

  test('keeps everybody else out, and says no password', async () => {
    const { limited } = bed.etcdAuth;
    expect(await withUser({})).toContain('a user name and a password are required');
    const wrong = await withUser({ username: 'root', password: 'not-this-one' });
    expect(wrong).toContain('user name or password is wrong');
    expect(wrong).not.toContain('not-this-one');
    expect(await withUser(limited, 'elsewhere')).toContain('permission denied');
  });

  test('denies a watch of what a user may not read', async () => {
    const { url, limited } = bed.etcdAuth;
    const client = openEtcd({ endpoints: [url], tls: { ca: pem('ca.crt') }, ...limited });
    const first = client.watch('elsewhere')[Symbol.asyncIterator]().next();
    expect(await first.catch((error) => error)).toMatchObject({ errorClass: 'unauthorized' });
    client.close();
  });

  test('a user name does no harm where none is asked for', async () => {
    expect(await use({ endpoints: [bed.etcd], username: 'root', password: 'x' })).toBe('x');
  });
});
