import { describe, expect, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { failure, HEADER } from '../../../config/fixture.ts';
import { accessOf, base64, ca, client, credentialsOf, inFolder, kubeconfig, otherCa } from './fixture.ts';

describe('tokens and passwords', () => {
  test('none, a token, a user and password', async () => {
    expect(await credentialsOf(await accessOf({}))).toEqual({});
    expect(await credentialsOf(await accessOf({ user: { token: 'a.b.c' } }))).toEqual({
      authorization: 'Bearer a.b.c',
    });
    const access = await accessOf({ user: { username: 'me', password: 'pä:ss' } });
    expect(await credentialsOf(access)).toEqual({ authorization: `Basic ${base64('me:pä:ss')}` });
    expect(access.refresh(await credentialsOf(access))).toBe(false);
  });

  test('blanks around a token are none of it; what HTTP cannot carry is refused', async () => {
    expect(await credentialsOf(await accessOf({ user: { token: ' abc\n' } }))).toEqual({
      authorization: 'Bearer abc',
    });
    for (const token of ['sec\nret', 'sec\u2603ret']) {
      const { text } = await failure(() => accessOf({ user: { token } }));
      expect(text).toEndWith('user "u": token holds characters that no token has');
      const { text: setting } = await failure(() => accessOf({}, { CALICO_K8SAPITOKEN: token }));
      expect(setting).toBe('CALICO_K8SAPITOKEN holds characters that no token has');
    }
  });

  test('none of them goes over a connection that others can read, as with kubectl', async () => {
    const cluster = { server: 'http://one.example:8080' };
    for (const user of [{ token: 'secret' }, { username: 'me', password: 'secret' }, { tokenFile: '/none' }])
      expect(await credentialsOf(await accessOf({ cluster, user }))).toEqual({});
    const env = { K8S_API_ENDPOINT: 'http://two.example', CALICO_K8SAPITOKEN: 'secret' };
    expect(await credentialsOf(await accessOf({}, env))).toEqual({});
  });

  test('both of them are refused', async () => {
    const { text } = await failure(() => accessOf({ user: { username: 'me', token: 'secret' } }));
    expect(text).toMatch(/k:1:\d+: user "u" has both a token and a user name with password\n/);
    expect(text).not.toContain('secret');
  });

  test.each([
    ['gcp', 'gke-gcloud-auth-plugin'],
    ['azure', 'kubelogin'],
    ['oidc', 'exec'],
    ['unheard-of', 'exec'],
  ])('auth-provider %s is refused with what to use instead', async (name, instead) => {
    const user = { 'auth-provider': { name, config: { 'access-token': 'secret' } } };
    const { errorClass, text } = await failure(() => accessOf({ user }));
    const [head, hint] = text.split('\n');
    expect(errorClass).toBe('configuration');
    expect(head).toEndWith(`user "u": the auth-provider "${name}" is not supported`);
    expect(hint).toContain(instead);
    expect(text).not.toContain('secret');
  });
});

describe('a token file', () => {
  test('wins over a token, and is read again when 10 seconds have passed', () =>
    inFolder({ token: 'one\n' }, async ({ open, write, folder }) => {
      let now = 1_000_000;
      write('k', kubeconfig({ user: { tokenFile: 'token', token: 'fixed' } }));
      const access = await open({ KUBECONFIG: 'k' }, { options: { now: () => now } });
      const sent = async () => (await credentialsOf(access)).authorization;
      expect(await sent()).toBe('Bearer one');
      write('token', 'two');
      now += 9_999;
      expect(await sent()).toBe('Bearer one');
      now += 1;
      expect(await sent()).toBe('Bearer two');
      rmSync(join(folder, 'token'));
      now += 10_000;
      expect(await sent()).toBe('Bearer two');
      write('token', '  ');
      now += 10_000;
      expect(await sent()).toBe('Bearer two');
      write('token', 'three');
      now += 10_000;
      expect(await sent()).toBe('Bearer three');
    }));

  test('is read at once when its token was refused and another is there', () =>
    inFolder({ token: 'one' }, async ({ open, write }) => {
      write('k', kubeconfig({ user: { tokenFile: 'token' } }));
      const access = await open({ KUBECONFIG: 'k' });
      const first = await credentialsOf(access);
      expect(access.refresh(first)).toBe(false);
      write('token', 'two');
      expect(access.refresh(first)).toBe(true);
      expect(await credentialsOf(access)).toEqual({ authorization: 'Bearer two' });
    }));

  test('that is missing leaves the token, or is an error', async () => {
    const tokenFile = '/not/there';
    const fixed = await accessOf({ user: { tokenFile, token: 'fixed' } });
    expect(await credentialsOf(fixed)).toEqual({ authorization: 'Bearer fixed' });
    const access = await accessOf({ user: { tokenFile } });
    expect((await failure(() => credentialsOf(access))).text).toEndWith(
      'user "u": tokenFile /not/there cannot be read: it does not exist',
    );
    await inFolder({ t: ' \n', k: kubeconfig({ user: { tokenFile: 't' } }) }, async ({ open, folder }) => {
      const empty = await open({ KUBECONFIG: 'k' });
      expect((await failure(() => credentialsOf(empty))).text).toEndWith(
        `user "u": tokenFile ${join(folder, 't')} holds no token: it is empty`,
      );
    });
  });
});

describe('settings laid over', () => {
  test('each over its own', () =>
    inFolder(
      { 'ca.crt': ca.certificate, 'c.crt': client.certificate, 'c.key': client.key, t: 'file' },
      async ({ open, write }) => {
        const cluster = { 'insecure-skip-tls-verify': true, 'tls-server-name': 'n' };
        write('k', kubeconfig({ cluster, user: { token: 'own', tokenFile: 't' } }));
        const access = await open({
          KUBECONFIG: 'k',
          K8S_API_ENDPOINT: 'https://over.example',
          K8S_CA_FILE: 'ca.crt',
          K8S_CERT_FILE: 'c.crt',
          K8S_KEY_FILE: 'c.key',
          CALICO_K8SAPITOKEN: 'over',
        });
        expect(access.server.href).toBe('https://over.example/');
        expect([access.ca, access.insecure, access.serverName]).toEqual([ca.certificate, false, undefined]);
        expect((await open({ KUBECONFIG: 'k', K8S_CA_FILE: 'ca.crt' })).serverName).toBe('n');
        expect(await credentialsOf(access)).toEqual({
          authorization: 'Bearer over',
          certificate: { cert: client.certificate, key: client.key },
        });
      },
    ));

  test('insecure takes the authority of the kubeconfig away; errors send users to what lies over it', async () => {
    const draft = { cluster: { 'certificate-authority-data': base64(otherCa.certificate) } };
    const access = await accessOf(draft, { K8S_INSECURE_SKIP_TLS_VERIFY: '1' });
    expect([access.insecure, access.ca]).toEqual([true, undefined]);
    const over = await accessOf(draft, { K8S_API_ENDPOINT: 'https://b.example', CALICO_K8SAPITOKEN: 't' });
    expect(over.origin).toStartWith('K8S_API_ENDPOINT, CALICO_K8SAPITOKEN over context "c" of /');
    const not = await accessOf(draft, { K8S_INSECURE_SKIP_TLS_VERIFY: '0' });
    expect([not.insecure, not.ca]).toEqual([false, otherCa.certificate]);
  });

  test('without any kubeconfig, from the environment and from a file', () =>
    inFolder({}, async ({ open, write }) => {
      const access = await open({ K8S_API_ENDPOINT: 'https://a.example', CALICO_K8SAPITOKEN: 't' });
      const origin = 'K8S_API_ENDPOINT, CALICO_K8SAPITOKEN';
      expect([access.server.href, access.origin]).toEqual(['https://a.example/', origin]);
      expect(await credentialsOf(access)).toEqual({ authorization: 'Bearer t' });
      write(
        'a.cfg',
        `${HEADER}spec: {k8sAPIEndpoint: "https://b", k8sCAFile: x, k8sInsecureSkipTLSVerify: true}\n`,
      );
      const { text } = await failure(() => open({}, { configFile: 'a.cfg' }));
      expect(text).toMatch(
        /^a\.cfg:3:\d+: k8sInsecureSkipTLSVerify and k8sCAFile .*\/x contradict each other/,
      );
    }));

  test('faults name the setting and the file', () =>
    inFolder({ 'c.crt': client.certificate }, async ({ open, folder }) => {
      const env = { K8S_API_ENDPOINT: 'https://a', K8S_CERT_FILE: 'c.crt' };
      expect((await failure(() => open(env))).text).toBe(
        `K8S_CERT_FILE ${join(folder, 'c.crt')} is given without a client key to go with it`,
      );
      expect((await failure(() => open({ ...env, K8S_KEY_FILE: 'no.key' }))).text).toBe(
        `K8S_KEY_FILE ${join(folder, 'no.key')} cannot be read: it does not exist`,
      );
      const pem = await failure(() => open({ ...env, K8S_KEY_FILE: client.key }));
      expect(pem.text).not.toContain('BEGIN');
    }));

  test('nothing at all: what to set is told', () =>
    inFolder({}, async ({ open }) => {
      const { errorClass, text } = await failure(() => open({}));
      expect(errorClass).toBe('configuration');
      expect(text).toStartWith('nothing says where the Kubernetes API server is\n');
      for (const word of ['KUBECONFIG', 'K8S_API_ENDPOINT', 'pod', 'ETCD_ENDPOINTS', 'CALICO_FILE_DIR'])
        expect(text).toContain(word);
    }));
});

describe('acting for others', () => {
  const user = {
    as: 'jane',
    'as-uid': '7',
    'as-groups': ['dev', 'ops'],
    'as-user-extra': { scopes: ['a', 'b'] },
  };

  test('as the entry says', async () => {
    expect((await accessOf({ user })).impersonation).toEqual({
      user: 'jane',
      uid: '7',
      groups: ['dev', 'ops'],
      extra: { scopes: ['a', 'b'] },
    });
  });

  test('as the flags say, also with a configuration file', () =>
    inFolder({}, async ({ open, write }) => {
      write('a.cfg', `${HEADER}spec: {k8sAPIEndpoint: "https://b"}\n`);
      const flags = { as: 'joe', asGroup: ['x', 'y,z'], asUid: '9' };
      const expected = { user: 'joe', uid: '9', groups: ['x', 'y,z'], extra: {} };
      expect((await open({}, { configFile: 'a.cfg', ...flags })).impersonation).toEqual(expected);
      expect((await open({ K8S_API_ENDPOINT: 'a' }, { as: 'joe' })).impersonation).toEqual({
        user: 'joe',
        groups: [],
        extra: {},
      });
    }));

  test('flags lie over the entry one by one', async () => {
    expect((await accessOf({ user }, {}, { as: 'joe' })).impersonation).toEqual({
      user: 'joe',
      uid: '7',
      groups: ['dev', 'ops'],
      extra: { scopes: ['a', 'b'] },
    });
    expect((await accessOf({ user }, {}, { asGroup: ['x'] })).impersonation?.groups).toEqual(['x']);
  });

  test('names that HTTP cannot carry', async () => {
    const { text } = await failure(() => accessOf({}, {}, { as: 'jane', asGroup: ['a', 'b\r\nX: y'] }));
    expect(text).toBe('"b\\r\\nX: y" cannot be acted for: it holds a line break or the like');
    expect((await accessOf({}, {}, { as: 'jürgen ☃' })).impersonation?.user).toBe('jürgen ☃');
  });

  test('groups alone are no one', async () => {
    expect(await failure(() => accessOf({}, {}, { asGroup: ['x'] }))).toEqual({
      errorClass: 'usage',
      text: '--as-group needs --as: only a user can be acted for',
    });
    expect((await failure(() => accessOf({}, {}, { asUid: 'x' }))).text).toStartWith('--as-uid needs --as');
    const { text } = await failure(() => accessOf({ user: { 'as-groups': ['x'] } }));
    expect(text).toStartWith('as-groups, as-uid and as-user-extra of a kubeconfig need as\n');
  });
});
