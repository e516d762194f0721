/** Sockets that are ready for use. */
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

/** Host of a URL as sockets want it: without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : protocol.startsWith('socks') ? 1080 : 80;
}

/** The proxy's URL without user and password. */
export function proxyName({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

/** Part of a URL as the bytes it stands for; a percent sign that escapes nothing stands for itself. */
export function unescaped(text: string): Buffer {
  const parts = text.split(/%([0-9a-f]{2})/i);
  return Buffer.concat(parts.map((part, index) => Buffer.from(part, index % 2 === 0 ? 'utf8' : 'hex')));
}

/** Resolves once a socket has reached `event`. Rejects with the socket's error, or the signal's reason. */
export function whenReady<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<S> {
  return new Promise((done, fail) => {
    const cleanUp = () => {
      signal.removeEventListener('abort', aborted);
      socket.off('error', failed).off('close', closed).off(event, ready);
    };
    const failed = (error: Error) => {
      cleanUp();
      // Whatever else the socket has to say comes too late.
      socket.on('error', () => {});
      socket.destroy();
      fail(error);
    };
    const closed = () => failed(Object.assign(new Error('the other side hung up'), { code: 'ECONNRESET' }));
    const aborted = () => failed(signal.reason);
    const ready = () => {
      cleanUp();
      done(socket);
    };
    if (signal.aborted) return aborted();
    signal.addEventListener('abort', aborted, { once: true });
    socket.on('error', failed).on('close', closed).on(event, ready);
  });
}

/** A TCP connection, or a TLS one where `tls` is given. */
export function openSocket(
  target: { readonly host: string; readonly port: number },
  tls: ConnectionOptions | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  if (tls === undefined) return whenReady(connectTcp(target), 'connect', signal);
  return whenReady(connectTls({ ...tls, ...target }), 'secureConnect', signal);
}

/** Takes bytes off a socket until `measure` says how many are wanted; the rest is put back. */
export function readUntil(socket: Socket, measure: (bytes: Buffer) => number | undefined): Promise<Buffer> {
  return new Promise((done, fail) => {
    let bytes: Buffer = Buffer.alloc(0);
    const cleanUp = () => {
      socket.off('data', arrived).off('error', failed).off('close', closed);
      socket.pause();
    };
    const failed = (error: Error) => {
      cleanUp();
      fail(error);
    };
    const closed = () => failed(new Error('the connection was closed'));
    const arrived = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const length = measure(bytes);
      if (length === undefined || length > bytes.length) return;
      cleanUp();
      if (length < bytes.length) socket.unshift(bytes.subarray(length));
      done(bytes.subarray(0, length));
    };
    socket.on('data', arrived).on('error', failed).on('close', closed);
    socket.resume();
  });
}
