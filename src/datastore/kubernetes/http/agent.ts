import { setMaxListeners } from 'node:events';
import { Agent, type ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Access } from '../access/access.ts';
import { type Dialler, dialler, lowerOf, type Route } from './dial.ts';
import { HttpFailure } from './failure.ts';
import { proxyName } from './sockets.ts';

/** Connections that are kept for the next request. */
const KEPT = 64;
export interface Connections {
  readonly agent: Agent;
  /** Ends connections as they fall idle. */
  retire(): void;
  /** Breaks everything off. */
  close(): void;
}

/** Idle connections do not keep the process alive, nor does what is below them. */
class PoolAgent extends Agent {
  override keepSocketAlive(socket: Duplex): boolean {
    const kept = super.keepSocketAlive(socket) as unknown as boolean;
    lowerOf(socket)?.unref();
    return kept;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    lowerOf(socket)?.ref();
    super.reuseSocket(socket, request);
  }
}

/**
 * A pool of connections along one route. The agent sees only sockets whose server is verified, so nothing is sent
 * before that and a failure to connect means that nothing was sent.
 */
export function openConnections(route: Route, requestTimeoutMs: number): Connections {
  const closed = new AbortController();
  setMaxListeners(0, closed.signal);
  const agent = new PoolAgent({ keepAlive: true, maxFreeSockets: KEPT });
  const way = dialler(route);
  agent.createConnection = (_options, callback) => {
    connect(way, route.access, requestTimeoutMs, closed.signal).then(
      (socket) => callback?.(null, socket),
      (error) => callback?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  };
  return {
    agent,
    retire() {
      agent.maxFreeSockets = 0;
      for (const idle of Object.values(agent.freeSockets)) for (const socket of idle ?? []) socket.destroy();
    },
    close() {
      closed.abort(new HttpFailure('cancelled', 'cancelled'));
      agent.destroy();
    },
  };
}

/** Connects, within the time given (0 for no limit). Rejects as `dial` does; `closed` must have an HttpFailure as reason. */
export async function connect(
  way: Dialler,
  { origin, proxy }: Access,
  timeoutMs: number,
  closed: AbortSignal,
): Promise<Socket> {
  const stop = new AbortController();
  const closing = () => stop.abort(closed.reason);
  const late = () => {
    const through = proxy === undefined ? '' : ` through the proxy ${proxyName(proxy)}`;
    const message = `no connection within ${Math.round(timeoutMs / 100) / 10} s${through}`;
    const hint = `Check the network and firewalls; the address is from ${origin}.`;
    stop.abort(new HttpFailure('timeout', message, { hint }));
  };
  const timer = timeoutMs > 0 ? setTimeout(late, timeoutMs) : undefined;
  closed.addEventListener('abort', closing);
  try {
    const socket = await way.dial(stop.signal);
    // What a proxy said was read off it, after which it stands still.
    socket.resume();
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 15_000);
    return socket;
  } finally {
    clearTimeout(timer);
    closed.removeEventListener('abort', closing);
  }
}
