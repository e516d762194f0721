/** One TCP or TLS connection with an HTTP/2 session on it, ready once etcd has sent its settings. */
import { type ClientHttp2Session, connect as connectHttp2, type Settings } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { type DialState, dialFailure } from './dial-errors.ts';
import { EtcdFailure } from './errors.ts';
import { serverName } from './tls.ts';

/**
 * Flow control of what etcd sends. A stream's window must not be smaller than the session's: Bun tops a stream up only
 * after half of the session's window, so a smaller one runs dry and the response stalls.
 */
const WINDOW = 16 << 20;
/** MB that may wait to be sent; Bun and Node refuse further streams beyond (10 by default). */
const SESSION_MEMORY = 1024;

export interface Endpoint {
  /** As shown to users. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Settings of `node:tls` where the endpoint is spoken to over TLS. */
  readonly tls?: ConnectionOptions;
}

export interface Session {
  readonly endpoint: Endpoint;
  readonly http2: ClientHttp2Session;
  /** How many calls etcd lets be under way at once. */
  readonly maxStreams: number;
}

function openSocket(endpoint: Endpoint): Socket {
  const { host, port, tls } = endpoint;
  return tls ? connectTls({ ...tls, host, port, ...serverName(host) }) : connectTcp({ host, port });
}

function dialState(endpoint: Endpoint, connected: boolean): DialState {
  const { url, host, tls } = endpoint;
  return { endpoint: url, host, secure: !!tls, clientCertificate: tls?.cert !== undefined, connected };
}

function openSession(endpoint: Endpoint, socket: Socket): ClientHttp2Session {
  const { url, host, port, tls } = endpoint;
  if (tls && (socket as TLSSocket).alpnProtocol !== 'h2') {
    throw new EtcdFailure('not-etcd', url, `etcd at ${url}: it does not offer HTTP/2, which etcd speaks`);
  }
  const authority = `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const session = connectHttp2(authority, {
    createConnection: () => socket,
    settings: { initialWindowSize: WINDOW, enablePush: false },
    maxSessionMemory: SESSION_MEMORY,
  });
  session.setLocalWindowSize?.(WINDOW);
  return session;
}

function hangUp(): Error {
  return Object.assign(new Error('the other side hung up'), { code: 'ECONNRESET' });
}

/**
 * Connects. Rejects with EtcdFailure, at the latest when `signal` aborts; nothing has been asked of etcd by then. The
 * session does not keep the process alive.
 */
export function dial(endpoint: Endpoint, signal: AbortSignal): Promise<Session> {
  return new Promise((done, fail) => {
    let http2: ClientHttp2Session | undefined;
    let connected = false;
    const socket = openSocket(endpoint);
    socket.setNoDelay(true);
    const giveUp = (error: EtcdFailure) => {
      signal.removeEventListener('abort', aborted);
      http2?.destroy();
      socket.destroy();
      fail(error);
    };
    const failed = (error: Error) =>
      giveUp(error instanceof EtcdFailure ? error : dialFailure(dialState(endpoint, connected), error));
    const hungUp = () => failed(hangUp());
    const aborted = () =>
      failed(new EtcdFailure('timeout', endpoint.url, `etcd at ${endpoint.url}: ${signal.reason}`));
    if (signal.aborted) return aborted();
    signal.addEventListener('abort', aborted, { once: true });
    socket.on('error', failed);
    socket.on('close', hungUp);
    socket.once(endpoint.tls ? 'secureConnect' : 'connect', () => {
      connected = true;
      try {
        http2 = openSession(endpoint, socket);
      } catch (error) {
        return failed(error as Error);
      }
      http2.on('error', failed);
      http2.on('close', hungUp);
      http2.once('remoteSettings', (settings: Settings) => {
        signal.removeEventListener('abort', aborted);
        http2!.unref();
        const { maxConcurrentStreams: maxStreams = Number.MAX_SAFE_INTEGER } = settings;
        done({ endpoint, http2: http2!, maxStreams });
      });
    });
  });
}
