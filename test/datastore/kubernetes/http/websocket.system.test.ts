import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { formatError } from '../../../../src/core/errors.ts';
import type { Access } from '../../../../src/datastore/kubernetes/access/access.ts';
import { clusterOf } from '../../../../src/datastore/kubernetes/cluster.ts';
import { binaryFrame, statusOf } from '../../../testbed/kubelet.ts';
import { errorOf } from '../api/fixture.ts';
import { httpProxy, socksProxy } from './proxies.ts';
import { accessTo, serveBytes, type TestServer } from './servers.ts';

/** Exec over servers that answer as no API server should, and through proxies. */

const PROTOCOL = 'v4.channel.k8s.io';
const REQUEST = { namespace: 'n', pod: 'p', container: 'c', command: ['prog'] } as const;

async function run(access: Access) {
  const cluster = clusterOf(access, {
    signal: new AbortController().signal,
    requestTimeoutMs: 1000,
    burst: 1,
  });
  try {
    return await cluster.exec(REQUEST);
  } finally {
    await cluster.close();
  }
}

async function told(access: Access): Promise<[string, string]> {
  const error = await errorOf(run(access));
  return [error.errorClass, formatError(error)];
}

interface Asked {
  readonly line: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A server that answers each request with what `answer` makes of it. */
function server(answer: (asked: Asked) => string | Buffer, asked: Asked[] = []): Promise<TestServer> {
  return serveBytes((socket: Socket) => {
    let held = '';
    socket.on('data', (chunk) => {
      held += chunk.toString('latin1');
      const end = held.indexOf('\r\n\r\n');
      if (end < 0) return;
      const [line = '', ...lines] = held.slice(0, end).split('\r\n');
      held = '';
      const headers = Object.fromEntries(
        lines.map((one) => [one.split(': ')[0]!.toLowerCase(), one.split(': ')[1]!]),
      );
      asked.push({ line, headers });
      socket.write(answer({ line, headers }));
    });
  });
}

function accepted(
  { headers }: Asked,
  { protocol = PROTOCOL, key = headers['sec-websocket-key']! } = {},
): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`;
}

/** The head and the first messages in one piece, as a fast server sends them. */
function welcome(asked: Asked): Buffer {
  const status = Buffer.from(JSON.stringify(statusOf({})));
  return Buffer.concat([
    Buffer.from(accepted(asked), 'latin1'),
    binaryFrame(Buffer.from([1]), Buffer.from('hello')),
    binaryFrame(Buffer.from([3]), status),
  ]);
}

const HELLO = { stdout: 'hello', stderr: '', exitCode: 0 };

describe('a WebSocket', () => {
  test('is asked for as RFC 6455 wants it', async () => {
    const asked: Asked[] = [];
    await using there = await server(welcome, asked);
    expect(await run(accessTo(`${there.url}/below`))).toEqual(HELLO);
    const [{ line, headers }] = asked as [Asked];
    expect(line).toBe(
      'GET /below/api/v1/namespaces/n/pods/p/exec?container=c&command=prog&stdout=true&stderr=true HTTP/1.1',
    );
    expect(headers).toMatchObject({
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-protocol': PROTOCOL,
      authorization: 'Bearer secret-token',
    });
    expect(Buffer.from(headers['sec-websocket-key']!, 'base64').length).toBe(16);
  });

  test('goes through an HTTP proxy by CONNECT, whose password the server does not see', async () => {
    const asked: Asked[] = [];
    await using there = await server(welcome, asked);
    await using proxy = await httpProxy({ login: 'me:proxy-password' });
    const access = accessTo(there.url, { proxy: new URL(`http://me:proxy-password@${proxy.host}`) });
    expect(await run(access)).toEqual(HELLO);
    expect(proxy.seen).toEqual([`CONNECT 127.0.0.1:${there.port}`]);
    expect(JSON.stringify(asked)).not.toContain('proxy-authorization');
  });

  test('goes through a SOCKS proxy, and is told where a proxy lets nothing through', async () => {
    await using there = await server(welcome);
    await using socks = await socksProxy();
    expect(await run(accessTo(there.url, { proxy: new URL(`socks5://${socks.host}`) }))).toEqual(HELLO);
    await using closed = await httpProxy({ refuse: 403 });
    const [errorClass, text] = await told(accessTo(there.url, { proxy: new URL(`http://${closed.host}`) }));
    expect(errorClass).toBe('unavailable');
    expect(text).toContain(`the proxy http://${closed.host} does not connect to it: 403`);
  });

  test('is asked for again with new credentials', async () => {
    const asked: Asked[] = [];
    const refused = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n';
    await using there = await server(
      (one) => (one.headers['authorization'] === 'Bearer new' ? welcome(one) : refused),
      asked,
    );
    let token = 'old';
    const access = accessTo(there.url, {
      credentials: async () => ({ authorization: `Bearer ${token}` }),
      refresh() {
        token = 'new';
        return true;
      },
    });
    expect(await run(access)).toEqual(HELLO);
    expect(asked.length).toBe(2);
  });
});

describe('what is no WebSocket', () => {
  const STATUS = JSON.stringify({
    kind: 'Status',
    status: 'Failure',
    message: 'pods "p" not found',
    reason: 'NotFound',
    details: { name: 'p', kind: 'pods' },
    code: 404,
  });

  test.each([
    ['with its length', `Content-Length: ${STATUS.length}\r\n\r\n${STATUS}`],
    [
      'in chunks',
      `Transfer-Encoding: chunked\r\n\r\n10\r\n${STATUS.slice(0, 16)}\r\n${(STATUS.length - 16).toString(16)}\r\n${STATUS.slice(16)}\r\n0\r\n\r\n`,
    ],
  ])('a refusal %s is told in words', async (_name, rest) => {
    await using there = await server(
      () => `HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n${rest}`,
    );
    expect(await told(accessTo(there.url))).toEqual([
      'not-found',
      'container c of Pod(n/p): the pod does not exist',
    ]);
  });

  test.each([
    [
      'the answer to another handshake',
      (one: Asked) => accepted(one, { key: 'x' }),
      'a WebSocket that should speak',
    ],
    [
      'another protocol',
      (one: Asked) => accepted(one, { protocol: 'v5.channel.k8s.io' }),
      '"v5.channel.k8s.io"',
    ],
    ['no HTTP', () => 'SSH-2.0-OpenSSH\r\n\r\n', 'does not speak HTTP'],
    [
      'a page',
      () => 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<h1>Log in</h1',
      'Log in',
    ],
    ['a head without end', () => `HTTP/1.1 101 X\r\nA: ${'a'.repeat(70_000)}`, 'WebSocket'],
    ['half a head', () => 'HTTP/1.1 101', 'no answer within 1 s'],
  ])('%s', async (_name, answer, words) => {
    await using there = await server(answer);
    expect((await told(accessTo(there.url)))[1]).toContain(words);
  });

  test('a server that hangs up did perhaps run it: nothing is asked twice', async () => {
    let asked = 0;
    await using there = await serveBytes((socket) => {
      socket.on('data', () => {
        asked++;
        socket.destroy();
      });
    });
    expect((await told(accessTo(there.url)))[0]).toBe('unavailable');
    expect(asked).toBe(1);
  });
});
