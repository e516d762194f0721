import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import type { TlsOptions } from 'node:tls';
import { issue } from '../../../../scripts/testbed/certificates.mjs';
import type { Access } from '../../../../src/datastore/kubernetes/access/access.ts';
import { HttpClient, type HttpOptions } from '../../../../src/datastore/kubernetes/http/client.ts';
import type { HttpRequest } from '../../../../src/datastore/kubernetes/http/request.ts';

/** Small servers of one test each, and certificates for them. */

const HERE = ['127.0.0.1', 'localhost'];
const YESTERDAY = Date.now() - 86_400_000;
const ca = issue({ commonName: 'test CA' });
const otherCa = issue({ commonName: 'other CA' });

export const certificates = {
  ca: ca.certificate,
  otherCa: otherCa.certificate,
  server: issue({ commonName: 'server', issuer: ca, names: HERE }),
  elsewhere: issue({ commonName: 'server', issuer: ca, names: ['192.0.2.1', 'api.example'] }),
  expired: issue({ commonName: 'server', issuer: ca, names: HERE, from: 0, until: YESTERDAY }),
  future: issue({ commonName: 'server', issuer: ca, names: HERE, from: Date.now() + 86_400_000 }),
  client: issue({ commonName: 'client', issuer: ca }),
  otherClient: issue({ commonName: 'client', issuer: otherCa }),
};

type Pair = { readonly certificate: string; readonly key: string };

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** How many connections were accepted. */
  readonly connections: () => number;
  /** Breaks all connections off. */
  readonly cut: () => void;
}

async function listen(server: Server | TcpServer, scheme: string, port = 0): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  (server as TcpServer).on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const { port: actual } = server.address() as AddressInfo;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `${scheme}://127.0.0.1:${actual}`,
    port: actual,
    connections: () => connections,
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((done) => server.close(done));
    },
  };
}

/** A server of plain HTTP. */
export function serve(handler: RequestListener, port?: number): Promise<TestServer> {
  return listen(createServer(handler), 'http', port);
}

/** A server of HTTPS. */
export function serveTls(pair: Pair, handler: RequestListener, more: TlsOptions = {}): Promise<TestServer> {
  const server = createTlsServer({ cert: pair.certificate, key: pair.key, ...more }, handler);
  server.on('tlsClientError', () => {});
  return listen(server as unknown as Server, 'https');
}

/** A server of bytes: whoever connects is handed to `talk`. */
export function serveBytes(talk: (socket: Socket) => void): Promise<TestServer> {
  return listen(createTcpServer(talk), 'http');
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** The whole body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk;
  return text;
}

/** Access to a server with a token. */
export function accessTo(url: string, more: Partial<Access> = {}): Access {
  return {
    server: new URL(url),
    insecure: false,
    origin: 'context "test" of kubeconfig',
    credentials: async () => ({ authorization: 'Bearer secret-token' }),
    refresh: () => false,
    ...more,
  };
}

export interface TestClient extends Disposable {
  readonly http: HttpClient;
  readonly stop: AbortController;
}

/** A client with a short request timeout, closed at the end of its block. */
export function clientOf(access: Access, options: Partial<HttpOptions> = {}): TestClient {
  const stop = new AbortController();
  const http = new HttpClient(access, {
    signal: stop.signal,
    requestTimeoutMs: 2000,
    burst: 100,
    ...options,
  });
  return { http, stop, [Symbol.dispose]: () => http.close() };
}

export const GET: HttpRequest = { method: 'GET', path: '/x' };
export const POST: HttpRequest = { method: 'POST', path: '/x', body: '{}' };
