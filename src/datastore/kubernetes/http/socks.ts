/** SOCKS 5 (RFC 1928), with user and password (RFC 1929) where the proxy asks for them. */
import type { Socket } from 'node:net';
import { HttpFailure } from './failure.ts';
import { proxyName, readUntil, unescaped } from './sockets.ts';

const VERSION = 5;
const NO_LOGIN = 0;
const PASSWORD = 2;
const CONNECT = 1;
const BY_NAME = 3;

const REFUSALS: Readonly<Record<number, string>> = {
  2: 'its rules forbid it',
  3: 'the network is unreachable',
  4: 'the host is unreachable',
  5: 'connection refused',
  6: 'no answer in time',
};

/** Asks the proxy behind `socket` for a connection; the proxy resolves the name. */
export async function socksConnect(
  socket: Socket,
  proxy: URL,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  const name = proxyName(proxy);
  const hasUser = proxy.username !== '';
  socket.write(Buffer.from(hasUser ? [VERSION, 2, NO_LOGIN, PASSWORD] : [VERSION, 1, NO_LOGIN]));
  const [version, method] = await readUntil(socket, () => 2);
  if (version !== VERSION) throw new HttpFailure('proxy', `the proxy ${name} does not speak SOCKS 5`);
  if (method === PASSWORD) await logIn(socket, proxy);
  else if (method !== NO_LOGIN) {
    throw new HttpFailure('proxy', `the proxy ${name} asks for a user and a password`, {
      hint: 'Give them in the URL of the proxy: socks5://user:password@host:port.',
    });
  }
  const target = Buffer.from(host);
  socket.write(Buffer.from([VERSION, CONNECT, 0, BY_NAME, target.length, ...target, port >> 8, port & 0xff]));
  const answer = await readUntil(socket, replyLength);
  const status = answer[1]!;
  if (status === 0) return;
  const kind = status === 3 || status === 4 || status === 5 ? 'unreachable' : 'proxy';
  const why = REFUSALS[status] ?? `fault ${status}`;
  throw new HttpFailure(kind, `the proxy ${name} does not connect to it: ${why}`);
}

/** The reply ends with an address of one of three forms, and a port. */
function replyLength(bytes: Buffer): number | undefined {
  if (bytes.length < 5) return undefined;
  const address = { 1: 4, 3: 1 + bytes[4]!, 4: 16 }[bytes[3]!];
  return address === undefined ? bytes.length : 4 + address + 2;
}

async function logIn(socket: Socket, proxy: URL): Promise<void> {
  const user = unescaped(proxy.username);
  const password = unescaped(proxy.password);
  socket.write(Buffer.from([1, user.length, ...user, password.length, ...password]));
  const answer = await readUntil(socket, () => 2);
  if (answer[1] === 0) return;
  throw new HttpFailure('proxy', `the proxy ${proxyName(proxy)} refuses the user and password given`);
}
