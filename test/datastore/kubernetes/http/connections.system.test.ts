import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Probe } from './probe.ts';
import { httpProxy, socksProxy } from './proxies.ts';
import { buildProber, type Prober } from './run-times.ts';
import { certificates, json, serve, serveBytes, serveTls } from './servers.ts';

/** How servers are verified and proxies are passed; on Bun, which the executable has inside, and on Node. */

let prober: Prober;
beforeAll(() => {
  prober = buildProber();
});
afterAll(() => prober[Symbol.dispose]());

const { ca, otherCa } = certificates;
const pair = ({ certificate: cert, key }: { certificate: string; key: string }) => ({ cert, key });
const ok = '200 {"ok":true}';

for (const runTime of ['bun', 'node'] as const) {
  describe(`on ${runTime}`, () => {
    test('servers are verified, and who is not the server gets nothing', async () => {
      const requests: string[] = [];
      const named = (name: string) => (_request: unknown, response: Parameters<typeof json>[0]) => {
        requests.push(name);
        json(response, 200, { ok: true });
      };
      await using good = await serveTls(certificates.server, named('good'));
      await using elsewhere = await serveTls(certificates.elsewhere, named('elsewhere'));
      await using expired = await serveTls(certificates.expired, named('expired'));
      await using future = await serveTls(certificates.future, named('future'));
      await using plain = await serve(named('plain'));
      const probes: Record<string, Probe> = {
        address: { server: good.url, ca, times: 3 },
        name: { server: good.url.replace('127.0.0.1', 'localhost'), ca },
        otherName: { server: good.url, ca, serverName: 'localhost' },
        bundle: { server: good.url, ca: otherCa + ca },
        otherAuthority: { server: good.url, ca: otherCa },
        systemAuthorities: { server: good.url },
        elsewhere: { server: elsewhere.url, ca },
        elsewhereNamed: { server: elsewhere.url, ca, serverName: 'api.example' },
        elsewhereAddressed: { server: elsewhere.url, ca, serverName: '192.0.2.1' },
        wrongName: { server: good.url, ca, serverName: 'api.example' },
        wrongAddress: { server: good.url, ca, serverName: '192.0.2.1' },
        expired: { server: expired.url, ca, method: 'POST' },
        future: { server: future.url, ca },
        insecure: { server: expired.url, insecure: true },
        insecureElsewhere: { server: elsewhere.url, insecure: true },
        notTls: { server: plain.url.replace('http:', 'https:'), ca },
        noCertificate: { server: good.url, ca: 'nonsense' },
      };
      const found = await prober.probe(runTime, probes);
      const from = (url: string, text: string) =>
        expect.stringMatching(new RegExp(`^Kubernetes API server at ${url}: ${text}`));
      const give =
        'Give the certificate of the authority as certificate-authority in the test, or as K8S_CA_FILE.';
      expect(found).toEqual({
        ...{ address: ok, name: ok, otherName: ok, bundle: ok, elsewhereNamed: ok, elsewhereAddressed: ok },
        ...{ insecure: ok, insecureElsewhere: ok },
        otherAuthority: `Kubernetes API server at ${good.url}: its certificate is signed by the authority "test CA", which is not trusted here\n  ${give}`,
        systemAuthorities: from(
          good.url,
          'its certificate is signed by the authority "test CA", which is not',
        ),
        elsewhere: `Kubernetes API server at ${elsewhere.url}: its certificate is not for 127.0.0.1 but for 192.0.2.1, api.example\n  Use a name of the certificate as server or as tls-server-name in the test.`,
        wrongName: from(good.url, 'its certificate is not for api.example but for 127.0.0.1, localhost'),
        wrongAddress: from(good.url, 'its certificate is not for 192.0.2.1 but for 127.0.0.1, localhost'),
        expired: from(expired.url, 'its certificate has expired on 20..-..-..T..:..:..Z\n'),
        future: from(future.url, 'its certificate is not valid before 20..-..-..T..:..:..Z\n'),
        notTls: from(
          plain.url.replace('http:', 'https:'),
          '(it does not speak TLS|it hung up)\n.*http:// meant',
        ),
        noCertificate: expect.any(String),
      });
      expect(found['noCertificate']).not.toBe(ok);
      expect(new Set(requests)).toEqual(new Set(['good', 'elsewhere', 'expired']));
      expect(requests.filter((name) => name === 'elsewhere').length).toBe(3);
      expect(requests.filter((name) => name === 'expired').length).toBe(1);
    }, 20_000);

    test('servers that ask for a certificate get ours', async () => {
      const options = { requestCert: true, rejectUnauthorized: true, ca };
      await using server = await serveTls(
        certificates.server,
        (_, response) => json(response, 200, { ok: true }),
        options,
      );
      const base = { server: server.url, ca };
      const at = `Kubernetes API server at ${server.url}:`;
      expect(
        await prober.probe(runTime, {
          ours: { ...base, certificate: pair(certificates.client), times: 2 },
          none: { ...base, method: 'POST' },
          other: { ...base, certificate: pair(certificates.otherClient), method: 'POST' },
          keyOfAnother: {
            ...base,
            certificate: { ...pair(certificates.client), key: certificates.server.key },
          },
        }),
      ).toEqual({
        ours: ok,
        none: `${at} it requires a client certificate\n  The test must give a client certificate and its key.`,
        // Servers of Node hang up where others send an alert.
        other: `${at} the connection broke before the answer came; the change may or may not have been made\n  If it does so every time, it may not trust the client certificate of the test. [may be done]`,
        keyOfAnother: expect.stringContaining('the TLS certificates or the key cannot be used: '),
      });
    }, 20_000);

    test('proxies are passed, with a password where they ask for one', async () => {
      const handler = (_: unknown, response: Parameters<typeof json>[0]) => json(response, 200, { ok: true });
      await using secure = await serveTls(certificates.server, handler);
      await using plain = await serve(handler);
      await using open = await httpProxy();
      await using closed = await httpProxy({ login: 'me:se:cret/' });
      await using odd = await httpProxy({ login: 'me:100%' });
      await using overTls = await httpProxy({ tls: true });
      await using refusing = await httpProxy({ refuse: 403 });
      await using socks = await socksProxy();
      await using closedSocks = await socksProxy('me:secret');
      const login = `http://me:se%3Acret%2F@${closed.host}`;
      const s = { server: secure.url, ca };
      const p = { server: plain.url };
      const found = await prober.probe(runTime, {
        tunnel: { ...s, proxy: `http://${open.host}`, times: 3 },
        forward: { ...p, proxy: `http://${open.host}`, times: 3 },
        login: { ...s, proxy: login },
        forwardLogin: { ...p, proxy: login },
        noLogin: { ...s, proxy: `http://${closed.host}` },
        wrongLogin: { ...s, proxy: `http://me:hidden@${closed.host}`, method: 'POST' },
        forwardNoLogin: { ...p, proxy: `http://${closed.host}` },
        tls: { ...s, proxy: `https://${overTls.host}` },
        tlsForward: { ...p, ca, proxy: `https://${overTls.host}` },
        tlsUntrusted: { ...s, ca: otherCa, proxy: `https://${overTls.host}` },
        refusing: { ...s, proxy: `http://${refusing.host}` },
        dead: { ...s, proxy: 'http://127.0.0.1:1' },
        oddLogin: { ...s, proxy: `http://me:100%@${odd.host}` },
        oddForward: { ...p, proxy: `http://me:100%@${odd.host}` },
        socks: { ...s, proxy: `socks5://${socks.host}`, times: 2 },
        socksPlain: { ...p, proxy: `socks5://${socks.host}` },
        socksLogin: { ...s, proxy: `socks5://me:secret@${closedSocks.host}` },
        socksNoLogin: { ...s, proxy: `socks5://${closedSocks.host}` },
        socksWrongLogin: { ...s, proxy: `socks5://me:hidden@${closedSocks.host}` },
        socksRefused: { server: 'https://127.0.0.1:1', ca, proxy: `socks5://${socks.host}` },
        verified: { ...s, serverName: 'api.example', proxy: `http://${open.host}` },
      });
      const give = 'Give them in the URL of the proxy: http://user:password@host:port.';
      const at = `Kubernetes API server at ${secure.url}:`;
      expect(found).toEqual({
        ...{ tunnel: ok, forward: ok, login: ok, forwardLogin: ok, tls: ok, tlsForward: ok },
        ...{ socks: ok, socksPlain: ok, socksLogin: ok, oddLogin: ok, oddForward: ok },
        noLogin: `${at} the proxy http://${closed.host} asks for a user and a password\n  ${give}`,
        wrongLogin: `${at} the proxy http://${closed.host} refuses the user and password given\n  ${give}`,
        forwardNoLogin: '407 log in',
        tlsUntrusted: expect.stringContaining(
          `${at} the proxy https://${overTls.host}: its certificate is signed by`,
        ),
        refusing: `${at} the proxy http://${refusing.host} does not connect to it: 403 No way`,
        dead: `${at} the proxy http://127.0.0.1:1: connection refused\n  Check that the server runs there and that the port is right; the address is from proxy-url in the kubeconfig, or else HTTPS_PROXY.`,
        socksNoLogin: expect.stringContaining(
          `the proxy socks5://${closedSocks.host} asks for a user and a password`,
        ),
        socksWrongLogin: `${at} the proxy socks5://${closedSocks.host} refuses the user and password given`,
        socksRefused: `Kubernetes API server at https://127.0.0.1:1: the proxy socks5://${socks.host} does not connect to it: connection refused`,
        verified: expect.stringContaining(
          `${at} its certificate is not for api.example but for 127.0.0.1, localhost`,
        ),
      });
      expect(JSON.stringify(found)).not.toContain('hidden');
      expect(open.seen.filter((line) => line.startsWith('CONNECT'))).toContain(
        `CONNECT 127.0.0.1:${secure.port}`,
      );
      expect(open.seen.filter((line) => line.startsWith('GET'))).toEqual(Array(3).fill(`GET ${plain.url}/x`));
    }, 20_000);

    test('connections that break, hang or say nothing are told as what they are', async () => {
      await using early = await serveBytes((socket) => socket.destroy());
      await using handshake = await serveBytes((socket) => socket.once('data', () => socket.destroy()));
      await using silent = await serveBytes(() => {});
      await using cut = await serve((_request, response) => {
        response.writeHead(200, { 'Content-Length': '1000' });
        response.write('x'.repeat(10), () => setTimeout(() => response.destroy(), 20));
      });
      const tls = (url: string) => url.replace('http:', 'https:');
      const requestTimeoutMs = 300;
      const found = await prober.probe(runTime, {
        early: { server: early.url, method: 'POST', requestTimeoutMs },
        earlyTls: { server: tls(early.url), ca, method: 'POST', requestTimeoutMs },
        handshake: { server: tls(handshake.url), ca, method: 'POST', requestTimeoutMs },
        silentTls: { server: tls(silent.url), ca, method: 'POST', requestTimeoutMs },
        silentProxy: {
          server: 'https://127.0.0.1:1',
          ca,
          proxy: silent.url,
          method: 'POST',
          requestTimeoutMs,
        },
        silent: { server: silent.url, method: 'POST', requestTimeoutMs },
        cut: { server: cut.url, method: 'POST', requestTimeoutMs },
      });
      const maybe = '; the change may or may not have been made';
      const lines = Object.fromEntries(
        Object.entries(found).map(([name, text]) => {
          const [first = ''] = text.split('\n');
          return [
            name,
            first.replace(/^Kubernetes API server at \S+: /, '') + (/\[may be done\]/.test(text) ? ' !' : ''),
          ];
        }),
      );
      expect(lines).toEqual({
        early: expect.stringMatching(/^(the connection broke before the answer came|it hung up)/),
        earlyTls: 'it hung up',
        handshake: 'it hung up',
        silentTls: 'no connection within 0.3 s',
        silentProxy: `no connection within 0.3 s through the proxy ${silent.url}`,
        silent: `no answer within 0.3 s${maybe} !`,
        cut: expect.stringContaining(
          `the connection broke in the middle of the answer, after 10 of 1000 bytes${maybe}`,
        ),
      });
    }, 20_000);
  });
}
