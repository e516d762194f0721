import { describe, expect, test } from 'bun:test';
import { failure, fromEnv } from './fixture.ts';

describe('endpoints', () => {
  test.each([
    ['http://10.0.0.1:2379', ['http://10.0.0.1:2379']],
    [' https://a:1/ , http://b:2 ,', ['https://a:1', 'http://b:2']],
    ['http://a:1,http://a:1/,HTTP://A:1', ['http://a:1']],
    ['http://[fd00::1]:2379', ['http://[fd00::1]:2379']],
    ['https://a:443,http://a:80', ['https://a:443', 'http://a:80']],
    ['http://u:p@a:1/path?query', ['http://a:1']],
    ['a:1', ['http://a:1']],
  ])('%j', async (list, endpoints) => {
    expect((await fromEnv({ ETCD_ENDPOINTS: list })).etcd.endpoints).toEqual(endpoints);
  });

  test('one without a scheme follows the TLS settings', async () => {
    const { etcd } = await fromEnv({ ETCD_ENDPOINTS: 'a:1', ETCD_CA_CERT_FILE: 'ca' });
    expect(etcd).toEqual({ endpoints: ['https://a:1'], hasTlsSettings: true });
  });

  test.each([
    ['ftp://a:1', '"ftp://a:1" must start with http:// or https://'],
    ['unix:///run/etcd', '"unix:///run/etcd" must start with http:// or https://'],
    ['http://:2379', '"http://:2379" has no host'],
    ['http://a', '"http://a" has no port'],
    ['localhost', '"localhost" has no port'],
    ['http://a:0', '"http://a:0" has a port that is not a number from 1 to 65535'],
    ['http://a:65536', '"http://a:65536" has a port that is not a number from 1 to 65535'],
    ['http://a b:1', '"http://a b:1" is not a URL'],
    ['http://fd00::1:2379', '"http://fd00::1:2379" has a port that is not a number from 1 to 65535'],
    ['http://b:1,ftp://me:secret@a:1', '"http://********@a:1" must start with http:// or https://'],
  ])('%j is refused', async (list, message) => {
    const config = await fromEnv({ ETCD_ENDPOINTS: list });
    const { errorClass, text } = await failure(() => config.etcd);
    expect(errorClass).toBe('configuration');
    expect(text.split('\n')[0]).toBe(`ETCD_ENDPOINTS: etcd endpoint ${message}`);
  });

  test.each(['', ' , '])('%j are none', async (list) => {
    const config = await fromEnv({ DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: list });
    expect((await failure(() => config.etcd)).text).toStartWith('no etcd endpoints are given\n');
  });

  test('SRV in their place, never next to them', async () => {
    const { etcd } = await fromEnv({ DATASTORE_TYPE: 'etcdv3', ETCD_DISCOVERY_SRV: 'example.org' });
    expect(etcd).toEqual({ endpoints: [], discoverySrv: 'example.org', hasTlsSettings: false });
    const both = await fromEnv({ ETCD_ENDPOINTS: 'http://a:1', CALICO_ETCD_DISCOVERY_SRV: 'example.org' });
    expect((await failure(() => both.etcd)).text).toBe(
      'ETCD_ENDPOINTS and CALICO_ETCD_DISCOVERY_SRV are both set; use only one of them',
    );
  });

  test.each([
    [
      { ETCD_USERNAME: 'u', ETCD_PASSWORD: 'p' },
      { username: 'u', password: 'p' },
    ],
    [{ ETCD_USERNAME: 'u' }, undefined],
    [{ ETCD_PASSWORD: 'p' }, undefined],
    [{ ETCD_USERNAME: 'u', ETCD_PASSWORD: '' }, undefined],
  ] as const)('credentials %j', async (env, credentials) => {
    const config = await fromEnv({ ETCD_ENDPOINTS: 'http://a:1', ...env } as Record<string, string>);
    expect(config.etcd.credentials).toEqual(credentials as never);
  });
});
