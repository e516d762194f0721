import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { failure } from '../../../config/fixture.ts';
import {
  accessOf,
  base64,
  ca,
  client,
  credentialsOf,
  inFolder,
  kubeconfig,
  otherCa,
  otherClient,
} from './fixture.ts';

const data = (text: string) => ({ 'certificate-authority-data': base64(text) });

describe('authorities', () => {
  test('from text, from a file, both of them, a bundle', async () => {
    const bundle = `# ours\n${ca.certificate}${otherCa.certificate}`;
    expect((await accessOf({ cluster: data(bundle) })).ca).toBe(ca.certificate + otherCa.certificate);
    await inFolder({ 'ca.crt': ca.certificate }, async ({ open, write }) => {
      const file = { 'certificate-authority': 'ca.crt' };
      write('k', kubeconfig({ cluster: file }));
      expect((await open({ KUBECONFIG: 'k' })).ca).toBe(ca.certificate);
      write('k', kubeconfig({ cluster: { ...file, ...data(otherCa.certificate) } }));
      expect((await open({ KUBECONFIG: 'k' })).ca).toBe(otherCa.certificate);
    });
    expect((await accessOf({})).ca).toBeUndefined();
  });

  test('base64 over several lines is taken', async () => {
    const lines = base64(ca.certificate).replace(/(.{64})/g, '$1\n');
    const cluster = { 'certificate-authority-data': lines };
    expect((await accessOf({ cluster })).ca).toBe(ca.certificate);
  });

  test.each<[string, object, RegExp]>([
    [
      'PEM where base64 must be',
      { 'certificate-authority-data': ca.certificate },
      /k:1:\d+: cluster "k": certificate-authority-data is not base64\n {2}Give the PEM text through base64/,
    ],
    [
      'cut base64',
      { 'certificate-authority-data': base64(ca.certificate).slice(0, -3) },
      /certificate-authority-data is not base64\n {2}It must be the PEM text in base64/,
    ],
    ['no PEM', data('hello'), /certificate-authority-data holds no certificate in PEM form$/],
    ['a key', data(client.key), /certificate-authority-data holds no certificate in PEM form$/],
    [
      'damaged',
      data(ca.certificate.replace(/\n.{40}/, '\n')),
      /certificate-authority-data holds a damaged certificate$/,
    ],
    [
      'no file',
      { 'certificate-authority': '/not/there.crt' },
      /cluster "k": certificate-authority \/not\/there.crt cannot be read: it does not exist$/,
    ],
  ])('%s is refused', async (_name, cluster, message) => {
    const { errorClass, text } = await failure(() => accessOf({ cluster }));
    expect(errorClass).toBe('configuration');
    expect(text).toMatch(message);
    expect(text).not.toContain('BEGIN');
  });

  test('insecure and an authority contradict each other', async () => {
    const cluster = { ...data(ca.certificate), 'insecure-skip-tls-verify': true };
    const { text } = await failure(() => accessOf({ cluster }));
    expect(text).toMatch(
      /k:1:\d+: cluster "k": insecure-skip-tls-verify and cluster "k": certificate-authority-data contradict each other\n {2}Take/,
    );
    const settings = { K8S_INSECURE_SKIP_TLS_VERIFY: 'true', K8S_CA_FILE: '/ca' };
    expect((await failure(() => accessOf({}, settings))).text).toStartWith(
      'K8S_INSECURE_SKIP_TLS_VERIFY and K8S_CA_FILE /ca contradict each other',
    );
  });

  test('insecure, and the name that the certificate must be for', async () => {
    const access = await accessOf({
      cluster: { 'insecure-skip-tls-verify': true, 'tls-server-name': 'api' },
    });
    expect([access.insecure, access.serverName]).toEqual([true, 'api']);
  });
});

