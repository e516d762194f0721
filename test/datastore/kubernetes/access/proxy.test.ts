import { describe, expect, test } from 'bun:test';
import { isExempt, proxyFor } from '../../../../src/datastore/kubernetes/access/proxy.ts';
import { failure } from '../../../config/fixture.ts';
import { accessOf } from './fixture.ts';

const PROXY = 'http://proxy.example:3128';

function through(server: string, env: Record<string, string>): string | undefined {
  return proxyFor(new URL(server), undefined, env)?.href;
}

describe('the proxy of the environment', () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    ['https://a', {}, undefined],
    ['https://a', { HTTPS_PROXY: PROXY }, `${PROXY}/`],
    ['https://a', { https_proxy: PROXY }, `${PROXY}/`],
    ['https://a', { HTTPS_PROXY: '', https_proxy: PROXY }, `${PROXY}/`],
    ['https://a', { HTTPS_PROXY: PROXY, https_proxy: 'http://other' }, `${PROXY}/`],
    ['https://a', { HTTP_PROXY: PROXY, ALL_PROXY: PROXY }, undefined],
    ['http://a', { HTTPS_PROXY: PROXY }, undefined],
    ['http://a', { HTTP_PROXY: PROXY }, `${PROXY}/`],
    ['http://a', { http_proxy: PROXY }, `${PROXY}/`],
    ['https://a', { HTTPS_PROXY: 'proxy.example:3128' }, `${PROXY}/`],
    ['https://a', { HTTPS_PROXY: '10.0.0.1:3128' }, 'http://10.0.0.1:3128/'],
    ['https://a', { HTTPS_PROXY: 'https://u:p@proxy.example' }, 'https://u:p@proxy.example/'],
    ['https://a', { HTTPS_PROXY: 'socks5://s:1080' }, 'socks5://s:1080'],
    ['https://a', { HTTPS_PROXY: 'socks5h://s:1080' }, 'socks5://s:1080'],
    ['https://a', { HTTPS_PROXY: PROXY, NO_PROXY: 'a' }, undefined],
    ['https://a', { HTTPS_PROXY: PROXY, no_proxy: 'a' }, undefined],
    ['https://a', { HTTPS_PROXY: PROXY, NO_PROXY: 'b', no_proxy: 'a' }, `${PROXY}/`],
    ['https://localhost:6443', { HTTPS_PROXY: PROXY }, undefined],
  ])('%s with %j', (server, env, proxy) => {
    expect(through(server, env)).toBe(proxy);
  });

  test.each([
    ['ftp://a', 'HTTPS_PROXY has the scheme "ftp"; proxies are http, https or socks5'],
    ['http://u:secret@a b', 'HTTPS_PROXY is not the URL of a proxy'],
  ])('%s is refused', async (value, message) => {
    expect(await failure(() => through('https://a', { HTTPS_PROXY: value }))).toEqual({
      errorClass: 'configuration',
      text: message,
    });
  });
});

describe('NO_PROXY', () => {
  test.each<[string, string, boolean]>([
    ['https://a.example', '', false],
    ['https://a.example', '*', true],
    ['https://a.example', 'b.example, A.EXAMPLE', true],
    ['https://a.example', 'example', true],
    ['https://a.example', '.example', true],
    ['https://a.example', '*.example', true],
    ['https://example', '.example', false],
    ['https://example', '*.example', false],
    ['https://aexample', 'example', false],
    ['https://a.example', 'a.example:443', true],
    ['https://a.example:6443', 'a.example:443', false],
    ['https://a.example:6443', '.example:6443', true],
    ['http://a.example', 'a.example:80', true],
    ['https://10.1.2.3:6443', '10.0.0.0/8', true],
    ['https://11.1.2.3:6443', '10.0.0.0/8', false],
    ['https://10.1.2.3:6443', '10.1.2.3', true],
    ['https://10.1.2.3:6443', '10.1.2.3:443', false],
    ['https://10.1.2.3:6443', '1.2.3.4', false],
    ['https://[fd00::1]:6443', 'fd00:0::1', true],
    ['https://[fd00::1]:6443', '[fd00::1]:6443', true],
    ['https://[fd00::1]:6443', '[fd00::1]:443', false],
    ['https://[fd00::1]:6443', 'fd00::/8', true],
    ['https://a.example', ':443,,', false],
    ['https://127.0.0.1:6443', '', true],
    ['https://127.8.8.8:6443', '', true],
    ['https://[::1]:6443', '', true],
    ['https://[::2]:6443', '', false],
    ['https://LOCALHOST', '', true],
  ])('%s and %p: %p', (server, noProxy, exempt) => {
    expect(isExempt(new URL(server), noProxy)).toBe(exempt);
  });
});

describe('proxy-url of the cluster', () => {
  test('comes first, and counts for this machine too', async () => {
    const cluster = { server: 'https://127.0.0.1:1', 'proxy-url': 'socks5://mine:1080' };
    const access = await accessOf({ cluster }, { HTTPS_PROXY: PROXY, NO_PROXY: '*' });
    expect(access.proxy?.href).toBe('socks5://mine:1080');
    expect((await accessOf({}, { HTTPS_PROXY: PROXY })).proxy?.href).toBe(`${PROXY}/`);
    expect((await accessOf({})).proxy).toBeUndefined();
  });

  test('must be a whole URL', async () => {
    const { text } = await failure(() => accessOf({ cluster: { 'proxy-url': 'mine:1080' } }));
    expect(text).toMatch(/cluster "k": proxy-url (has the scheme "mine"|is not the URL of a proxy)/);
  });
});
