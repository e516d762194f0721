import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Cluster } from '../testbed/testbed.ts';

/** What the proxy does to a request. All but `pass` leave the client without the true answer. */
export type Fault =
  | { readonly does: 'pass' }
  /** Answers itself; the API server hears nothing of it. */
  | { readonly does: 'refuse'; readonly status: number; readonly retryAfter?: string }
  /** The API server hears and does it; the client is told this status instead. */
  | { readonly does: 'lie'; readonly status: number }
  /** Hangs up before the API server hears of it, after it answered, or in the middle of its answer. */
  | { readonly does: 'cut'; readonly when: 'before' | 'after' | 'within' };

export const PASS: Fault = { does: 'pass' };

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  /** Counts from 0. */
  readonly index: number;
}

export interface Line {
  readonly url: string;
  /** Everything asked so far, and what was done to it. */
  readonly log: readonly (Seen & { readonly fault: Fault })[];
  close(): void;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Ends TLS in front of an API server, with that server's own certificate, and does to requests what `decide` says; lets all through as admin. */
export async function startProxy(target: Cluster, decide: (seen: Seen) => Fault): Promise<Line> {
  const pki = dirname(target.ca);
  const [cert, key, ca] = ['server.crt', 'server.key', 'ca.crt'].map((file) => readFileSync(join(pki, file)));
  const agent = new Agent({ keepAlive: true, ca: ca! });
  const log: (Seen & { readonly fault: Fault })[] = [];
  const server = createServer({ cert: cert!, key: key! }, async (incoming, outgoing) => {
    const seen = seenOf(incoming, log.length);
    const fault = decide(seen);
    log.push({ ...seen, fault });
    try {
      await serve(incoming, outgoing, fault, (body) => forward(target, agent, incoming, body));
    } catch {
      outgoing.socket?.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    close() {
      agent.destroy();
      server.close();
      server.closeAllConnections();
    },
  };
}

function seenOf({ method, url, headers }: IncomingMessage, index: number): Seen {
  return { method: method!, path: url!, authorization: headers.authorization ?? '', index };
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault,
  ask: (body: Buffer) => Promise<Answer>,
): Promise<void> {
  const body = await bodyOf(incoming);
  if (fault.does === 'cut' && fault.when === 'before') return void outgoing.socket?.destroy();
  if (fault.does === 'refuse') return refuse(outgoing, fault.status, fault.retryAfter);
  const { status, headers, body: text } = await ask(body);
  if (fault.does === 'lie') return refuse(outgoing, fault.status);
  if (fault.does === 'cut' && fault.when === 'after') return void outgoing.socket?.destroy();
  const { 'transfer-encoding': _, connection: _c, ...kept } = headers;
  outgoing.writeHead(status, { ...kept, 'content-length': String(text.length) });
  if (fault.does === 'pass') return void outgoing.end(text);
  outgoing.write(text.subarray(0, Math.floor(text.length / 2)), () => outgoing.socket?.destroy());
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  429: 'TooManyRequests',
  500: 'InternalError',
};

/** As an API server says it. */
function refuse(outgoing: ServerResponse, code: number, retryAfter?: string): void {
  const reason = REASONS[code] ?? 'Unknown';
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason,
    message: `made up: ${reason}`,
  };
  outgoing.writeHead(code, {
    'content-type': 'application/json',
    ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
  });
  outgoing.end(JSON.stringify({ ...status, code }));
}

async function forward(
  target: Cluster,
  agent: Agent,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<Answer> {
  // Whom to believe is for `decide` to say.
  const authorization = `Bearer ${target.token}`;
  const { host: _, 'transfer-encoding': _t, connection: _c, ...kept } = headers;
  const length = body.length > 0 ? { 'content-length': String(body.length) } : {};
  const call = httpsRequest(`${target.url}${url}`, {
    method,
    agent,
    headers: { ...kept, ...length, authorization },
  });
  call.end(body);
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  return { status: answer.statusCode!, headers: answer.headers, body: await bodyOf(answer) };
}

/** Text of a kubeconfig that leads to `url`. */
export function kubeconfigOf({ ca }: Cluster, url: string, user: object): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: url, 'certificate-authority': ca } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}
