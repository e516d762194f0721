/** One connection to the API server, through whatever proxy there is, with the server's identity verified. */
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Access, Credentials } from '../access/access.ts';
import { certificateFault, isCertificateFault, type ServerCertificate } from './certificate.ts';
import { HttpFailure } from './failure.ts';
import { capital, faultOf, type Peer } from './faults.ts';
import { isTunnelled, openProxy, tunnel } from './proxy.ts';
import { hostOf, openSocket, portOf, whenReady } from './sockets.ts';

export type Certificate = NonNullable<Credentials['certificate']>;

/** Where connections go and what they show. */
export interface Route {
  readonly access: Access;
  readonly certificate?: Certificate;
}

export function peerOf({ access, certificate }: Route): Peer {
  const { server, origin } = access;
  const secure = server.protocol === 'https:';
  return {
    host: access.serverName ?? hostOf(server),
    secure,
    clientCertificate: certificate !== undefined,
    origin,
  };
}

/**
 * Settings of `node:tls` for the server. An address must not be sent as server name (RFC 6066); the certificate is
 * then verified against its IP alternative names.
 */
export function tlsOptions({ access, certificate }: Route): ConnectionOptions {
  const host = access.serverName ?? hostOf(access.server);
  return {
    ...(access.ca !== undefined && { ca: access.ca }),
    ...certificate,
    servername: isIP(host) === 0 ? host : '',
    checkServerIdentity: (_name, shown) => checkServerIdentity(host, shown),
    rejectUnauthorized: !access.insecure,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
  };
}

async function openRaw({ access }: Route, signal: AbortSignal): Promise<Socket | undefined> {
  const { proxy, server } = access;
  return proxy === undefined || !isTunnelled(access) ? undefined : tunnel(proxy, server, access, signal);
}

/**
 * Connects. Rejects with HttpFailure, at the latest when `signal` aborts, which must give one as reason. Nothing has
 * been sent to the server by then.
 */
export async function dial(route: Route, signal: AbortSignal): Promise<Socket> {
  const { access } = route;
  const { server } = access;
  const target = { host: hostOf(server), port: portOf(server) };
  try {
    const raw = await openRaw(route, signal);
    if (server.protocol === 'https:') return await secure(route, raw, target, signal);
    if (raw !== undefined) return raw;
    const { proxy } = access;
    return await (proxy === undefined
      ? openSocket(target, undefined, signal)
      : openProxy(proxy, access, signal));
  } catch (error) {
    if (error instanceof HttpFailure) throw error;
    if (isCertificateFault(error)) throw certificateFault(peerOf(route), error, await inspect(route));
    throw faultOf(peerOf(route), error as Error, false);
  }
}

async function secure(
  route: Route,
  raw: Socket | undefined,
  target: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<TLSSocket> {
  let options: ConnectionOptions;
  let socket: TLSSocket;
  try {
    options = tlsOptions(route);
    socket = connectTls(raw === undefined ? { ...options, ...target } : { ...options, socket: raw });
  } catch (error) {
    raw?.destroy();
    const why = error instanceof Error ? error.message : String(error);
    throw new HttpFailure('certificate', `the TLS certificates or the key cannot be used: ${why}`, {
      hint: `${capital(route.access.origin)} gives them.`,
    });
  }
  return whenReady(socket, 'secureConnect', signal);
}

const INSPECTION_MS = 3000;

/** The certificate that the server shows, whoever it is for; we show none and send nothing. */
async function inspect({ access }: Route): Promise<ServerCertificate | undefined> {
  const signal = AbortSignal.timeout(INSPECTION_MS);
  const route: Route = { access: { ...access, insecure: true } };
  try {
    const raw = await openRaw(route, signal);
    const { server } = access;
    const socket = await secure(route, raw, { host: hostOf(server), port: portOf(server) }, signal);
    const shown = socket.getPeerCertificate();
    socket.destroy();
    return shown;
  } catch {
    return undefined;
  }
}