describe('the address', () => {
  test.each<[string, object, string]>([
    ['https://a.example:6443', {}, 'https://a.example:6443/'],
    ['http://a.example', {}, 'http://a.example/'],
    ['https://a.example/k8s/clusters/c-1/', {}, 'https://a.example/k8s/clusters/c-1/'],
    ['https://[fd00::1]:6443', {}, 'https://[fd00::1]:6443/'],
    ['a.example:8080', {}, 'http://a.example:8080/'],
    ['10.0.0.1:6443', { 'insecure-skip-tls-verify': true }, 'https://10.0.0.1:6443/'],
    ['10.0.0.1:6443', { 'tls-server-name': 'x' }, 'https://10.0.0.1:6443/'],
    ['10.0.0.1:6443', data(ca.certificate), 'https://10.0.0.1:6443/'],
  ])('%s %j', async (server, more, href) => {
    expect((await accessOf({ cluster: { server, ...more } })).server.href).toBe(href);
  });

  test.each([
    ['ftp://a', 'has the scheme "ftp"; it must be as https://host:port'],
    ['https://', 'is not a URL; it must be as https://host:port'],
    ['https://u:secret@ho st', 'is not a URL; it must be as https://host:port'],
    ['https://a/?x=secret', 'has a query; it must be as https://host:port'],
  ])('%s is refused', async (server, message) => {
    const { text } = await failure(() => accessOf({ cluster: { server } }));
    expect(text).toEndWith(`cluster "k": server ${message}`);
    expect(text).not.toContain('secret');
    const { text: setting } = await failure(() => accessOf({}, { K8S_API_ENDPOINT: server }));
    expect(setting).toBe(`K8S_API_ENDPOINT ${message}`);
  });

  test('a user and password in it are sent, and not shown', async () => {
    const access = await accessOf({ cluster: { server: 'https://me:p%40ss@a.example' } });
    expect(access.server.href).toBe('https://a.example/');
    expect(await credentialsOf(access)).toEqual({ authorization: `Basic ${base64('me:p@ss')}` });
    const odd = await accessOf({ cluster: { server: 'https://me:100%@a.example' } });
    expect(await credentialsOf(odd)).toEqual({ authorization: `Basic ${base64('me:100%')}` });
  });
});

describe('client certificates', () => {
  const user = {
    'client-certificate-data': base64(client.certificate),
    'client-key-data': base64(client.key),
  };

  test('from text and from files', async () => {
    const certificate = { cert: client.certificate, key: client.key };
    expect(await credentialsOf(await accessOf({ user }))).toEqual({ certificate });
    const files = { 'pki/c.crt': client.certificate, 'pki/c.key': client.key };
    await inFolder(files, async ({ open, write }) => {
      write('k', kubeconfig({ user: { 'client-certificate': 'pki/c.crt', 'client-key': 'pki/c.key' } }));
      const access = await open({ KUBECONFIG: 'k' });
      expect(await credentialsOf(access)).toEqual({ certificate });
      expect(access.refresh(await credentialsOf(access))).toBe(false);
    });
  });

  test('next to a token', async () => {
    const access = await accessOf({ user: { ...user, token: 't' } });
    expect(await credentialsOf(access)).toEqual({
      authorization: 'Bearer t',
      certificate: { cert: client.certificate, key: client.key },
    });
  });

  test.each<[string, object, string]>([
    [
      'no key',
      { 'client-key-data': undefined },
      'user "u": client-certificate-data is given without a client key to go with it',
    ],
    [
      'no certificate',
      { 'client-certificate-data': undefined },
      'user "u": client-key-data is given without a client certificate to go with it',
    ],
    [
      'the key of somebody else',
      { 'client-key-data': base64(otherClient.key) },
      'user "u": client-key-data does not belong to the certificate of user "u": client-certificate-data',
    ],
    [
      'no key in the text',
      { 'client-key-data': base64('x') },
      'user "u": client-key-data holds no private key in PEM form',
    ],
  ])('%s', async (_name, change, message) => {
    const { text } = await failure(() => accessOf({ user: { ...user, ...change } }));
    expect(text).toEndWith(message);
    expect(text).toMatch(/\/k:1:\d+: /);
  });

  test('out of date: refused where nothing else is sent', async () => {
    const later = Date.now() + 20 * 365 * 86_400_000;
    const options = { now: () => later };
    const { text } = await failure(() => accessOf({ user }, {}, { options }));
    expect(text).toMatch(/user "u": client-certificate-data expired on 2\d{3}-/);
    const access = await accessOf({ user: { ...user, token: 't' } }, {}, { options });
    expect((await credentialsOf(access)).authorization).toBe('Bearer t');
  });

  test('files at fault are named with their path', () =>
    inFolder({ 'c.crt': client.certificate, 'c.key': otherClient.key }, async ({ open, write, folder }) => {
      write('k', kubeconfig({ user: { 'client-certificate': 'c.crt', 'client-key': 'c.key' } }));
      const [cert, key] = [join(folder, 'c.crt'), join(folder, 'c.key')];
      expect((await failure(() => open({ KUBECONFIG: 'k' }))).text).toEndWith(
        `user "u": client-key ${key} does not belong to the certificate of user "u": client-certificate ${cert}`,
      );
    }));
});
