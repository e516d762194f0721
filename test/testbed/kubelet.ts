/** A kubelet as far as logs and exec go: a real API server takes it for one and hands requests on to it. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { issue } from '../../scripts/testbed/certificates.mjs';

export interface AskedContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface AskedLog extends AskedContainer {
  readonly previous: boolean;
  readonly sinceSeconds?: number;
  readonly tailLines?: number;
  readonly limitBytes?: number;
}

/** What a log is: text, pieces as they come, or a refusal in the kubelet's words. */
export type Log =
  | string
  | Iterable<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>
  | { readonly status: number; readonly text: string };

export interface AskedExec extends AskedContainer {
  readonly command: readonly string[];
}

/** How a program ends; `failure` where the container's run-time could not start it. */
export interface Ran {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
  readonly failure?: string;
  /** The answer to the request, where there is no WebSocket at all. */
  readonly refusal?: { readonly status: number; readonly text: string };
}

/** For a hostile or broken kubelet: does what it likes with the connection, once the WebSocket is open. */
export type Wire = (connection: Duplex) => void;

export interface KubeletOptions {
  /** Throwing breaks the connection off. */
  readonly logs?: (asked: AskedLog) => Log | Promise<Log>;
  readonly exec?: (asked: AskedExec) => Ran | Wire | Promise<Ran | Wire>;
}

export interface Kubelet {
  readonly port: number;
  /** What was asked of it, in order: `logs ns/pod/container`, `exec ns/pod/container: program and arguments`. */
  readonly asked: readonly string[];
  /** `status` of a Node that has this kubelet; with `addresses`, which API servers go by. */
  readonly nodeStatus: {
    readonly addresses: readonly { readonly type: string; readonly address: string }[];
    readonly daemonEndpoints: { readonly kubeletEndpoint: { readonly Port: number } };
  };
  /** Ends it at once, with all of its connections. */
  stop(): Promise<void>;
}

/** Starts one; it ends with this process at the latest. Any API server of the test bed trusts it. */
export async function startKubelet(options: KubeletOptions = {}): Promise<Kubelet> {
  const ca = issue({ commonName: 'test kubelet CA' });
  const { certificate, key } = issue({
    commonName: 'test-kubelet',
    issuer: ca,
    names: ['127.0.0.1', 'localhost'],
  });
  const asked: string[] = [];
  const connections = new Set<Duplex>();
  const server = createServer({ cert: certificate, key, ALPNProtocols: ['http/1.1'] });
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket)).on('error', () => {});
  });
  server.on('secureConnection', (socket) => socket.on('error', () => {}));
  server.on('request', (request, response) => {
    answerLog(options, asked, request, response).catch(() => response.destroy());
  });
  server.on('upgrade', (request, socket) => {
    socket.on('error', () => {});
    answerExec(options, asked, request, socket).catch(() => socket.destroy());
  });
  const port = await listen(server);
  return {
    port,
    asked,
    nodeStatus: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const connection of connections) connection.destroy();
      }),
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => {
      server.unref();
      done((server.address() as AddressInfo).port);
    });
  });
}

function containerOf(path: string, room: string): AskedContainer | undefined {
  const [first, namespace, pod, container] = path.split('/').slice(1).map(decodeURIComponent);
  if (first !== room || namespace === undefined || pod === undefined || container === undefined)
    return undefined;
  return { namespace, pod, container };
}

