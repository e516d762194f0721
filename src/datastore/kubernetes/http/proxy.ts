/** Ways through proxies: CONNECT of HTTP, and SOCKS 5. */
import type { Socket } from 'node:net';
import type { Access } from '../access/access.ts';
import { certificateFault, isCertificateFault } from './certificate.ts';
import { HttpFailure } from './failure.ts';
import { faultOf } from './faults.ts';
import { hostOf, openSocket, portOf, proxyName, readUntil, unescaped } from './sockets.ts';
import { socksConnect } from './socks.ts';
import { proxyTls } from './tls.ts';

/** Longest answer of a proxy to CONNECT. */
const LONGEST_HEAD = 64 << 10;

/** Plain HTTP goes through an HTTP proxy as it is; all else needs a tunnel. */
export function isTunnelled({ proxy, server }: Pick<Access, 'proxy' | 'server'>): boolean {
  return proxy !== undefined && (server.protocol === 'https:' || proxy.protocol.startsWith('socks'));
}

/** Value of Proxy-Authorization; undefined where the URL names no user. */
export function proxyAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const pair = Buffer.concat([unescaped(username), Buffer.from(':'), unescaped(password)]);
  return `Basic ${pair.toString('base64')}`;
}

/** A connection to the proxy itself. */
export async function openProxy(proxy: URL, access: Access, signal: AbortSignal): Promise<Socket> {
  const host = hostOf(proxy);
  const secure = proxy.protocol === 'https:';
  try {
    const tls = secure ? proxyTls(proxy, access) : undefined;
    return await openSocket({ host, port: portOf(proxy) }, tls, signal);
  } catch (error) {
    if (error instanceof HttpFailure) throw error;
    const peer = { host, secure, clientCertificate: false, origin: access.origin };
    // The proxy's address is not from where the server's is, if from the environment.
    const origin = `proxy-url in the kubeconfig, or else ${access.server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'}`;
    const { kind, message, facts } = isCertificateFault(error)
      ? certificateFault(peer, error, undefined)
      : faultOf({ ...peer, origin }, error as Error, false);
    throw new HttpFailure(kind, `the proxy ${proxyName(proxy)}: ${message}`, facts);
  }
}

/** A connection to the server through the proxy, nothing sent on it yet. */
export async function tunnel(proxy: URL, server: URL, access: Access, signal: AbortSignal): Promise<Socket> {
  const socket = await openProxy(proxy, access, signal);
  const target = { host: hostOf(server), port: portOf(server) };
  const aborted = () => socket.destroy(signal.reason);
  signal.addEventListener('abort', aborted, { once: true });
  try {
    if (proxy.protocol.startsWith('socks')) await socksConnect(socket, proxy, target);
    else await httpConnect(socket, proxy, target);
    return socket;
  } catch (error) {
    socket.on('error', () => {});
    socket.destroy();
    if (signal.aborted) throw signal.reason;
    if (error instanceof HttpFailure) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new HttpFailure('broken', `the proxy ${proxyName(proxy)} hung up: ${why}`, { cause: error });
  } finally {
    signal.removeEventListener('abort', aborted);
  }
}

async function httpConnect(
  socket: Socket,
  proxy: URL,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const authorization = proxyAuthorization(proxy);
  const lines = [
    `CONNECT ${authority} HTTP/1.1`,
    `Host: ${authority}`,
    ...(authorization === undefined ? [] : [`Proxy-Authorization: ${authorization}`]),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const head = await readUntil(socket, (bytes) => {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0 && bytes.length > LONGEST_HEAD) return bytes.length;
    return end < 0 ? undefined : end + 4;
  });
  const [, status, reason] = /^HTTP\/1\.[01] (\d{3}) ?([^\r\n]*)/.exec(head.toString('latin1')) ?? [];
  if (status === undefined) {
    throw new HttpFailure('proxy', `the proxy ${proxyName(proxy)} does not speak HTTP`);
  }
  if (!status.startsWith('2'))
    throw refused(proxy, Number(status), reason ?? '', authorization !== undefined);
}

function refused(proxy: URL, status: number, reason: string, hasUser: boolean): HttpFailure {
  const name = proxyName(proxy);
  if (status === 407) {
    return new HttpFailure(
      'proxy',
      hasUser
        ? `the proxy ${name} refuses the user and password given`
        : `the proxy ${name} asks for a user and a password`,
      { hint: 'Give them in the URL of the proxy: http://user:password@host:port.' },
    );
  }
  const kind = status >= 502 && status <= 504 ? 'unreachable' : 'proxy';
  return new HttpFailure(kind, `the proxy ${name} does not connect to it: ${status} ${reason}`.trimEnd());
}
