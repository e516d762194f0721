/** One connection to the API server, through whatever proxy there is, with the server's identity verified. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Access, Credentials } from '../access/access.ts';
import { certificateFault, isCertificateFault, type ServerCertificate } from './certificate.ts';
import { HttpFailure } from './failure.ts';
import { faultOf, type Peer } from './faults.ts';
import { isTunnelled, openProxy, tunnel } from './proxy.ts';
import { hostOf, openSocket, portOf, whenReady } from './sockets.ts';
import { serverTls } from './tls.ts';

const lower = new WeakMap<Duplex, Socket>();

/** The connection to the proxy below a TLS connection. On Bun, it keeps the process alive even when the upper is idle. */
export function lowerOf(socket: Duplex): Socket | undefined {
  return lower.get(socket);
}

/** Where connections go and what they show. */
export interface Route {
  readonly access: Access;
  readonly certificate?: NonNullable<Credentials['certificate']>;
  /** Through the proxy by CONNECT also where plain HTTP would go through it as it is. */
  readonly tunnelled?: true;
}

/** A way to the server, with what its connections share. */
export interface Dialler {
  /**
   * Connects. Rejects with HttpFailure, at the latest when `signal` aborts, which must give one as reason. Nothing has
   * been sent to the server by then.
   */
  dial(signal: AbortSignal): Promise<Socket>;
}

/** Whom errors speak of. */
export function peerOf({ access, certificate }: Route): Peer {
  const { server, origin } = access;
  const secure = server.protocol === 'https:';
  const host = access.serverName ?? hostOf(server);
  return { host, secure, clientCertificate: certificate !== undefined, origin };
}

export function dialler(route: Route): Dialler {
  const { access, certificate } = route;
  let tls: ConnectionOptions | undefined;
  let session: Buffer | undefined;
  const connect = async (signal: AbortSignal): Promise<Socket> => {
    if (access.server.protocol !== 'https:') return openPlain(route, signal);
    tls ??= serverTls(access, certificate);
    const socket = await openSecure(access, { ...tls, ...(session && { session }) }, signal);
    // Only of servers that were verified: a resumed session is not verified again.
    socket.on('session', (ticket: Buffer) => {
      session = ticket;
    });
    return socket;
  };
  return {
    async dial(signal) {
      try {
        return await connect(signal);
      } catch (error) {
        if (error instanceof HttpFailure) throw error;
        if (isCertificateFault(error)) throw certificateFault(peerOf(route), error, await inspect(access));
        throw faultOf(peerOf(route), error as Error, false);
      }
    },
  };
}

function openPlain({ access, tunnelled }: Route, signal: AbortSignal): Promise<Socket> {
  const { server, proxy } = access;
  if (proxy === undefined) return openSocket(targetOf(server), undefined, signal);
  return tunnelled || isTunnelled(access)
    ? tunnel(proxy, server, access, signal)
    : openProxy(proxy, access, signal);
}

async function openSecure(access: Access, tls: ConnectionOptions, signal: AbortSignal): Promise<TLSSocket> {
  const { server, proxy } = access;
  const raw = proxy === undefined ? undefined : await tunnel(proxy, server, access, signal);
  const socket = connectTls({ ...tls, ...(raw === undefined ? targetOf(server) : { socket: raw }) });
  if (raw !== undefined) lower.set(socket, raw);
  return whenReady(socket, 'secureConnect', signal);
}

function targetOf(server: URL): { host: string; port: number } {
  return { host: hostOf(server), port: portOf(server) };
}

const INSPECTION_MS = 3000;

/** The certificate that the server shows, whoever it is for; we show none and send nothing. */
async function inspect(access: Access): Promise<ServerCertificate | undefined> {
  const lax: Access = { ...access, insecure: true };
  try {
    const tls = serverTls(lax, undefined);
    const socket = await openSecure(lax, tls, AbortSignal.timeout(INSPECTION_MS));
    const shown = socket.getPeerCertificate();
    socket.destroy();
    return shown;
  } catch {
    return undefined;
  }
}