async function answerLog(
  { logs }: KubeletOptions,
  asked: string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url!, 'https://kubelet');
  const container = containerOf(pathname, 'containerLogs');
  const refuse = (status: number, text: string) =>
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
  if (container === undefined || logs === undefined) {
    refuse(404, '404 page not found');
    return;
  }
  const number = (name: string) => {
    const value = searchParams.get(name);
    return value === null ? {} : { [name]: Number(value) };
  };
  const previous = searchParams.get('previous') === 'true';
  asked.push(`logs ${named(container)}${previous ? ' previous' : ''}`);
  const numbers = { ...number('sinceSeconds'), ...number('tailLines'), ...number('limitBytes') };
  const log = await logs({ ...container, previous, ...numbers });
  if (typeof log === 'object' && 'status' in log) {
    refuse(log.status, log.text);
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  response.flushHeaders();
  let left =
    searchParams.get('limitBytes') === null
      ? Number.POSITIVE_INFINITY
      : Number(searchParams.get('limitBytes'));
  for await (const piece of typeof log === 'string' ? [log] : log) {
    const bytes = Buffer.from(piece as string).subarray(0, left);
    left -= bytes.length;
    if (!response.write(bytes)) await drained(response);
    if (left <= 0 || response.destroyed) break;
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((done) => {
    const go = () => {
      response.off('drain', go).off('close', go);
      done();
    };
    response.on('drain', go).on('close', go);
  });
}

function named({ namespace, pod, container }: AskedContainer): string {
  return `${namespace}/${pod}/${container}`;
}

const PROTOCOL = 'v4.channel.k8s.io';

async function answerExec(
  { exec }: KubeletOptions,
  asked: string[],
  request: IncomingMessage,
  socket: Duplex,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url!, 'https://kubelet');
  const container = containerOf(pathname, 'exec');
  if (container === undefined || exec === undefined) return plain(socket, 404, '404 page not found');
  const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(/,\s*/);
  if (!offered.includes(PROTOCOL))
    return plain(socket, 400, `no protocol of ${offered.join(', ')} is spoken here`);
  const command = searchParams.getAll('command');
  asked.push(`exec ${named(container)}: ${command.join(' ')}`);
  const ran = await exec({ ...container, command });
  if (typeof ran === 'object' && ran.refusal) return plain(socket, ran.refusal.status, ran.refusal.text);
  accept(socket, String(request.headers['sec-websocket-key']));
  if (typeof ran === 'function') return ran(socket);
  // A kubelet opens each stream with an empty message.
  for (const channel of [0, 1, 2, 3]) socket.write(binaryFrame(Buffer.from([channel])));
  for (const [channel, text] of [
    [1, ran.stdout ?? ''],
    [2, ran.stderr ?? ''],
  ] as const) {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 32 << 10)
      socket.write(binaryFrame(Buffer.from([channel]), bytes.subarray(at, at + (32 << 10))));
  }
  socket.write(binaryFrame(Buffer.from([3]), Buffer.from(JSON.stringify(statusOf(ran)))));
  socket.write(Buffer.from([0x88, 2, 0x03, 0xe8]));
  socket.end();
}

function plain(socket: Duplex, status: number, text: string): void {
  const head = [
    `HTTP/1.1 ${status} Refused`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\nConnection: close\r\n\r\n${text}`);
}

function accept(socket: Duplex, key: string): void {
  const accepted = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  head.push(`Sec-WebSocket-Accept: ${accepted}`, `Sec-WebSocket-Protocol: ${PROTOCOL}`);
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
}

/** A whole message of a server. */
export function binaryFrame(...parts: readonly Uint8Array[]): Buffer {
  const payload = Buffer.concat(parts);
  const { length } = payload;
  const head =
    length < 126 ? Buffer.from([0x82, length]) : Buffer.from([0x82, 126, length >> 8, length & 0xff]);
  return Buffer.concat([head, payload]);
}

/** What the last message says. */
export function statusOf({ exitCode = 0, failure }: Ran): object {
  const base = { metadata: {}, status: 'Failure' };
  if (failure !== undefined)
    return {
      ...base,
      message: failure,
      reason: 'InternalError',
      code: 500,
      details: { causes: [{ message: failure }] },
    };
  if (exitCode === 0) return { metadata: {}, status: 'Success' };
  const message = `command terminated with non-zero exit code: exit status ${exitCode}`;
  const details = { causes: [{ reason: 'ExitCode', message: String(exitCode) }] };
  return { ...base, message, reason: 'NonZeroExitCode', details };
}
