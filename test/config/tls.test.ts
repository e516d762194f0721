import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '../../src/config/configuration.ts';
import { type EtcdTls, loadEtcdTls } from '../../src/config/tls.ts';
import { failure, HEADER } from './fixture.ts';

describe('TLS', () => {
  let folder = '';
  const NOW = new Date();
  const YEARS_LATER = new Date(NOW.getTime() + 20 * 365 * 86_400_000);
  const YEARS_AGO = new Date(NOW.getTime() - 86_400_000 * 365);

  function openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  }
  function read(name: string): string {
    return readFileSync(join(folder, name), 'utf8');
  }
  function certificate(name: string, days: string): void {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`];
    openssl('req', '-x509', ...key, '-out', `${name}.pem`, '-subj', `/CN=${name}`, '-days', days);
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'calicoctl-tls-'));
    certificate('ca', '30');
    certificate('old', '1');
    certificate('client', '30');
    openssl('pkcs8', '-topk8', '-in', 'client.key', '-out', 'locked.key', '-passout', 'pass:x');
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-out', 'parameters.key');
    writeFileSync(join(folder, 'bad.pem'), 'not a certificate');
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    writeFileSync(join(folder, 'broken.pem'), broken);
    writeFileSync(join(folder, 'bundle.pem'), `A comment\n${read('old.pem')}${read('ca.pem')}`);
    writeFileSync(join(folder, 'both.pem'), read('client.key') + read('client.pem'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const CA = 'ETCD_CA_CERT_FILE';
  const CERT = 'ETCD_CERT_FILE';
  const KEY = 'ETCD_KEY_FILE';

  async function load(env: Record<string, string>, now = NOW, scheme = 'https'): Promise<EtcdTls> {
    const config = await loadConfiguration({
      env: { ETCD_ENDPOINTS: `${scheme}://a:1`, ...env },
      cwd: folder,
    });
    return loadEtcdTls(config, now);
  }
  async function inline(spec: Record<string, string>): Promise<EtcdTls> {
    writeFileSync(
      join(folder, 'a.cfg'),
      `${HEADER}spec: ${JSON.stringify({ etcdEndpoints: 'https://a:1', ...spec })}\n`,
    );
    return loadEtcdTls(await loadConfiguration({ env: {}, cwd: folder, configFile: 'a.cfg' }), NOW);
  }

  test('without settings nothing but the version is said', async () => {
    expect(await load({})).toEqual({ minVersion: 'TLSv1.2' });
  });

  test('files', async () => {
    expect(await load({ [CA]: 'ca.pem', [CERT]: 'client.pem', [KEY]: join(folder, 'client.key') })).toEqual({
      minVersion: 'TLSv1.2',
      ca: read('ca.pem'),
      cert: read('client.pem'),
      key: read('client.key'),
    });
  });

  test('key and certificate in one file', async () => {
    const tls = await load({ [CERT]: 'both.pem', [KEY]: 'both.pem' });
    expect([tls.cert, tls.key]).toEqual([read('client.pem'), read('client.key')]);
  });

  test('inline, with and without a CA', async () => {
    const identity = { etcdKey: read('client.key'), etcdCert: read('client.pem') };
    expect(await inline(identity)).toEqual({
      minVersion: 'TLSv1.2',
      cert: identity.etcdCert,
      key: identity.etcdKey,
    });
    expect((await inline({ ...identity, etcdCACert: read('ca.pem') })).ca).toBe(read('ca.pem'));
  });

  test.each<[Record<string, string>, string]>([
    [
      { [CA]: '/does/not/exist.pem' },
      'ETCD_CA_CERT_FILE: /does/not/exist.pem cannot be read: it does not exist',
    ],
    [{ [CA]: '.' }, 'ETCD_CA_CERT_FILE: . cannot be read: it is a folder, not a file'],
    [{ [CA]: 'bad.pem' }, 'ETCD_CA_CERT_FILE: bad.pem holds no certificate in PEM form'],
    [{ [CA]: 'client.key' }, 'ETCD_CA_CERT_FILE: client.key holds no certificate in PEM form'],
    [{ [CA]: 'broken.pem' }, 'ETCD_CA_CERT_FILE: broken.pem holds a damaged certificate'],
    [{ [CERT]: 'bad.pem', [KEY]: 'bad.pem' }, 'ETCD_CERT_FILE: bad.pem holds no certificate in PEM form'],
    [{ [CERT]: 'client.pem', [KEY]: 'ca.pem' }, 'ETCD_KEY_FILE: ca.pem holds no private key in PEM form'],
    [
      { [CERT]: 'client.pem', [KEY]: 'locked.key' },
      'ETCD_KEY_FILE: locked.key holds a private key that is encrypted; give one without a passphrase',
    ],
    [
      { [CERT]: 'client.pem', [KEY]: 'ca.key' },
      'ETCD_KEY_FILE: ca.key does not belong to the certificate of ETCD_CERT_FILE: client.pem',
    ],
    [
      { [CERT]: 'client.pem', [KEY]: 'parameters.key' },
      'ETCD_KEY_FILE: parameters.key does not belong to the certificate of ETCD_CERT_FILE: client.pem',
    ],
    [
      { [KEY]: '/does/not/exist.key' },
      'a certificate and a key for etcd are needed together; etcdCertFile is not set',
    ],
    [
      { [CERT]: 'client.pem' },
      'a certificate and a key for etcd are needed together; etcdKeyFile is not set',
    ],
    [{ TLS_MIN_VERSION: '1.1' }, 'TLS_MIN_VERSION: "1.1" is not 1.2 or 1.3'],
  ])('%j is refused', async (env, message) => {
    expect(await failure(() => load(env))).toEqual({ errorClass: 'configuration', text: message });
  });

  test.each<[string, Record<string, string>, string | undefined]>([
    ['missing', { [CA]: '/does/not/exist.pem' }, 'cannot be read'],
    ['not PEM', { [CERT]: 'bad.pem', [KEY]: 'bad.pem' }, 'no certificate'],
    ['damaged', { [CA]: 'broken.pem' }, 'damaged'],
    ['not the key', { [CERT]: 'client.pem', [KEY]: 'ca.key' }, 'does not belong'],
  ])('is checked with plain http too: %s', async (_what, env, message) => {
    expect((await failure(() => load(env, NOW, 'http'))).text).toContain(message!);
  });

  test('a CA without a certificate does no harm to plain http', async () => {
    expect(await load({ [CA]: 'bad.pem' }, NOW, 'http')).toEqual({ minVersion: 'TLSv1.2' });
  });

  test('out of date', async () => {
    const pair = { [CERT]: 'client.pem', [KEY]: 'client.key' };
    expect((await failure(() => load(pair, YEARS_LATER))).text).toStartWith(
      'ETCD_CERT_FILE: client.pem expired on ',
    );
    expect((await failure(() => load(pair, YEARS_AGO))).text).toStartWith(
      'ETCD_CERT_FILE: client.pem is not valid before ',
    );
    expect((await failure(() => load({ [CA]: 'ca.pem' }, YEARS_LATER))).text).toStartWith(
      'ETCD_CA_CERT_FILE: ca.pem expired on ',
    );
    expect((await load(pair, YEARS_LATER, 'http')).cert).toBe(read('client.pem'));
  });

  test('an expired CA next to a current one is let pass, alone it is not', async () => {
    const inAWeek = new Date(NOW.getTime() + 7 * 86_400_000);
    expect((await load({ [CA]: 'bundle.pem' }, inAWeek)).ca).toBe(read('old.pem') + read('ca.pem'));
    expect((await failure(() => load({ [CA]: 'old.pem' }, inAWeek))).text).toContain('expired');
  });

  test.each<[Record<string, string>, string]>([
    [{ etcdKey: 'x', etcdCert: 'y', etcdCACert: 'z' }, 'etcdCACert holds no certificate in PEM form'],
    [{ etcdKey: 'x', etcdCert: 'y' }, 'etcdCert holds no certificate in PEM form'],
    [{ etcdCert: 'y' }, 'a certificate and a key for etcd are needed together; etcdKey is not set'],
    [
      { etcdCACert: 'z' },
      'a certificate and a key for etcd are needed together; etcdCert and etcdKey is not set',
    ],
    [{ etcdKeyFile: 'key.pem', etcdCert: '-----BEGIN' }, 'etcdKeyFile and etcdCert cannot be mixed'],
  ])('inline %j is refused with its place', async (spec, message) => {
    const { text } = await failure(() => inline(spec));
    expect(text.split('\n')[0]).toMatch(/^a\.cfg:3:\d+: /);
    expect(text.split('\n')[0]).toEndWith(message);
  });

  test('no error repeats key material', async () => {
    const key = read('client.key');
    const body = key.split('\n')[1]!;
    const runs = [
      () => inline({ etcdKey: key, etcdCert: key }),
      () => inline({ etcdKey: key.replace('MI', '!!'), etcdCert: read('client.pem') }),
      () => inline({ etcdKey: key, etcdCert: read('ca.pem') }),
      () => load({ [KEY]: key, [CERT]: key }),
      () => load({ [CA]: key }),
    ];
    for (const run of runs) expect((await failure(run)).text).not.toContain(body);
  });

  test('versions and cipher suites', async () => {
    const names = 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384';
    expect(await load({ TLS_MIN_VERSION: '1.3', TLS_CIPHER_SUITES: names })).toEqual({
      minVersion: 'TLSv1.3',
      ciphers: 'ECDHE-RSA-AES128-GCM-SHA256:TLS_AES_256_GCM_SHA384',
    });
    expect((await failure(() => load({ TLS_CIPHER_SUITES: 'TLS_AES_256_GCM_SHA383' }))).text).toBe(
      'TLS_CIPHER_SUITES: "TLS_AES_256_GCM_SHA383" is not a cipher suite we know\n  Did you mean TLS_AES_256_GCM_SHA384?',
    );
  });
});
