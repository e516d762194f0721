/** WebSockets (RFC 6455) over the same connections as all other requests. */
import { createHash, randomBytes } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from './agent.ts';
import { dialler, peerOf, type Route } from './dial.ts';
import { HttpFailure } from './failure.ts';
import { faultOf } from './faults.ts';
import { CLOSE, frame, MessageReader, PONG } from './frames.ts';
import { readAnswer, readHead } from './handshake.ts';
import type { Answer } from './request.ts';

/** A WebSocket, or the server's refusal. */
export type Upgraded = { readonly answer: Answer } | { readonly socket: WebSocket };

export interface WebSocket {
  /**
   * Every message of data in turn, until the other side closes. Rejects with HttpFailure where the connection breaks,
   * also by the signal, or speaks no WebSocket. `take` returns false to end it.
   */
  read(take: (message: Buffer) => boolean): Promise<void>;
  close(): void;
}

export interface Upgrade {
  /** With the server's own path. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly protocol: string;
  /** For connecting, and again for the answer; 0 for no limit. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** RFC 6455, 1.3. */
const HANDSHAKE = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** Longest message that is taken: servers send what programs print in pieces of some KiB. */
const LONGEST_MESSAGE = 16 << 20;
const NORMAL_CLOSURE = Buffer.from([0x03, 0xe8]);

const CANCELLED = () => new HttpFailure('cancelled', 'cancelled');

/** Rejects with HttpFailure where there is no answer. */
export async function openWebSocket(route: Route, upgrade: Upgrade): Promise<Upgraded> {
  const { signal, timeoutMs } = upgrade;
  const stop = new AbortController();
  const aborted = () => stop.abort(CANCELLED());
  if (signal.aborted) throw CANCELLED();
  signal.addEventListener('abort', aborted, { once: true });
  try {
    // A proxy that passes requests on takes their Upgrade off them.
    const way = dialler({ ...route, tunnelled: true });
    const socket = await connect(way, route.access, timeoutMs, stop.signal);
    const ended = () => signal.removeEventListener('abort', aborted);
    stop.signal.addEventListener('abort', () => socket.destroy(CANCELLED()));
    socket.on('close', ended).on('error', () => {});
    return await handshake(socket, route, upgrade);
  } catch (error) {
    signal.removeEventListener('abort', aborted);
    throw error;
  }
}

async function handshake(socket: Socket, route: Route, upgrade: Upgrade): Promise<Upgraded> {
  const { timeoutMs } = upgrade;
  const late = () =>
    socket.destroy(
      new HttpFailure('timeout', `no answer within ${Math.round(timeoutMs / 100) / 10} s`, {
        sent: true,
        hint: 'A longer --request-timeout may help.',
      }),
    );
  const timer = timeoutMs > 0 ? setTimeout(late, timeoutMs) : undefined;
  try {
    const key = randomBytes(16).toString('base64');
    socket.write(requestHead(upgrade, key), 'latin1');
    const head = await readHead(socket);
    if (head.status !== 101) {
      const answer = await readAnswer(socket, head);
      socket.destroy();
      return { answer };
    }
    const expected = createHash('sha1')
      .update(key + HANDSHAKE)
      .digest('base64');
    const chosen = head.headers['sec-websocket-protocol'];
    if (head.headers['sec-websocket-accept'] !== expected || chosen !== upgrade.protocol) {
      const message = `it answers a WebSocket that should speak ${upgrade.protocol} ${chosen === undefined ? 'without a protocol' : `with ${JSON.stringify(chosen)}`}`;
      throw new HttpFailure('not-http', message, { sent: true });
    }
    return { socket: { read: (take) => readMessages(socket, route, take), close: () => socket.destroy() } };
  } catch (error) {
    socket.destroy();
    throw error instanceof HttpFailure ? error : faultOf(peerOf(route), error as Error, true);
  } finally {
    clearTimeout(timer);
  }
}

function requestHead({ path, headers, protocol }: Upgrade, key: string): string {
  // The proxy was shown its password when it was asked for the tunnel; the server must not see it.
  const { 'Proxy-Authorization': _, ...own } = headers;
  const all = Object.entries({
    ...own,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Protocol': protocol,
  });
  const lines = all.flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}: ${String(one).replace(/[\r\n\0]/g, ' ')}`),
  );
  return [`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}

function readMessages(socket: Socket, route: Route, take: (message: Buffer) => boolean): Promise<void> {
  const reader = new MessageReader(LONGEST_MESSAGE);
  return new Promise((done, fail) => {
    const end = (error?: Error) => {
      socket.off('data', arrived).off('error', end).off('close', closed);
      socket.end(frame(CLOSE, NORMAL_CLOSURE));
      socket.destroySoon();
      if (error === undefined) done();
      else fail(error instanceof HttpFailure ? error : faultOf(peerOf(route), error, true));
    };
    const closed = () =>
      end(new HttpFailure('broken', 'the connection broke in the middle of a program', { sent: true }));
    const arrived = (chunk: Buffer) => {
      try {
        for (const { kind, bytes } of reader.read(chunk)) {
          if (kind === 'close') return end();
          if (kind === 'ping') socket.write(frame(PONG, bytes));
          if (kind === 'data' && !take(bytes)) return end();
        }
      } catch (error) {
        end(error as Error);
      }
    };
    if (socket.destroyed) return closed();
    socket.on('data', arrived).on('error', end).on('close', closed);
    socket.resume();
  });
}
